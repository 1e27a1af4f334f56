package org.imatrixstats.weights.cluster;

/**
 * Whole numbers that never fall, in two bits each as long as the last is not above their number: as many ones as a number
 * rises, then a zero.
 */
final class Monotone {
    private final long[] bits;

    /** @param numbers from 0 up, each at least the one before */
    Monotone(int[] numbers) {
        int n = numbers.length;
        long ones = n == 0 ? 0 : numbers[n - 1];
        bits = new long[(int) ((n + ones + Long.SIZE - 1) / Long.SIZE)];
        for (int i = 0; i < n; i++) {
            long from = i + (i == 0 ? 0 : numbers[i - 1]);
            for (long at = from; at < (long) i + numbers[i]; at++) {
                bits[(int) (at / Long.SIZE)] |= 1L << at;
            }
        }
    }

    /** The number at a place: takes time in proportion to it. */
    int get(int place) {
        int zeros = place;
        int word = 0;
        for (; zeros >= Long.SIZE - Long.bitCount(bits[word]); word++) {
            zeros -= Long.SIZE - Long.bitCount(bits[word]);
        }
        long left = ~bits[word];
        for (; zeros > 0; zeros--) {
            left &= left - 1;
        }
        return (int) ((long) word * Long.SIZE + Long.numberOfTrailingZeros(left) - place);
    }
}
