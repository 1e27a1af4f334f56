package org.imatrixstats.model;

import static org.imatrixstats.model.Hyperparameter.CONTEXT;
import static org.imatrixstats.model.Hyperparameter.EXPERTS;
import static org.imatrixstats.model.Hyperparameter.EXPERTS_USED;
import static org.imatrixstats.model.Hyperparameter.KEY_LENGTH;
import static org.imatrixstats.model.Hyperparameter.KV_HEADS;
import static org.imatrixstats.model.Hyperparameter.KV_RANK;
import static org.imatrixstats.model.Hyperparameter.LAYERS;
import static org.imatrixstats.model.Hyperparameter.VALUE_LENGTH;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.model.ModelTensor.StorageKey;
import org.imatrixstats.ggml.ElementType;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.View;

/**
 * The figures of a model.
 *
 * @param elements                elements of all tensors; those that tensors share count for each
 * @param parameters              elements that tensors address, each once
 * @param expertParameters        those of the tensors with a matrix per expert
 * @param activeParameters        what a token passes through: all but the experts that are not used; the embedding and
 *                                output matrices count in full
 * @param activeWithoutEmbedding  the same without the embedding matrix, of which a token reads one row, unless it is the
 *                                output matrix too
 * @param dataBytes               bytes of {@code parameters}
 * @param storageBytes            bytes of all storages that tensors use, each once; of a container without storages
 *                                {@code dataBytes}
 * @param fileBytes               bytes of the files
 * @param tiedOutput              whether the embedding matrix is the output matrix too
 * @param types                   tensors and elements by element type
 * @param kinds                   parameters by the kind of tensor, layers added
 */
