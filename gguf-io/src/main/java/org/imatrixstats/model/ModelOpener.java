package org.imatrixstats.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.imatrixstats.pytorch.Checkpoints;
import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FileKind;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.pytorch.Checkpoint;

/** Finds out what a model is stored in and opens it. To add a container: its test here, and a {@link ModelFile}. */
final class ModelOpener {
    private static final String INDEX = ".index.json";
    private static final String SAFETENSORS = ".safetensors";
    private static final Pattern SHARD = Pattern.compile("consolidated\\.([0-9]{2})\\.pth");
    private static final Pattern MARKUP = Pattern.compile("\\s*<[!?a-zA-Z]");
    private static final int MAX_SHARDS = 100;
    private static final int SNIFFED = 512;

    /** The key of the tensors in a checkpoint; null to look for a usual one. */
    private final String key;
    private final ByteSource.Opener opener;
    /** What was opened so far, to be closed if the rest fails. */
    private final List<ByteSource> opened = new ArrayList<>();

    ModelOpener(String key, ByteSource.Opener opener) {
        this.key = key;
        this.opener = opener;
    }

    ModelFile open(Path path) throws IOException {
        try {
            String name = Sources.name(path);
            if (!Sources.isRemote(name) && Files.isDirectory(path)) {
                return folder(path);
            }
            return name.endsWith(INDEX) ? set(name, name) : file(name);
        } catch (IOException | RuntimeException e) {
            for (ByteSource source : opened) {
                source.close();
            }
            throw e;
        }
    }

    private ByteSource source(String name) throws IOException {
        ByteSource source = opener.open(name);
        opened.add(source);
        return source;
    }

    // ---- one file

    private ModelFile file(String name) throws IOException {
        ByteSource source = source(name);
        return GgufFile.isGguf(source) ? read(source, ModelConfig.NONE) : read(source, configBeside(name));
    }

    /** A model in one file that is open; of a split GGUF model the other parts are opened too. */
    ModelFile read(ByteSource source, ModelConfig config) throws IOException {
        String name = source.name();
        if (GgufFile.isGguf(source)) {
            return new GgufModelFile(GgufModel.open(source, opener));
        }
        if (isSafetensors(source)) {
            return new SafetensorsModel(name, config, List.of(source), null);
        }
        if (Checkpoints.isCheckpoint(source)) {
            return new PyTorchModel(name, config, List.of(Checkpoints.read(source, key)), null);
        }
        throw unknown(source);
    }

    /** By the name, or by the brace that the header starts with. */
    private static boolean isSafetensors(ByteSource source) throws FormatException {
        byte[] start = start(source, 9);
        boolean brace = start.length == 9 && start[8] == '{' && start[4] == 0 && start[5] == 0 && start[6] == 0
                && start[7] == 0;
        boolean foreign = startsWith(start, "version ") || isMarkup(start);
        return brace || !foreign && source.name().toLowerCase(Locale.ROOT).endsWith(SAFETENSORS);
    }

    private static byte[] start(ByteSource source, int most) throws FormatException {
        byte[] start = new byte[(int) Math.min(most, source.size())];
        source.copy(0, start, 0, start.length);
        return start;
    }

    private static boolean startsWith(byte[] start, String text) {
        return new String(start, StandardCharsets.ISO_8859_1).startsWith(text);
    }

    private static boolean isMarkup(byte[] start) {
        return MARKUP.matcher(new String(start, StandardCharsets.ISO_8859_1)).lookingAt();
    }

