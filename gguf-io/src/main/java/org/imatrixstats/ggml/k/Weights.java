package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.block.Importance;

/** What the importance of the columns weighs for the values of some super-blocks. */
final class Weights {
    /** The weights of the values of all blocks. */
    final float[] values;
    private final float[] of = new float[SuperBlock.SIZE];

    Weights(int blocks) {
        values = new float[blocks * SuperBlock.SIZE];
    }

    /**
     * Weighs blocks that follow each other.
     *
     * @param column  the column of the first value
     * @param perRow  columns of a row
     * @param spread  how many times the mean square of the block is added to the square of a value
     */
    void of(float[] x, int at, int blocks, float[] columns, int column, int perRow, int spread) {
        for (int b = 0; b < blocks; b++) {
            int start = at + SuperBlock.SIZE * b;
            float sigma2 = spread * Importance.sumOfSquares(x, start, SuperBlock.SIZE) / SuperBlock.SIZE;
            Importance.weigh(columns, (column + SuperBlock.SIZE * b) % perRow, sigma2, x, start, SuperBlock.SIZE, of);
            System.arraycopy(of, 0, values, SuperBlock.SIZE * b, SuperBlock.SIZE);
        }
    }

    /** The sums of the groups of a block. */
    void sums(int block, int size, float[] into) {
        for (int g = 0; g < into.length; g++) {
            float sum = 0;
            for (int i = 0; i < size; i++) {
                sum += values[SuperBlock.SIZE * block + size * g + i];
            }
            into[g] = sum;
        }
    }
}
