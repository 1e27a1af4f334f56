package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.block.Importance;

/** What the importance of the columns weighs for the values of some super-blocks. */
final class SuperBlockWeights {
    /** The weights of the values of all blocks. */
    final float[] values;

    SuperBlockWeights(int blocks) {
        values = new float[blocks * SuperBlock.SIZE];
    }

    /**
     * Weighs blocks that follow each other. σ² is {@code spread} times the mean square of a block.
     *
     * @param column the column of the first value
     * @param perRow columns of a row
     */
    void weigh(float[] x, int at, int blocks, float[] columns, int column, int perRow, int spread) {
        for (int b = 0; b < blocks; b++) {
            int place = SuperBlock.SIZE * b;
            float sigma2 = spread * Importance.sumOfSquares(x, at + place, SuperBlock.SIZE) / SuperBlock.SIZE;
            Importance.weigh(columns, (column + place) % perRow, sigma2, x, at + place, SuperBlock.SIZE, values, place);
        }
    }

    /** Writes the sums of the groups of a block. */
    void sums(int block, int size, float[] into) {
        for (int g = 0; g < into.length; g++) {
            into[g] = Importance.sum(values, SuperBlock.SIZE * block + size * g, size);
        }
    }
}
