package org.imatrixstats.pytorch;

import org.imatrixstats.tensor.DType;
import org.imatrixstats.tensor.View;

/**
 * A tensor as a pickle describes it.
 *
 * @param view the elements of the root of the storage, counted in elements of {@code type}
 */
record TensorRef(StorageRef storage, DType type, View view) {
}
