package org.imatrixstats.compare;

import java.util.Arrays;

/**
 * Sorts numbers that are spread over many values, such as the bits of means, in time proportional to how many there are.
 *
 * <p>The highest bits part the numbers, and the bits that follow part each part again, into about as many parts as it has
 * numbers. Then nearly all are in order. Three at a time are sorted without a branch, and what is still out of order is
 * inserted. A part whose numbers crowd together is left to {@link Arrays#sort(long[], int, int)}.
 */
final class RadixSorter {
    private static final int LEAST_DIGIT_BITS = 9;
    private static final int MOST_DIGIT_BITS = 14;
    /** Fewer are sorted by insertion without being parted. */
    private static final int WORTH_PARTING = 16;
    /** Numbers whose order is looked at together. */
    private static final int CHUNK = 64;
    /** So many places per number are moved by insertion before the part counts as crowded. */
    private static final int MOST_MOVES = 8;

    private final int[] ends = new int[1 << MOST_DIGIT_BITS];
    private final int[] endsInPart = new int[1 << MOST_DIGIT_BITS];
    private int n;
    /** Bits of the numbers that the parts have in common, and below these. */
    private int digit;
    private int lowBits;

    /** Expects {@code n} numbers that are not negative and below 2^{@code bits}. */
    void expect(int n, int bits) {
        this.n = n;
        this.digit = Math.min(bits, Math.clamp(bitLength(n) - 4, LEAST_DIGIT_BITS, MOST_DIGIT_BITS));
        this.lowBits = bits - digit;
        Arrays.fill(ends, 0, 1 << digit, 0);
    }

    /** Counts one of the numbers that are expected; whoever makes them does that, as it saves reading them again. */
    void count(long number) {
        ends[(int) (number >>> lowBits)]++;
    }

    /**
     * @param numbers all that have been counted; lost afterwards
     * @param sorted  takes the numbers in ascending order
     */
    void sort(long[] numbers, long[] sorted) {
        part(numbers, 0, n, sorted, lowBits, digit, ends);
        int from = 0;
        for (int i = 0; i < 1 << digit; i++) {
            sortPart(sorted, numbers, from, ends[i], lowBits);
            from = ends[i];
        }
    }

    /** Bits that a number takes; 0 for 0. */
    static int bitLength(int number) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(number);
    }

    /**
     * Puts the numbers of {@code source[from..end)} into parts, the first at the start of {@code target}.
     *
     * @param shift what is above so many bits tells the part
     * @param ends  how many numbers each part has; then where it ends
     */
    private static void part(long[] source, int from, int end, long[] target, int shift, int digit, int[] ends) {
        int mask = (1 << digit) - 1;
        int start = 0;
        for (int i = 0; i <= mask; i++) {
            int size = ends[i];
            ends[i] = start;
            start += size;
        }
        for (int i = from; i < end; i++) {
            long number = source[i];
            target[ends[(int) (number >>> shift) & mask]++] = number;
        }
    }

    private static void count(long[] numbers, int from, int end, int shift, int digit, int[] sizes) {
        int mask = (1 << digit) - 1;
        Arrays.fill(sizes, 0, mask + 1, 0);
        for (int i = from; i < end; i++) {
            sizes[(int) (numbers[i] >>> shift) & mask]++;
        }
    }

    /**
     * Sorts numbers that are alike but for their lowest bits.
     *
     * @param scratch its start is used, which stays in the cache from part to part
     */
    private void sortPart(long[] numbers, long[] scratch, int from, int end, int lowBits) {
        int size = end - from;
        if (size < WORTH_PARTING) {
            insert(numbers, from, from, end, Long.MAX_VALUE);
            return;
        }
        int digit = Math.min(Math.min(bitLength(size), MOST_DIGIT_BITS), lowBits);
        int shift = lowBits - digit;
        count(numbers, from, end, shift, digit, endsInPart);
        part(numbers, from, end, scratch, shift, digit, endsInPart);
        long mostMoves = (long) MOST_MOVES * size;
        long first = scratch[0];
        long second = scratch[1];
        long middle = Math.min(first, second);
        long largest = Math.max(first, second);
        long last = Long.MIN_VALUE;
        for (int chunk = from + 2; chunk < end; chunk += CHUNK) {
            int chunkEnd = Math.min(chunk + CHUNK, end);
            boolean ordered = true;
            for (int i = chunk; i < chunkEnd; i++) {
                long number = scratch[i - from];
                long smaller = Math.min(largest, number);
                largest = Math.max(largest, number);
                long least = Math.min(middle, smaller);
                middle = Math.max(middle, smaller);
                numbers[i - 2] = least;
                ordered &= last <= least;
                last = least;
            }
            if (!ordered) {
                mostMoves -= insert(numbers, from, chunk - 2, chunkEnd - 2, mostMoves);
                last = numbers[chunkEnd - 3];
            }
        }
        numbers[end - 2] = middle;
        numbers[end - 1] = largest;
        mostMoves -= insert(numbers, from, end - 2, end, mostMoves);
        if (mostMoves <= 0) {
            Arrays.sort(numbers, from, end);
        }
    }

    /**
     * Inserts numbers into the ones before them, which are sorted.
     *
     * @param start where the sorted ones start
     * @param most  gives up after so many moves
     * @return the number of moves
     */
    private static long insert(long[] numbers, int start, int from, int end, long most) {
        long moves = 0;
        for (int i = from; i < end && moves < most; i++) {
            long number = numbers[i];
            int at = i;
            while (at > start && numbers[at - 1] > number) {
                numbers[at] = numbers[at - 1];
                at--;
            }
            numbers[at] = number;
            moves += i - at;
        }
        return moves;
    }
}
