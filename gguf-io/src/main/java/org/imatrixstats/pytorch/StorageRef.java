package org.imatrixstats.pytorch;

import org.imatrixstats.tensor.DType;

/**
 * A storage as a pickle names it.
 *
 * @param key          its key in the file
 * @param type         of its elements; U8 for one without a type
 * @param elements     how many it has
 * @param location     the device that it was on, such as {@code cpu}
 * @param root         the key of the storage that it is a part of; its own if it is whole (older layout)
 * @param start        the element of the root that is its first
 * @param rootElements elements of the root
 */
record StorageRef(String key, DType type, long elements, String location, String root, long start,
        long rootElements) {
}
