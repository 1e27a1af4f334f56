package org.imatrixstats.weights;

import java.util.Locale;

import org.imatrixstats.ggml.ElementType;

/** How values are counted in {@link Buckets}, by their type. */
enum Precision {
    /** A bucket is a value, numbered by its bits. */
    F16(0x7c00, 0x0400),
    /** A bucket is a value, numbered by its bits, the upper ones of a 32-bit float. */
    BF16(0x7f80, 0x0080),
    /** All other types, as 32-bit floats: a bucket has all values with the same upper 16 bits. */
    F32(0x7f80, 0x0080);

    private final int infinity;
    private final int leastNormal;

    Precision(int infinity, int leastNormal) {
        this.infinity = infinity;
        this.leastNormal = leastNormal;
    }

    static Precision of(ElementType type) {
        return switch (type.label().toUpperCase(Locale.ROOT)) {
            case "F16" -> F16;
            case "BF16" -> BF16;
            default -> F32;
        };
    }

    /** Whether each bucket is one value. */
    boolean isCounted() {
        return this != F32;
    }

    /** The bucket of +∞. */
    int infinity() {
        return infinity;
    }

    /** The bucket of the smallest positive value that is not subnormal. */
    int leastNormal() {
        return leastNormal;
    }
}
