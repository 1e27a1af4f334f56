package org.imatrixstats.imatrix;

import org.imatrixstats.scan.Block;

/**
 * The fast hash of what one entry holds, taken while its values are walked in parts of whole rows. Each row is hashed by
 * itself, with its number as the seed, and the hashes are added: so parts merge in any order.
 */
public final class ContentHash {
    private final Rows squares;
    private final Rows sums;

    public ContentHash(ImatrixEntry entry) {
        squares = new Rows(entry);
        sums = new Rows(entry);
    }

    /** Adds the sums of x² of the next block of a part. */
    public void addSquares(Block block, float[] values) {
        squares.add(block, values);
    }

    /** Adds the sums of x of the next block of a part. */
    public void addSums(Block block, float[] values) {
        sums.add(block, values);
    }

    /** Adds what was hashed of another part. */
    public ContentHash merge(ContentHash other) {
        squares.merge(other.squares);
        sums.merge(other.sums);
        return this;
    }

    void addTo(Murmur3 all) {
        squares.addTo(all);
        sums.addTo(all);
    }

    private static final class Rows {
        private final ImatrixEntry entry;
        private Murmur3 row;
        private long low;
        private long high;

        Rows(ImatrixEntry entry) {
            this.entry = entry;
        }

        void add(Block block, float[] values) {
            for (Block.Span span : block) {
                long column = block.start() + span.from() - span.row() * block.columns();
                if (column == 0) {
                    row = new Murmur3((int) span.row());
                    row.add(entry.count(span));
                }
                row.add(values, span.from(), span.to());
                if (column + span.length() == block.columns()) {
                    long[] hash = row.hash();
                    low += hash[0];
                    high += hash[1];
                }
            }
        }

        void merge(Rows other) {
            low += other.low;
            high += other.high;
        }

        void addTo(Murmur3 all) {
            all.add(low);
            all.add(high);
        }
    }
}
