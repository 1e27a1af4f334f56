package org.imatrixstats.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.imatrixstats.gguf.Metadata;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * What the keys and values of tokens take in memory as 16-bit floats, as llama.cpp stores them: by the shapes of the tensors
 * that make them, layer by layer.
 *
 * <ul>
 * <li>Grouped-query attention: the rows of {@code attn_k} and {@code attn_v}; a layer with {@code attn_k} alone stores its
 * keys as values too.
 * <li>Multi-head latent attention (MLA): the rows of {@code attn_kv_a_mqa}, of which the values are a part; where a file
 * still has {@code attn_kv_b}, keys and values of all heads.
 * <li>Layers with a sliding window keep no more tokens than {@link #windowTokens}.
 * <li>Recurrent layers keep a state of a fixed size, which is not counted. Layers that share the keys and values of earlier
 * ones, and those that predict further tokens, keep nothing.
 * </ul>
 *
 * @param layers           layers that keep all tokens
 * @param bytesPerToken    of all these
 * @param windowedLayers   layers with a sliding window
 * @param windowedPerToken bytes per token of all these
 * @param window           tokens that these look back on; 0 if there are none
 * @param without          layers that keep no keys and values
 * @param latent           whether keys and values are stored as one latent vector (MLA)
 */
public record KvCache(int layers, long bytesPerToken, int windowedLayers, long windowedPerToken, long window,
        int without, boolean latent) {
    private static final int F16_BYTES = 2;
    /** llama.cpp keeps the window, a batch of this many tokens, and rounds up. */
    private static final int BATCH = 512;
    private static final int ROUNDED_TO = 256;
    private static final long MOST_LAYERS = 1 << 16;
    /** Far more than any model has; sums of such do not overflow. */
    private static final long MOST_ROWS = 1L << 32;
    private static final String PATTERN = ".attention.sliding_window_pattern";
    /** Every nth layer sees all tokens, if the file does not say: n as in llama.cpp, August 2026. */
    private static final Map<String, Integer> PERIODS = Map.of("gemma2", 2, "gemma3", 6, "gemma3n", 5, "cohere2", 4,
            "gpt-oss", 2, "exaone4", 4, "olmo2", 4, "afmoe", 4, "plamo3", 8, "llama4", 4);
    /** Windows that llama.cpp takes if the file does not say. */
    private static final Map<String, Long> WINDOWS = Map.of("gemma2", 4096L, "llama4", 8192L);

    /**
     * Works it out from the headers.
     *
     * @return empty for a model without a cache, or where its shapes do not tell
     */
    public static Optional<KvCache> of(ModelFile model) throws FormatException {
        return new Count(model).run();
    }

    /** Counts layers. */
    private static final class Count {
        private final ModelFile model;
        private final ModelConfig config;
        private final Map<String, TensorInfo> byName = new HashMap<>();
        private final boolean[] slides;
        private final List<MetadataValue> headsPerLayer;

        Count(ModelFile model) throws FormatException {
            this.model = model;
            this.config = model.config();
            model.converted().forEach(tensor -> byName.put(tensor.name(), tensor));
            long all = Math.clamp(config.get(Hyperparameter.LAYERS, 0), 0, MOST_LAYERS);
            long predicting = Math.clamp(config.get(Hyperparameter.NEXTN_LAYERS, 0), 0, all);
            this.slides = slides((int) (all - predicting));
            this.headsPerLayer = first(Hyperparameter.KV_HEADS.gguf());
        }

        Optional<KvCache> run() {
            String architecture = config.architecture();
            boolean encoder = architecture == null || architecture.contains("bert") || architecture.endsWith("encoder");
            boolean here = byName.keySet().stream().map(TensorName::of).anyMatch(TensorName::hasLayer);
            if (encoder || slides.length == 0 || !here) {
                return Optional.empty();
            }
            long firstShared = slides.length - config.get(Hyperparameter.SHARED_KV_LAYERS, 0);
            int layers = 0;
            int windowed = 0;
            int without = 0;
            long bytes = 0;
            long windowedBytes = 0;
            boolean latent = false;
            for (int layer = 0; layer < slides.length; layer++) {
                OptionalLong values = layer < firstShared ? values(layer) : OptionalLong.of(0);
                if (values.isEmpty() || values.getAsLong() < 0 || values.getAsLong() > MOST_ROWS) {
                    return Optional.empty();
                }
                long ofLayer = values.getAsLong() * F16_BYTES;
                latent |= ofLayer > 0 && isLatent(layer);
                if (ofLayer == 0) {
                    without++;
                } else if (slides[layer]) {
                    windowed++;
                    windowedBytes += ofLayer;
                } else {
                    layers++;
                    bytes += ofLayer;
                }
            }
            return layers + windowed == 0
                    ? Optional.empty()
                    : Optional.of(new KvCache(layers, bytes, windowed, windowedBytes, windowed == 0 ? 0 : window(),
                            without, latent));
        }

        /** Values per token; 0 for a layer without attention, empty if it is not known. */
        private OptionalLong values(int layer) {
            TensorInfo keys = tensor(layer, "attn_k");
            TensorInfo values = tensor(layer, "attn_v");
            if (isLatent(layer)) {
                return OptionalLong.of(tensor(layer, "attn_kv_a_mqa").rows());
            }
            if (keys != null) {
                return OptionalLong.of(keys.rows() + (values == null ? keys : values).rows());
            }
            boolean joined = tensor(layer, "attn_qkv") != null || tensor(layer, "attn_kv_a_mqa") != null;
            boolean recurrent = tensor(layer, "ssm_out") != null;
            if (!joined || recurrent) {
                return OptionalLong.of(0);
            }
            OptionalLong heads = layer < headsPerLayer.size()
                    && headsPerLayer.get(layer) instanceof MetadataValue.Int of
                            ? OptionalLong.of(of.value())
                            : config.get(Hyperparameter.KV_HEADS);
            OptionalLong key = config.get(Hyperparameter.KEY_LENGTH);
            OptionalLong value = config.get(Hyperparameter.VALUE_LENGTH);
            boolean known = heads.isPresent() && key.isPresent() && value.isPresent()
                    && Math.max(heads.getAsLong(), Math.max(key.getAsLong(), value.getAsLong())) < 1 << 20;
            return known
                    ? OptionalLong.of(heads.getAsLong() * (key.getAsLong() + value.getAsLong()))
                    : OptionalLong.empty();
        }

        private boolean isLatent(int layer) {
            return tensor(layer, "attn_kv_a_mqa") != null && tensor(layer, "attn_k_b") != null;
        }

        private TensorInfo tensor(int layer, String kind) {
            return byName.get("blk." + layer + "." + kind + ".weight");
        }

        private long window() {
            return config.get(Hyperparameter.SLIDING_WINDOW, WINDOWS.getOrDefault(config.architecture(), 0L));
        }

        /** Which layers have a sliding window. */
        private boolean[] slides(int layers) throws FormatException {
            boolean[] slides = new boolean[layers];
            if (config.architecture() == null || window() <= 0) {
                return slides;
            }
            List<MetadataValue> pattern = first(PATTERN.substring(1));
            long period = metadata() == null
                    ? 0
                    : metadata().integer(config.architecture() + PATTERN).orElse(0);
            if (period <= 0) {
                period = PERIODS.getOrDefault(config.architecture(), 0);
            }
            for (int layer = 0; layer < layers; layer++) {
                slides[layer] = pattern.isEmpty()
                        ? period > 0 && layer % period < period - 1
                        : isTrue(pattern.get(layer % pattern.size()));
            }
            return slides;
        }

        private List<MetadataValue> first(String key) throws FormatException {
            return metadata() == null
                    ? List.of()
                    : metadata().first(config.architecture() + "." + key, (int) MOST_LAYERS);
        }

        private Metadata metadata() {
            return model instanceof GgufModelFile gguf ? gguf.metadata() : null;
        }

        private static boolean isTrue(MetadataValue value) {
            return value instanceof MetadataValue.Bool flag && flag.value()
                    || value instanceof MetadataValue.Int number && number.value() != 0;
        }
    }

    /** The most tokens that a layer with a window keeps. */
    public long windowTokens() {
        return window == 0 ? 0 : (Math.min(window, MOST_ROWS) + BATCH + ROUNDED_TO - 1) / ROUNDED_TO * ROUNDED_TO;
    }

    /** Bytes of so many tokens. */
    public double bytes(long tokens) {
        return (double) bytesPerToken * tokens + (double) windowedPerToken * Math.min(tokens, windowTokens());
    }

    /** The most tokens that fit into so many bytes; {@link Long#MAX_VALUE} if any number does. */
    public long tokens(long bytes) {
        if (bytes <= 0) {
            return 0;
        }
        double full = bytes(windowTokens());
        if (bytes < full) {
            return bytes / (bytesPerToken + windowedPerToken);
        }
        return bytesPerToken == 0
                ? Long.MAX_VALUE
                : windowTokens() + (long) ((bytes - full) / bytesPerToken);
    }
}
