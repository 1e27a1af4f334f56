package org.imatrixstats.scan;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A part of the values of one item, such as an entry of an importance matrix or a tensor of a model: whole rows, about
 * {@value #VALUES} values. The data alone decide where the parts are, never the number of threads or machines.
 *
 * <p>Iterating gives the values in blocks of up to {@value #BLOCK}, which stay in the processor's cache while several loops
 * pass over them. A block has whole rows, or a part of one row that is longer.
 *
 * @param item     the item, counted from 0
 * @param firstRow the first row, counted from 0 in the item
 * @param rows     number of rows
 * @param columns  values per row
 */
public record Partition(int item, long firstRow, long rows, long columns) implements Iterable<Block> {
    /** Values of a block; rows that are longer are cut. */
    public static final int BLOCK = 1 << 16;
    /** Values of a partition, about. */
    static final long VALUES = 1 << 20;
    /** No tensor type interleaves more rows. */
    private static final long INTERLEAVED = 16;

    /** The parts of all items in their order, at least one of each. */
    public static <T> List<Partition> grid(List<T> items, ToLongFunction<T> rows, ToLongFunction<T> columns) {
        List<Partition> grid = new ArrayList<>();
        for (int item = 0; item < items.size(); item++) {
            long width = columns.applyAsLong(items.get(item));
            long all = width == 0 ? 0 : rows.applyAsLong(items.get(item));
            long each = Math.max(1, VALUES / Math.max(1, width));
            // Rows that are stored together stay together.
            each = each >= INTERLEAVED ? each / INTERLEAVED * INTERLEAVED : each;
            long row = 0;
            do {
                grid.add(new Partition(item, row, Math.min(each, all - row), width));
                row += each;
            } while (row < all);
        }
        return grid;
    }

    /** All values of one item, to be walked from the first to the last. */
    public static Partition whole(long rows, long columns) {
        return new Partition(0, 0, rows, columns);
    }

    /** Values without rows. */
    public static Partition ofValues(long size) {
        return whole(1, size);
    }

    /** Number of values. */
    public long size() {
        return rows * columns;
    }

    @Override
    public Iterator<Block> iterator() {
        return blocks(BLOCK).iterator();
    }

    /** The same in blocks of up to so many values. */
    public Iterable<Block> blocks(int values) {
        return () -> walk(columns <= values ? values / Math.max(1, columns) * columns : values);
    }

    /** The same in blocks of whole rows of up to so many values, or of one row that is longer. */
    public Iterable<Block> wholeRows(int values) {
        return () -> walk(Math.max(1, values / Math.max(1, columns)) * columns);
    }

    private Iterator<Block> walk(long most) {
        return new Iterator<>() {
            private long at = firstRow * columns;
            private final long end = at + size();

            @Override
            public boolean hasNext() {
                return at < end;
            }

            @Override
            public Block next() {
                long rowEnd = columns <= most ? end : (at / columns + 1) * columns;
                Block block = new Block(at, (int) Math.min(most, rowEnd - at), columns);
                at += block.length();
                return block;
            }
        };
    }
}
