package org.imatrixstats.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.tensor.TensorInfo;

/**
 * The headers of a model: one GGUF file, or all parts of one that was split into files named
 * {@code NAME-00001-of-00005.gguf}. The data of the tensors are not demanded.
 */
public final class GgufShards {
    /** In the key/values of each part of a split model, counting from 0. */
    private static final String NUMBER_KEY = "split.no";
    /** In the key/values of each part of a split model. */
    private static final String COUNT_KEY = "split.count";
    private static final Pattern PART = Pattern.compile("(.*-)(\\d{5})(-of-)(\\d{5})(\\.gguf)");

    private final Path path;
    private final Metadata metadata;
    private final SequencedMap<String, TensorInfo> tensors;

    private GgufShards(Path path, Metadata metadata, SequencedMap<String, TensorInfo> tensors) {
        this.path = path;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
    }

    /**
     * Reads the header of a model, and those of its other parts if it is split.
     *
     * @param path the file, or any one part
     * @throws FormatException if a header is not as it should be, or a part is missing or belongs elsewhere
     */
    public static GgufShards open(Path path) throws IOException {
        GgufFile file = header(path);
        long count = file.metadata().integer(COUNT_KEY).orElse(1);
        List<GgufFile> parts = count <= 1 ? List.of(file) : parts(path, count);
        SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (GgufFile part : parts) {
            for (TensorInfo tensor : part.tensors()) {
                if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                    throw new FormatException(part.file().path(), tensor.name(), "is in an earlier part too");
                }
            }
        }
        return new GgufShards(path, parts.getFirst().metadata(), tensors);
    }

    private static List<GgufFile> parts(Path path, long count) throws IOException {
        Matcher name = PART.matcher(path.getFileName().toString());
        if (!name.matches() || Long.parseLong(name.group(4)) != count) {
            throw new FormatException(path, "is a part of a model in " + count
                    + " files: expected a name like NAME-00001-of-" + fiveDigits(count) + ".gguf");
        }
        List<GgufFile> parts = new ArrayList<>();
        for (long number = 0; number < count; number++) {
            GgufFile part = header(path.resolveSibling(name.group(1) + fiveDigits(number + 1) + name.group(3)
                    + name.group(4) + name.group(5)));
            require(part, NUMBER_KEY, number);
            require(part, COUNT_KEY, count);
            parts.add(part);
        }
        return parts;
    }

    private static String fiveDigits(long number) {
        return String.format(Locale.ROOT, "%05d", number);
    }

    private static void require(GgufFile part, String key, long expected) throws FormatException {
        OptionalLong value = part.metadata().integer(key);
        if (value.isEmpty() || value.getAsLong() != expected) {
            throw new FormatException(part.file().path(),
                    key + " is " + (value.isPresent() ? value.getAsLong() : "missing") + ", expected " + expected);
        }
    }

    private static GgufFile header(Path path) throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            return GgufFile.readHeader(file);
        }
    }

    /** The file as the user named it. */
    public Path path() {
        return path;
    }

    /** The keys and values of the first part, which holds those of the model. */
    public Metadata metadata() {
        return metadata;
    }

    /** The tensors of all parts by name, in the order of the files; their offsets count within their part. */
    public SequencedMap<String, TensorInfo> tensors() {
        return tensors;
    }
}
