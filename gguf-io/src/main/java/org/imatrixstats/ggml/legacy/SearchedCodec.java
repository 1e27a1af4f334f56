package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Importance;

/** Blocks of 32 values whose scale is computed without weights and searched for with weights. */
abstract class SearchedCodec extends RowCodec {
    static final int BLOCK = 32;

    SearchedCodec(GgmlType type) {
        super(type);
    }

    /** A search for up to {@code blocks} blocks at a time. */
    abstract GroupSearch search(int blocks);

    /** Writes the block of values d·q + m. */
    abstract void put(float d, float m, byte[] levels, byte[] into, int offset);

    @Override
    protected final void quantizeRows(float[] from, int at, int rows, int columns, float[] weights, byte[] into,
            int offset) {
        if (weights == null) {
            super.quantizeRows(from, at, rows, columns, null, into, offset);
            return;
        }
        int blocks = rows * (columns / BLOCK);
        int atOnce = Math.min(blocks, GroupSearch.VALUES / BLOCK);
        GroupSearch search = search(atOnce);
        float[] importance = new float[atOnce * BLOCK];
        byte[] levels = new byte[BLOCK];
        float sigma2 = 0;
        for (int first = 0; first < blocks; first += atOnce) {
            int count = Math.min(atOnce, blocks - first);
            int start = at + BLOCK * first;
            for (int b = 0; b < count; b++) {
                int column = BLOCK * (first + b) % columns;
                if (column == 0) { // A row begins: σ² is its mean square.
                    sigma2 = Importance.sumOfSquares(from, start + BLOCK * b, columns) / columns;
                }
                Importance.weigh(weights, column, sigma2, from, start + BLOCK * b, BLOCK, importance, BLOCK * b);
            }
            search.search(from, start, importance, count);
            for (int b = 0; b < count; b++, offset += type().bytesPerBlock()) {
                search.levels(b, levels, 0);
                put(search.scale(b), search.offset(b), levels, into, offset);
            }
        }
    }
}
