package org.imatrixstats.scan;

import java.util.Iterator;

/**
 * Values that are read and looked at together: whole rows, or a part of one long row. Iterating gives the part of each row.
 *
 * @param start   the first value, counted through all rows of the item
 * @param length  number of values
 * @param columns values per row
 */
public record Block(long start, int length, long columns) implements Iterable<Block.Span> {
    /**
     * The values of one row in a block.
     *
     * @param row  the row, counted from 0 in the item
     * @param from the first value, counted in the block
     * @param to   the value after the last
     */
    public record Span(long row, int from, int to) {
        public int length() {
            return to - from;
        }
    }

    @Override
    public Iterator<Span> iterator() {
        return new Iterator<>() {
            private int from;

            @Override
            public boolean hasNext() {
                return from < length;
            }

            @Override
            public Span next() {
                long row = (start + from) / columns;
                int to = (int) Math.min(length, (row + 1) * columns - start);
                Span span = new Span(row, from, to);
                from = to;
                return span;
            }
        };
    }
}
