package org.imatrixstats.weights;

import java.util.function.DoublePredicate;

/** All floats numbered in their order. Zeros have the number 0, so that −0 and +0 are one value; NaNs lie beyond infinity. */
final class FloatOrder {
    /** The number of infinity; finite values have smaller magnitudes. */
    static final int INFINITY = 0x7f800000;

    private FloatOrder() {
    }

    static int number(float x) {
        int bits = Float.floatToRawIntBits(x);
        int sign = bits >> 31;
        return ((bits & Integer.MAX_VALUE) ^ sign) - sign;
    }

    static float value(int number) {
        return number >= 0 ? Float.intBitsToFloat(number) : -Float.intBitsToFloat(-number);
    }

    /**
     * The number of the smallest finite float for which a condition holds; {@link #INFINITY} if there is none.
     *
     * @param condition false below some value and true from there on
     */
    static int first(DoublePredicate condition) {
        int below = -INFINITY;
        int holds = INFINITY;
        while (holds - (long) below > 1) {
            int middle = (int) (((long) below + holds) >> 1);
            if (condition.test(value(middle))) {
                holds = middle;
            } else {
                below = middle;
            }
        }
        return holds;
    }
}
