package org.imatrixstats.weights;

import java.util.function.DoublePredicate;

/**
 * All floats numbered in their order: those of a sign bit of 0 by their bits from 0 on, the others from −1 (which is −0)
 * down. NaNs lie beyond the infinities.
 */
final class FloatOrder {
    static final int NEGATIVE_ZERO = -1;
    /** The number of +∞; that of −∞ is {@code ~INFINITY}. */
    static final int INFINITY = 0x7f800000;

    private FloatOrder() {
    }

    /** The number of the float of these bits. */
    static int number(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    /** The bits of the float of this number. */
    static int bits(int number) {
        return number(number);
    }

    static float value(int number) {
        return Float.intBitsToFloat(bits(number));
    }

    /**
     * The number of the smallest finite float for which a condition holds; {@link #INFINITY} if there is none.
     *
     * @param condition false below some value and true from there on
     */
    static int first(DoublePredicate condition) {
        int below = ~INFINITY;
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
