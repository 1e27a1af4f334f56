package org.imatrixstats.weights;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.ElementType;

/** What is known beforehand about the values of a type: 65,536 counters hold every value of a type of 16 bits. */
enum Precision {
    F16(true, 0x38800000), //
    BF16(true, 0x00800000), //
    F32(false, 0x00800000);

    private final boolean counted;
    private final int leastNormal;

    Precision(boolean counted, int leastNormal) {
        this.counted = counted;
        this.leastNormal = leastNormal;
    }

    static Precision of(ElementType type) {
        return type == GgmlType.F16 || type.label().equals("F16") ? F16
                : type == GgmlType.BF16 || type.label().equals("BF16") ? BF16 : F32;
    }

    /** Whether each bucket of {@link Buckets} is one value. */
    boolean isCounted() {
        return counted;
    }

    /** The bits, as a float, of the smallest value that is not subnormal. */
    int leastNormal() {
        return leastNormal;
    }
}
