package org.imatrixstats.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import org.imatrixstats.gguf.GgufRole;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.model.GgufModelFile;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.tensor.TensorName;

/**
 * What the quantizers look at in a model: its tensor table and a few numbers.
 *
 * @param name         the file
 * @param architecture such as {@code llama}
 * @param layers       blocks, those for multi-token prediction included
 * @param queryGroup   heads of queries per head of keys and values in block 0; 0 if it has none
 * @param experts      experts per block; 0 for a dense model
 * @param vocabulary   tokens; 0 if the file does not say
 * @param sharedKv     how many of the last blocks use the keys and values of earlier ones
 * @param tensors      in the order of the file
 */
public record Model(String name, String architecture, int layers, int queryGroup, int experts, long vocabulary,
        int sharedKv, List<TensorInfo> tensors) {
    private static final Set<String> KEYS_AND_VALUES = Set.of("attn_k", "attn_v");
    /** Of a model; few enough that the bytes of no type overflow. */
    private static final long MOST_ELEMENTS = 1L << 56;
    /** Of llama.cpp. */
    private static final int MOST_LAYERS = 512;
    private static final Set<String> ENCODERS = Set.of("clip", "whisper");
    private static final Set<String> SEVENTY_BILLION = Set.of("qwen2", "deci", "olmo");

    /**
     * Reads the headers of a model.
     *
     * @throws FormatException if they are those of something else, or not as they should be
     */
    public static Model read(Path path) throws IOException {
        return read(path, Sources::open);
    }

    /** The same with files that are opened otherwise. */
    public static Model read(Path path, ByteSource.Opener opener) throws IOException {
        try (ModelFile file = ModelFile.open(path, opener)) {
            return of(file);
        }
    }

    /**
     * Takes from the headers of a model what counts. A model of Hugging Face's or Meta's counts as what it becomes in GGUF.
     *
     * @throws FormatException if they are those of something else
     */
    public static Model of(ModelFile file) throws FormatException {
        requireModel(file);
        ModelConfig config = file.config();
        if (config.architecture() == null) {
            throw new FormatException(file.name(), file instanceof GgufModelFile
                    ? "general.architecture is missing, expected a model"
                    : "nothing tells its architecture: expected a config.json or params.json beside it");
        }
        TensorSource gguf = file.asGguf();
        List<TensorInfo> tensors = file.converted();
        if (tensors.isEmpty()) {
            throw new FormatException(file.name(), file.tensors().isEmpty()
                    ? "holds no tensors, expected a model"
                    : "has no tensor whose name in GGUF is known; its architecture is " + config.architecture());
        }
        requireSize(file.name(), tensors);
        return new Model(file.name(), config.architecture(), layers(file, config),
                queryGroup(file, gguf, config), small(config, Hyperparameter.EXPERTS),
                config.get(Hyperparameter.VOCAB, 0), small(config, Hyperparameter.SHARED_KV_LAYERS), tensors);
    }

    /** The same of a GGUF model. */
    public static Model of(GgufModel file) throws FormatException {
        return of(ModelFile.of(file));
    }

    /** Whether the file says that it is an importance matrix. */
    public static boolean isImatrix(ModelFile file) {
        return file instanceof GgufModelFile gguf
                && gguf.metadata().text("general.type").equals(Optional.of("imatrix"));
    }

    /** Refuses an importance matrix, an adapter or a vocabulary in the place of a model. */
    public static void requireModel(ModelFile file) throws FormatException {
        if (isImatrix(file)) {
            throw new FormatException(file.name(), "is an importance matrix, expected a model");
        }
        if (file instanceof GgufModelFile gguf) {
            Optional<String> other = GgufRole.of(gguf.metadata(), gguf.tensors());
            if (other.isPresent()) {
                throw new FormatException(file.name(), "is " + other.get() + ", expected a model");
            }
        }
    }

    private static void requireSize(String name, List<TensorInfo> tensors) throws FormatException {
        long all = 0;
        for (TensorInfo tensor : tensors) {
            if (tensor.elements() == 0) {
                throw new FormatException(name, tensor.name(),
                        "has no elements: its dimensions are " + tensor.dims() + ", expected 1 or more");
            }
            if (tensor.elements() > MOST_ELEMENTS - all) {
                throw new FormatException(name, tensor.name(), "its dimensions " + tensor.dims()
                        + " make a model of more than 2^56 elements, expected fewer");
            }
            all += tensor.elements();
        }
    }

    private static int small(ModelConfig config, Hyperparameter parameter) {
        return Math.clamp(config.get(parameter, 0), 0, Integer.MAX_VALUE);
    }

    /** Layers that run several times count as often. The router of graniteswitch counts as one more. */
    private static int layers(ModelFile file, ModelConfig config) {
        int blocks = small(config, Hyperparameter.LAYERS);
        return switch (config.architecture()) {
            case "nanbeige" -> file instanceof GgufModelFile gguf
                    ? blocks * Math.clamp(gguf.metadata().integer("nanbeige.num_loops").orElse(1), 1,
                            Math.max(1, MOST_LAYERS / Math.max(1, blocks)))
                    : blocks;
            case "graniteswitch" -> blocks + 1;
            default -> blocks;
        };
    }

    /** Of block 0: the heads may differ from block to block. Without their numbers, the shapes tell as much. */
    private static int queryGroup(ModelFile file, TensorSource gguf, ModelConfig config) throws FormatException {
        OptionalLong heads = inFirstBlock(file, config, Hyperparameter.HEADS);
        OptionalLong keyHeads = inFirstBlock(file, config, Hyperparameter.KV_HEADS);
        if (heads.isPresent() && keyHeads.isPresent()) {
            return keyHeads.getAsLong() == 0 ? 0 : (int) (heads.getAsLong() / keyHeads.getAsLong());
        }
        TensorInfo queries = gguf.tensor("blk.0.attn_q.weight");
        TensorInfo keys = gguf.tensor("blk.0.attn_k.weight");
        return queries == null || keys == null || keys.rows() == 0 ? 0 : (int) (queries.rows() / keys.rows());
    }

    private static OptionalLong inFirstBlock(ModelFile file, ModelConfig config, Hyperparameter parameter)
            throws FormatException {
        if (config.get(parameter).isEmpty() && file instanceof GgufModelFile gguf) {
            for (MetadataValue first : gguf.metadata().first(config.architecture() + "." + parameter.gguf(), 1)) {
                return first instanceof MetadataValue.Int number
                        ? OptionalLong.of(Math.max(0, number.value()))
                        : OptionalLong.empty();
            }
        }
        return config.get(parameter);
    }

    /** Elements of all tensors: what bits per weight count over. */
    public long elements() {
        return tensors.stream().mapToLong(TensorInfo::elements).sum();
    }

    /** Whether a tensor of the model takes no part in any computation, so that its type does not matter. */
    public boolean isUnused(String tensor) {
        return isUnused(tensor, layers, sharedKv);
    }

    /** Whether a tensor is the keys or values of a block that uses those of an earlier one. */
    public static boolean isUnused(String tensor, long layers, long sharedKv) {
        if (sharedKv <= 0) {
            return false;
        }
        TensorName name = TensorName.of(tensor);
        return KEYS_AND_VALUES.contains(name.kind()) && name.block() >= layers - sharedKv;
    }

    /** Layers of all stacks together: an encoder and a decoder each count from 0, and share one block count. */
    public int layersOfAllStacks() {
        return Math.max(layers, (int) tensors.stream().map(tensor -> TensorName.of(tensor.name()).inStack())
                .filter(Objects::nonNull).distinct().count());
    }

    /** Whether the model is an encoder, which has no output over the vocabulary. */
    public boolean isEncoder() {
        return architecture.contains("bert") || architecture.endsWith("encoder") || architecture.endsWith("-embedding")
                || ENCODERS.contains(architecture);
    }

    /** Whether the token embeddings are the output too. */
    public boolean hasTiedEmbeddings() {
        return !isEncoder() && !hasOutput()
                && tensors.stream().anyMatch(tensor -> tensor.name().equals("token_embd.weight"));
    }

    public boolean hasOutput() {
        return tensors.stream().anyMatch(tensor -> tensor.name().equals("output.weight"));
    }

    /** What the quantizers call a 70B model: they give its attn_v more bits. */
    public boolean is70B() {
        return layers == 80 && (SEVENTY_BILLION.contains(architecture)
                || architecture.equals("llama") && queryGroup != 1 && experts != 8);
    }

    /** Dimensions without trailing ones, as ggml counts them. */
    public static int dimensions(TensorInfo tensor) {
        int count = tensor.dims().size();
        while (count > 1 && tensor.dims().get(count - 1) == 1) {
            count--;
        }
        return count;
    }

    /** Matrices of a tensor, such as one per expert: its third dimension. */
    public static long matrices(TensorInfo tensor) {
        return tensor.dims().size() > 2 ? tensor.dims().get(2) : 1;
    }

    /** Values that the importance matrix of a tensor has: one per column of each matrix. */
    public static long entrySize(TensorInfo tensor) {
        return tensor.ne0() * matrices(tensor);
    }
}
