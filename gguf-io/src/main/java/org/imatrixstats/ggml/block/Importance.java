package org.imatrixstats.ggml.block;

/** What the importance of a column weighs for one value: E[x²] of the activations times √(σ² + x²) of the weights. */
public final class Importance {
    private Importance() {
    }

    /** The sum of squares, one after the other as the reference adds them. */
    public static float sumOfSquares(float[] x, int at, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += x[at + i] * x[at + i];
        }
        return sum;
    }

    /** Writes the weights of {@code count} values to the start of {@code into}. */
    public static void weigh(float[] columns, int columnsAt, float sigma2, float[] x, int at, int count, float[] into) {
        for (int i = 0; i < count; i++) {
            float value = x[at + i];
            into[i] = columns[columnsAt + i] * (float) Math.sqrt(sigma2 + value * value);
        }
    }

    public static float sum(float[] weights, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }
}
