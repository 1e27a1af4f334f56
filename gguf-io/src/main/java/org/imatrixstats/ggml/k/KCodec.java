package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.GroupSearch;

/** A codec that searches the groups of many super-blocks at once and then encodes one block after the other. */
abstract class KCodec extends RowCodec {
    KCodec(GgmlType type) {
        super(type);
    }

    /** Room for the work on blocks, used by one thread. */
    interface Encoder {
        /**
         * Finds the scales of blocks that follow each other.
         *
         * @param weights the importance of the columns; null if there is none
         * @param column  the column of the first value
         * @param columns columns of a row
         */
        void search(float[] x, int at, int blocks, float[] weights, int column, int columns);

        /** Writes a block, whose values begin at {@code at}; {@code block} counts those of the search. */
        void encode(float[] x, int at, int block, byte[] into, int offset);
    }

    /** @param blocks the largest number of blocks at a time */
    abstract Encoder encoder(boolean weighted, int blocks);

    @Override
    protected final void quantizeRows(float[] from, int at, int rows, int columns, float[] weights, byte[] into,
            int offset) {
        int blocks = rows * (columns / SuperBlock.SIZE);
        int atOnce = Math.min(blocks, GroupSearch.VALUES / SuperBlock.SIZE);
        Encoder encoder = encoder(weights != null, atOnce);
        for (int first = 0; first < blocks; first += atOnce) {
            int count = Math.min(atOnce, blocks - first);
            int start = at + SuperBlock.SIZE * first;
            encoder.search(from, start, count, weights, SuperBlock.SIZE * first % columns, columns);
            for (int b = 0; b < count; b++, offset += type().bytesPerBlock()) {
                encoder.encode(from, start + SuperBlock.SIZE * b, b, into, offset);
            }
        }
    }
}
