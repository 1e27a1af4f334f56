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
        weigh(columns, columnsAt, sigma2, x, at, count, into, 0);
    }

    /** Writes the weights of {@code count} values to {@code into} from {@code intoAt} on. */
    public static void weigh(float[] columns, int columnsAt, float sigma2, float[] x, int at, int count, float[] into,
            int intoAt) {
        for (int i = 0; i < count; i++) {
            float value = x[at + i];
            into[intoAt + i] = columns[columnsAt + i] * (float) Math.sqrt(sigma2 + value * value);
        }
    }

    /** The sum of the weights, in their order. */
    public static float sum(float[] weights, int at, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[at + i];
        }
        return sum;
    }
}
