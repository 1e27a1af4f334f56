package org.imatrixstats.weights;

/**
 * 65,536 counters, which hold every value of a type of 16 bits: the counts of a tensor are then all there is to know. Of
 * other types they count the upper 16 bits of values as 32-bit floats.
 */
final class Buckets {
    static final int COUNT = 1 << 16;
    private static final int NEGATIVE = 1 << 15;

    private Buckets() {
    }

    /** @param half as long as v; used for F16 */
    static void count(float[] v, int n, Precision precision, short[] half, int[] into) {
        if (precision == Precision.F16) {
            halves(v, n, half);
            count(half, n, into);
        } else {
            count(v, n, into);
        }
    }

    private static void count(float[] v, int n, int[] into) {
        for (int i = 0; i < n; i++) {
            into[Float.floatToRawIntBits(v[i]) >>> 16]++;
        }
    }

    /** By itself, so that the compiler can turn it into vector instructions. */
    private static void halves(float[] v, int n, short[] into) {
        for (int i = 0; i < n; i++) {
            into[i] = Float.floatToFloat16(v[i]);
        }
    }

    private static void count(short[] half, int n, int[] into) {
        for (int i = 0; i < n; i++) {
            into[Short.toUnsignedInt(half[i])]++;
        }
    }

    /** The order of the finite values; a bucket of several values is a run. */
    static Order order(long[] counts, Precision precision) {
        Order order = new Order();
        for (int bucket = NEGATIVE + precision.infinity() - 1; bucket >= NEGATIVE; bucket--) {
            order.add(least(bucket, precision), counts[bucket]);
        }
        for (int bucket = 0; bucket < precision.infinity(); bucket++) {
            order.add(least(bucket, precision), counts[bucket]);
        }
        return order;
    }

    /** The number of the least float in a bucket. */
    private static int least(int bucket, Precision precision) {
        return switch (precision) {
            case F16 -> FloatOrder.number(Float.floatToRawIntBits(Float.float16ToFloat((short) bucket)));
            case BF16 -> FloatOrder.number(bucket << 16);
            case F32 -> FloatOrder.number(bucket << 16 | (bucket < NEGATIVE ? 0 : 0xffff));
        };
    }

    /** Values whose magnitude lies in buckets from..to (exclusive), of either sign. */
    static long ofMagnitude(long[] counts, int from, int to) {
        long sum = 0;
        for (int bucket = from; bucket < to; bucket++) {
            sum += counts[bucket] + counts[bucket + NEGATIVE];
        }
        return sum;
    }

    /** The counts of values that are all counted, with their moments. */
    static WeightSums sums(long[] counts, Precision precision) {
        int infinity = precision.infinity();
        long zeros = counts[0] + counts[NEGATIVE];
        long special = ofMagnitude(counts, infinity, NEGATIVE);
        WeightSums finite = order(counts, precision).sums();
        return new WeightSums(finite.count() + special, zeros, counts[NEGATIVE],
                special - counts[infinity] - counts[infinity + NEGATIVE], counts[infinity],
                counts[infinity + NEGATIVE], ofMagnitude(counts, 0, precision.leastNormal()) - zeros,
                finite.moments(), finite.sumAbs());
    }
}
