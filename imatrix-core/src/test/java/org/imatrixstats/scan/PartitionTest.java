package org.imatrixstats.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionTest {
    private record Shape(long rows, long columns) {
    }

    private static List<Partition> grid(Shape... shapes) {
        return Partition.grid(List.of(shapes), Shape::rows, Shape::columns);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,16384", "1,16385", "1,5000000", "70000,1", "256,7168", "300,16384", "1000,16385", "3,40000",
        "2,1048577"})
    void coversAllValuesInOrder(long rows, long columns) {
        long at = 0;
        for (Partition part : grid(new Shape(rows, columns))) {
            assertEquals(at, part.firstRow() * columns);
            assertTrue(part.rows() == 1 || part.size() <= Partition.VALUES, "about 2^20 values");
            for (Block block : part) {
                assertEquals(at, block.start());
                assertTrue(block.length() <= Partition.BLOCK);
                for (Block.Span span : block) {
                    assertEquals((at) / columns, span.row());
                    assertEquals(at - block.start(), span.from());
                    at += span.length();
                    assertTrue(at <= (span.row() + 1) * columns, "a span is of one row");
                }
            }
        }
        assertEquals(rows * columns, at);
    }

    @ParameterizedTest
    @CsvSource({"7,100", "3,40000", "1,1", "20,16384", "1000,4096"})
    void givesWholeRowsToThoseWhoNeedThem(long rows, long columns) {
        long at = 0;
        for (Block block : Partition.whole(rows, columns).wholeRows(Partition.BLOCK)) {
            assertEquals(at, block.start());
            assertEquals(0, block.length() % columns);
            assertTrue(block.length() <= Math.max(columns, Partition.BLOCK));
            at += block.length();
        }
        assertEquals(rows * columns, at);
    }

    @Test
    void keepsInterleavedRowsTogether() {
        assertTrue(grid(new Shape(100_000, 4097)).stream().allMatch(part -> part.firstRow() % 16 == 0));
    }

    @Test
    void hasAPartOfEachItemAlsoOfAnEmptyOne() {
        assertEquals(List.of(new Partition(0, 0, 2, 3), new Partition(1, 0, 0, 0), new Partition(2, 0, 0, 5)),
                grid(new Shape(2, 3), new Shape(1L << 60, 0), new Shape(0, 5)));
        assertTrue(!new Partition(1, 0, 0, 0).iterator().hasNext());
        assertTrue(!new Partition(1, 0, 0, 5).wholeRows(Partition.BLOCK).iterator().hasNext());
    }

    /** Sums of doubles that differ when they are added in another order. */
    @Test
    void foldsToTheSameBitsOnAnyNumberOfThreads() throws IOException {
        List<Partition> grid = grid(new Shape(5, 1 << 20), new Shape(1, 1), new Shape(7, 1 << 21));
        List<Double> expected = List.of(sum(0, 5), sum(5, 6), sum(6, 13));
        for (int threads : new int[]{1, 2, 3, 8}) {
            List<Partition> done = new ArrayList<>();
            assertEquals(expected, Parallel.fold(grid, threads, () -> null, (_, part) -> value(grid.indexOf(part)),
                    Double::sum, done::add));
            assertEquals(grid.size(), done.size());
        }
    }

    private static double value(int number) {
        return Math.pow(-7, number) / 3;
    }

    private static double sum(int from, int to) {
        return IntStream.range(from, to).mapToObj(PartitionTest::value).reduce(Double::sum).orElseThrow();
    }
}
