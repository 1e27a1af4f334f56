package org.imatrixstats.pytorch;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.tensor.DType;

/**
 * Elements that one or several tensors of a checkpoint share.
 *
 * @param key      its key in the file
 * @param type     of its elements; U8 for one without a type
 * @param elements how many it has
 * @param location the device that it was on, such as {@code cpu} or {@code cuda:0}
 * @param data     its bytes
 * @param offset   where they start in the file; -1 if they are compressed
 */
public record CheckpointStorage(String key, DType type, long elements, String location, ByteSource data,
        long offset) {
}
