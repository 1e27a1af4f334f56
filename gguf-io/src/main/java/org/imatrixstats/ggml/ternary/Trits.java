package org.imatrixstats.ggml.ternary;

import org.imatrixstats.ggml.block.Rounding;

/** What the ternary types share: values −1, 0 and 1 as 0, 1 and 2. */
final class Trits {
    private Trits() {
    }

    /** The largest magnitude. Comparisons as in ggml: a NaN is forgotten at the next value. */
    static float magnitude(float[] x, int at, int count) {
        float max = 0;
        for (int i = 0; i < count; i++) {
            float a = Math.abs(x[at + i]);
            max = max > a ? max : a;
        }
        return max;
    }

    static int of(float value) {
        return Rounding.away(value) + 1;
    }
}