    private static FormatException unknown(ByteSource source) throws FormatException {
        byte[] start = start(source, SNIFFED);
        String reason = "is not a model: expected GGUF, safetensors or a PyTorch checkpoint";
        if (start.length == 0) {
            reason = "is empty, expected a model";
        } else if (start.length == SNIFFED && new String(start, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            reason = "is a checkpoint in the tar layout of PyTorch 0.1, which cannot be read: load and save it with a"
                    + " newer PyTorch";
        }
        Optional<FileKind> kind = FileKind.of(source);
        if (kind.isPresent() && kind.get() != FileKind.TAR) {
            reason = kind.get().refusal("a model");
        }
        return new FormatException(source.name(), reason);
    }

    // ---- folders and sets

    private ModelFile folder(Path folder) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> file.getFileName().toString()).sorted().toList();
        }
        for (String ending : List.of(SAFETENSORS, ".bin")) {
            List<String> indexes = names.stream().filter(name -> name.endsWith(ending + INDEX)).toList();
            if (indexes.size() == 1) {
                return set(folder.resolve(indexes.getFirst()).toString(), folder.toString());
            }
        }
        if (names.stream().anyMatch(name -> SHARD.matcher(name).matches())) {
            return meta(folder, names);
        }
        for (String ending : List.of(SAFETENSORS, ".gguf", ".bin", ".pth", ".pt")) {
            List<String> files = names.stream().filter(name -> name.endsWith(ending)).toList();
            if (files.size() == 1 || ending.equals(".gguf") && !files.isEmpty() && isSplit(files)) {
                return file(folder.resolve(files.getFirst()).toString());
            }
            if (!files.isEmpty()) {
                throw new FormatException(folder, "has " + files.size() + " files *" + ending
                        + " and no index: name one of them");
            }
        }
        throw new FormatException(folder, "holds no model: expected *.safetensors, *.gguf, *.bin, *.pth or *.pt");
    }

    /** Whether all files are parts of one GGUF model. */
    private static boolean isSplit(List<String> files) {
        return files.stream().map(name -> name.replaceFirst("-[0-9]{5}-of-", "-of-")).distinct().count() == 1;
    }

    /** @param shown the name of the model in messages */
    private ModelFile set(String name, String shown) throws IOException {
        ModelIndex index;
        try (ByteSource file = opener.open(name)) {
            index = ModelIndex.read(file);
        }
        List<ByteSource> sources = new ArrayList<>();
        for (String file : index.files()) {
            String part = Sources.sibling(name, file);
            if (!Sources.isRemote(part) && !Files.exists(Path.of(part))) {
                throw new FormatException(name, "names the file " + file + ", which is not there");
            }
            sources.add(source(part));
        }
        ModelConfig config = configBeside(name);
        return name.endsWith(SAFETENSORS + INDEX)
                ? new SafetensorsModel(shown, config, sources, index)
                : new PyTorchModel(shown, config, checkpoints(sources), index);
    }

    private List<Checkpoint> checkpoints(List<ByteSource> sources) throws FormatException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (ByteSource source : sources) {
            if (!Checkpoints.isCheckpoint(source)) {
                throw unknown(source);
            }
            checkpoints.add(Checkpoints.read(source, key));
        }
        return checkpoints;
    }

    private ModelFile meta(Path folder, List<String> names) throws IOException {
        List<ByteSource> sources = new ArrayList<>();
        for (String name : names) {
            Matcher shard = SHARD.matcher(name);
            if (shard.matches()) {
                String expected = String.format(Locale.ROOT, "consolidated.%02d.pth", sources.size());
                if (!name.equals(expected) || sources.size() == MAX_SHARDS) {
                    throw new FormatException(folder, expected + " is missing, but " + name + " is there");
                }
                sources.add(source(folder.resolve(name).toString()));
            }
        }
        Path params = folder.resolve("params.json");
        ModelConfig config;
        if (!Files.exists(params)) {
            throw new FormatException(folder, "params.json is missing, expected beside consolidated.00.pth");
        }
        try (ByteSource file = opener.open(params.toString())) {
            config = MetaParams.read(file);
        }
        MetaTokenizer tokenizer = null;
        if (Files.exists(folder.resolve("tokenizer.model"))) {
            try (ByteSource file = opener.open(folder.resolve("tokenizer.model").toString())) {
                tokenizer = MetaTokenizer.read(file);
            }
        }
        return new MetaModel(folder, config, checkpoints(sources), tokenizer);
    }

    /** {@code config.json} in the folder of a file, if it is there. */
    private ModelConfig configBeside(String name) throws IOException {
        String config = Sources.sibling(name, "config.json");
        if (!Sources.exists(config)) {
            return ModelConfig.NONE;
        }
        try (ByteSource source = opener.open(config)) {
            return HuggingFaceConfig.read(source);
        }
    }
}
