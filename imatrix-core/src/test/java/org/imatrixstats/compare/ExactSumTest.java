package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {
    @Test
    void keepsWhatADoubleWouldLose() {
        ExactSum sum = new ExactSum();
        sum.addProduct(1L << 60, 1L << 30);
        sum.addProduct(1, 3);
        sum.addProduct(-(1L << 60), 1L << 30);
        assertEquals(3, sum.value());
    }

    @Test
    void goesBelowZeroAndBack() {
        ExactSum sum = new ExactSum();
        sum.add(-5);
        assertEquals(-5, sum.value());
        sum.addProduct(Long.MAX_VALUE, Long.MAX_VALUE);
        sum.add(5);
        assertEquals(0x1p126, sum.value());
        sum.addProduct(-Long.MAX_VALUE, Long.MAX_VALUE);
        assertEquals(0, sum.value());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 1000, 1001, 1002})
    void squaresOfRanksFromTheirMean(long n) {
        double expected = LongStream.range(0, n).map(i -> 2 * i - (n - 1)).map(x -> x * x).sum();
        assertEquals(expected, ExactSum.ofSquares(n).value());
    }
}
