package org.imatrixstats.ggml.iq;

import org.imatrixstats.ggml.block.Importance;

/** What an error in a value weighs: as {@link Importance#weigh} has it, or x² where no importance is known. */
final class Weights {
    private Weights() {
    }

    static void weigh(float[] columns, int columnsAt, float sigma2, float[] x, int at, int count, float[] into) {
        if (columns != null) {
            Importance.weigh(columns, columnsAt, sigma2, x, at, count, into);
        } else {
            for (int i = 0; i < count; i++) {
                into[i] = x[at + i] * x[at + i];
            }
        }
    }
}
