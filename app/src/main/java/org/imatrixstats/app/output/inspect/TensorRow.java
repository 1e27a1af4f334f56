package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.model.GgufName;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.model.ModelTensor.StorageKey;
import org.imatrixstats.model.ModelTensor;
import org.imatrixstats.tensor.Value;

/**
 * A tensor as it is listed.
 *
 * @param gguf       its name in GGUF; null if that is not known
 * @param total      elements of this tensor and those before it
 * @param shared     whether its storage has other tensors too
 * @param sharesWith tensors that have other elements of the same storage, at most {@link #MOST_SHARED}
 * @param tiedWith   tensors before it that have exactly the same elements, likewise
 * @param values     the first ones; null if they were not asked for, are not in the file or cannot be decoded
 */
public record TensorRow(ModelTensor tensor, String gguf, long total, boolean shared, List<String> sharesWith,
        List<String> tiedWith, List<Value> values) {
    private static final int MOST_SHARED = 100;
    /** A hostile checkpoint has a hundred thousand views of one storage. */
    private static final int MOST_LOOKED_AT = 1000;

    /**
     * The tensors of a model in its order.
     *
     * @param values how many values of each to read
     */
    public static List<TensorRow> of(ModelFile model, int values) throws IOException {
        Map<StorageKey, List<ModelTensor>> byStorage = new HashMap<>();
        for (ModelTensor tensor : model.modelTensors()) {
            for (Piece piece : tensor.pieces()) {
                if (piece.storage().bytes() > 0) {
                    byStorage.computeIfAbsent(piece.storage(), _ -> new ArrayList<>()).add(tensor);
                }
            }
        }
        List<TensorRow> rows = new ArrayList<>();
        long total = 0;
        for (ModelTensor tensor : model.modelTensors()) {
            total += tensor.elements();
            GgufName gguf = model.ggufName(tensor);
            List<ModelTensor> sharing = sharing(tensor, byStorage);
            rows.add(new TensorRow(tensor, gguf == null ? null : gguf.name(), total, sharing.size() > 1,
                    names(tensor, sharing), tied(tensor, sharing), values == 0 ? null : tensor.values().first(values)));
        }
        return rows;
    }

    private static List<ModelTensor> sharing(ModelTensor tensor, Map<StorageKey, List<ModelTensor>> byStorage) {
        return tensor.pieces().isEmpty()
                ? List.of()
                : byStorage.getOrDefault(tensor.pieces().getFirst().storage(), List.of());
    }

    private static List<String> names(ModelTensor tensor, List<ModelTensor> sharing) {
        return sharing.stream().limit(MOST_LOOKED_AT).filter(other -> !other.pieces().equals(tensor.pieces()))
                .limit(MOST_SHARED)
                .map(ModelTensor::name).toList();
    }

    private static List<String> tied(ModelTensor tensor, List<ModelTensor> sharing) {
        return sharing.stream().takeWhile(other -> other != tensor).limit(MOST_SHARED)
                .filter(other -> other.pieces().equals(tensor.pieces())).map(ModelTensor::name).toList();
    }

    String name() {
        return tensor.name();
    }

    /** What it takes of a storage; null if its bytes are its own, or in several files. */
    Piece piece() {
        return tensor.pieces().size() == 1 ? tensor.pieces().getFirst() : null;
    }

    /** Whether its elements are not simply all of its storage, in order. */
    boolean isView() {
        return shared || piece() != null && !(piece().view().isContiguous() && tensor.elements() == piece().elements());
    }

    /** Rows times columns, slowest dimension first. */
    String shape(String times) {
        return tensor.shape().isEmpty()
                ? "scalar"
                : tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(times));
    }

    /** Where a view lies in its storage: key, first element, strides; empty for a tensor that is not a view. */
    String view() {
        if (!isView() || piece() == null) {
            return "";
        }
        return piece().storage().key() + " from " + piece().view().offset() + " stride "
                + piece().view().strides().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
