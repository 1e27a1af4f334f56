package org.imatrixstats.model;

import java.util.List;
import java.util.Locale;

import org.imatrixstats.ggml.ElementType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorValues;
import org.imatrixstats.tensor.View;

/**
 * A tensor of a model, as inspection shows it.
 *
 * @param info    what the rest of the tool needs of it; a scalar has one dimension there
 * @param shape   elements per dimension, slowest first; empty for a scalar
 * @param values  its values
 * @param pieces  what it takes of storages that it may share with others; empty if it has its bytes alone
 * @param shards  how it is split over the files of the model; null if it is not
 */
public record ModelTensor(TensorInfo info, List<Long> shape, TensorValues values, List<Piece> pieces, Shards shards) {
    /**
     * What a tensor takes of a storage.
     *
     * @param storage  which storage
     * @param view     which elements of it
     * @param elements how many it has
     * @param type     of the elements
     */
    public record Piece(StorageKey storage, View view, long elements, ElementType type) {
    }

    /**
     * A storage of a checkpoint.
     *
     * @param part the file of the model, counted from 0
     * @param key  in that file
     */
    public record StorageKey(int part, String key, long bytes) implements Comparable<StorageKey> {
        /** Also what keeps a hash table fast that a file fills with keys of one hash code. */
        @Override
        public int compareTo(StorageKey other) {
            int byPart = Integer.compare(part, other.part);
            return byPart != 0 ? byPart : key.compareTo(other.key);
        }
    }

    /**
     * @param axis  the dimension that is split, slowest first; -1 if every file has the whole tensor
     * @param shape of the part in the first file
     */
    public record Shards(int axis, List<Long> shape) {
    }

    public String name() {
        return info.name();
    }

    /** The type as files and tables name it, in upper case: {@code BF16}, {@code Q4_K}. */
    public String typeName() {
        return info.type().label().toUpperCase(Locale.ROOT);
    }

    /** Elements, also those that the storage repeats. */
    public long elements() {
        return View.elements(shape);
    }
}
