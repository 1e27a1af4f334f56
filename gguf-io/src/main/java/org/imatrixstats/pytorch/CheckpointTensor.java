package org.imatrixstats.pytorch;

import org.imatrixstats.tensor.DType;
import org.imatrixstats.tensor.View;

/**
 * A tensor of a checkpoint.
 *
 * @param name    the keys that lead to it, with dots between; empty if the checkpoint is nothing but a tensor
 * @param view    which elements of the storage it has
 * @param storage where they are
 */
public record CheckpointTensor(String name, DType type, View view, CheckpointStorage storage) {
}
