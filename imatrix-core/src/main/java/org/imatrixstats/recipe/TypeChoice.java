package org.imatrixstats.recipe;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;

/**
 * The type of a tensor.
 *
 * @param weight   importance and role
 * @param loss     what the type loses
 * @param hasEntry whether the importance matrix has an entry of the tensor
 * @param pinned   whether the user chose the type
 */
public record TypeChoice(TensorInfo tensor, GgmlType type, double weight, double loss, boolean hasEntry,
        boolean pinned) {
}