public record ModelSummary(ModelConfig config, long elements, long parameters, long expertParameters,
        long activeParameters, long activeWithoutEmbedding, long dataBytes, long storageBytes, long fileBytes,
        boolean tiedOutput, Map<String, TypeCount> types, Map<String, Long> kinds) {
    private static final String OF_EXPERTS = "_exps";
    private static final int F16_BYTES = 2;

    /** How many tensors have a type, and their elements. */
    public record TypeCount(long tensors, long elements) {
        TypeCount plus(long more) {
            return new TypeCount(tensors + 1, elements + more);
        }
    }

    /** Works out the figures of a model from its headers. */
    public static ModelSummary of(ModelFile model) {
        long elements = 0;
        long experts = 0;
        long embedding = 0;
        Map<String, TypeCount> types = new LinkedHashMap<>();
        Map<String, Long> kinds = new LinkedHashMap<>();
        ModelTensor embeddingTensor = null;
        ModelTensor outputTensor = null;
        for (ModelTensor tensor : model.modelTensors()) {
            long count = tensor.elements();
            GgufName gguf = model.ggufName(tensor);
            String name = gguf == null ? tensor.name() : gguf.name();
            elements += count;
            experts += name.contains(OF_EXPERTS) ? count : 0;
            embedding += name.equals(GgufName.EMBEDDING) ? count : 0;
            embeddingTensor = name.equals(GgufName.EMBEDDING) ? tensor : embeddingTensor;
            outputTensor = name.equals(GgufName.OUTPUT) ? tensor : outputTensor;
            types.merge(tensor.typeName(), new TypeCount(1, count), (known, _) -> known.plus(count));
            kinds.merge(kind(name), count, Long::sum);
        }
        ModelConfig config = model.config();
        Addressed addressed = Addressed.of(model.modelTensors());
        long total = addressed.elements;
        boolean tied = embeddingTensor != null && (outputTensor == null || sharesAll(embeddingTensor, outputTensor));
        long active = total - experts + share(experts, config);
        return new ModelSummary(config, elements, total, experts, active, tied ? active : active - embedding,
                addressed.bytes, addressed.storageBytes,
                model.files().stream().mapToLong(file -> file.size()).sum(), tied, types, kinds);
    }

    /** The name without its layer, as in {@code attn_q.weight}. */
    private static String kind(String name) {
        TensorName parts = TensorName.of(name);
        return parts.hasLayer() ? name.replaceFirst("blk\\.[0-9]+\\.", "") : name;
    }

    private static long share(long experts, ModelConfig config) {
        long count = config.get(EXPERTS, 0);
        long used = config.get(EXPERTS_USED, 0);
        return count == 0
                ? 0
                : Math.multiplyHigh(experts, used) != 0
                        ? Math.round((double) experts * used / count)
                        : Long.divideUnsigned(experts * used, count);
    }

    private static boolean sharesAll(ModelTensor a, ModelTensor b) {
        return !a.pieces().isEmpty() && a.pieces().equals(b.pieces());
    }

    /** Counts elements of storages once. */
    private static final class Addressed {
        private final Map<StorageKey, Map<ElementType, List<View>>> views = new LinkedHashMap<>();
        private long elements;
        private long bytes;
        private long storageBytes;

        static Addressed of(List<ModelTensor> tensors) {
            Addressed addressed = new Addressed();
            tensors.forEach(addressed::add);
            View.Counter counter = new View.Counter();
            addressed.views.forEach((storage, byType) -> {
                addressed.storageBytes += storage.bytes();
                byType.forEach((type, views) -> {
                    long count = counter.addressed(views);
                    addressed.elements += count;
                    addressed.bytes += count * type.bytesPerBlock();
                });
            });
            return addressed;
        }

        private void add(ModelTensor tensor) {
            if (tensor.pieces().isEmpty()) {
                elements += tensor.elements();
                bytes += tensor.info().bytes();
                storageBytes += tensor.info().bytes();
            }
            for (Piece piece : tensor.pieces()) {
                views.computeIfAbsent(piece.storage(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(piece.type(), _ -> new ArrayList<>()).add(piece.view());
            }
        }
    }

    /** NaN for a model without parameters. */
    public double bitsPerWeight() {
        return parameters == 0 ? Double.NaN : 8.0 * dataBytes / parameters;
    }

    /** Bytes that the keys and values of a token take as 16-bit floats, as most programs store them. */
    public OptionalLong kvBytesPerToken() {
        return kvBytes(config.get(KEY_LENGTH, -1) + config.get(VALUE_LENGTH, -1));
    }

    /** The same as blocks of 8-bit integers (Q8_0: 34 bytes per 32 values). */
    public OptionalLong kvBytesPerTokenQ8() {
        OptionalLong bytes = kvBytesPerToken();
        return bytes.isEmpty() || bytes.getAsLong() > Long.MAX_VALUE / 34
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.getAsLong() / F16_BYTES * 34 / 32);
    }

    /** The same for a model with multi-head latent attention where the values are stored within the keys. */
    public OptionalLong kvBytesPerTokenLatent() {
        return config.get(KV_RANK).isPresent() ? kvBytes(config.get(KEY_LENGTH, -1)) : OptionalLong.empty();
    }

    private OptionalLong kvBytes(long lengths) {
        boolean known = List.of(LAYERS, KV_HEADS, KEY_LENGTH, VALUE_LENGTH).stream()
                .allMatch(parameter -> config.get(parameter).isPresent());
        if (!known) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Math.multiplyExact(
                    Math.multiplyExact(config.get(LAYERS, 0), config.get(KV_HEADS, 0)), lengths * F16_BYTES));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    /** {@link #kvBytesPerToken} for all tokens of the context. */
    public OptionalLong kvBytesAtContext() {
        OptionalLong context = config.get(CONTEXT);
        if (kvBytesPerToken().isEmpty() || context.isEmpty()
                || Math.multiplyHigh(kvBytesPerToken().getAsLong(), context.getAsLong()) != 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(kvBytesPerToken().getAsLong() * context.getAsLong());
    }
}
