package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RadixSorterTest {
    private final SplittableRandom random = new SplittableRandom(3);
    private final RadixSorter sorter = new RadixSorter();

    private void assertSorts(int n, int bits, LongSupplier number) {
        long[] numbers = LongStream.generate(number).limit(n).toArray();
        long[] expected = numbers.clone();
        Arrays.sort(expected);
        long[] sorted = new long[n];
        sorter.expect(n, bits);
        for (int i = 0; i < n; i++) {
            sorter.count(numbers[i]);
        }
        sorter.sort(numbers, sorted);
        assertArrayEquals(expected, sorted);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 15, 16, 17, 63, 64, 65, 66, 67, 1000, 100_000, 700_000})
    void sortsNumbersThatAreSpreadOut(int n) {
        assertSorts(n, 63, () -> random.nextLong(Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 20, 40, 62})
    void sortsNumbersOfFewBits(int bits) {
        assertSorts(20_000, bits, () -> random.nextLong(1L << bits));
    }

    @Test
    void sortsNumbersThatCrowdTogether() {
        assertSorts(50_000, 63, () -> random.nextInt(4) == 0 ? random.nextLong(Long.MAX_VALUE) : random.nextInt(1000));
        assertSorts(50_000, 63, () -> Long.MAX_VALUE - random.nextInt(3));
        long[] next = {1 << 20};
        assertSorts(50_000, 63, () -> next[0]--);
    }

    @Test
    void sortsEqualNumbers() {
        assertSorts(50_000, 63, () -> 7);
        assertSorts(50_000, 63, () -> random.nextInt(5) * (Long.MAX_VALUE / 5));
    }

    @Test
    void sortsAgainAfterMoreNumbers() {
        assertSorts(100_000, 63, () -> random.nextLong(Long.MAX_VALUE));
        assertSorts(100, 63, () -> random.nextLong(Long.MAX_VALUE));
    }
}
