package org.imatrixstats.weights;

/**
 * Counts of values that are not plain numbers.
 *
 * @param small     zeros and subnormals
 * @param nonFinite NaN and infinities; which is which is only counted where there are any
 */
record Specials(int zeros, int negativeZeros, int small, int nonFinite, int positiveInfinite, int negativeInfinite) {
    static Specials of(float[] v, int n, Precision precision) {
        int least = precision.leastNormal();
        int zeros = 0;
        int small = 0;
        int nonFinite = 0;
        for (int i = 0; i < n; i++) {
            // The sign of a difference is a comparison that the compiler can turn into vector instructions.
            int magnitude = Float.floatToRawIntBits(v[i]) & Integer.MAX_VALUE;
            zeros += magnitude - 1 >>> 31;
            small += magnitude - least >>> 31;
            nonFinite += FloatOrder.INFINITY - 1 - magnitude >>> 31;
        }
        return new Specials(zeros, zeros == 0 ? 0 : count(v, n, -0.0f), small, nonFinite,
                nonFinite == 0 ? 0 : count(v, n, Float.POSITIVE_INFINITY),
                nonFinite == 0 ? 0 : count(v, n, Float.NEGATIVE_INFINITY));
    }

    private static int count(float[] v, int n, float value) {
        int bits = Float.floatToRawIntBits(value);
        int count = 0;
        for (int i = 0; i < n; i++) {
            count += Float.floatToRawIntBits(v[i]) == bits ? 1 : 0;
        }
        return count;
    }

    /** Sums of n values with these counts. */
    WeightSums sums(int n, WeightSums moments) {
        return new WeightSums(n, zeros, negativeZeros, nonFinite - positiveInfinite - negativeInfinite, positiveInfinite,
                negativeInfinite, small - zeros, 0, 0, 0, 0, 0, 0, 0).withMoments(moments);
    }
}
