package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.block.Importance;

/** What the importance of the columns weighs for the values of some blocks; σ² is the mean square of the row. */
final class BlockWeights {
    static final int BLOCK = 32;

    /** The weights of the values, from 0 on. */
    final float[] values;
    private final float[] columns;
    private final float[] block = new float[BLOCK];
    private float sigma2;

    /** @param blocks the largest number of blocks at a time */
    BlockWeights(float[] columns, int blocks) {
        this.columns = columns;
        values = new float[blocks * BLOCK];
    }

    /**
     * Weighs blocks that follow each other. Calls follow each other too, since σ² is that of the row that began last.
     *
     * @param first  the first block, counted from that at {@code at}
     * @param perRow columns of a row
     */
    void weigh(float[] x, int at, int first, int blocks, int perRow) {
        for (int b = 0; b < blocks; b++) {
            int start = at + BLOCK * (first + b);
            int column = BLOCK * (first + b) % perRow;
            if (column == 0) {
                sigma2 = Importance.sumOfSquares(x, start, perRow) / perRow;
            }
            Importance.weigh(columns, column, sigma2, x, start, BLOCK, block);
            System.arraycopy(block, 0, values, BLOCK * b, BLOCK);
        }
    }
}
