package org.imatrixstats.weights;

/**
 * How finite values are counted: in 65,536 buckets, in ascending order, by the upper 16 bits of their
 * {@link FloatOrder#number}. For types of 16 bits a bucket is one value; those of F16 are numbered by their own bits.
 */
final class Buckets {
    static final int COUNT = 1 << 16;
    private static final int ZERO = 1 << 15;

    private Buckets() {
    }

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
            into[of(FloatOrder.number(v[i]))]++;
        }
    }

    private static void halves(float[] v, int n, short[] into) {
        for (int i = 0; i < n; i++) {
            into[i] = Float.floatToFloat16(v[i]);
        }
    }

    private static void count(short[] half, int n, int[] into) {
        for (int i = 0; i < n; i++) {
            int sign = half[i] >> 15;
            into[((half[i] & Short.MAX_VALUE ^ sign) - sign) + ZERO]++;
        }
    }

    /** The bucket of a float of this number. */
    static int of(int number) {
        return (number >> 16) + ZERO;
    }

    /** The number of the least float in a bucket. */
    static int first(int bucket, Precision precision) {
        int signed = bucket - ZERO;
        if (precision != Precision.F16) {
            return signed << 16;
        }
        float value = Float.float16ToFloat((short) Math.abs(signed));
        return FloatOrder.number(signed < 0 ? -value : value);
    }

    /** The order of values that are all counted. */
    static Order order(long[] counts, Precision precision) {
        Order order = new Order();
        for (int bucket = 0; bucket < COUNT; bucket++) {
            order.add(first(bucket, precision), counts[bucket]);
        }
        return order;
    }
}
