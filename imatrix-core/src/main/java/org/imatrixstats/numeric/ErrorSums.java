package org.imatrixstats.numeric;

import java.nio.ByteBuffer;

import org.imatrixstats.io.FormatException;

/**
 * What quantization does to rows of weights x that become q: sums over rows, for one tensor (or one expert of it) and one
 * type. All sums are of doubles, over the values of a row in their order and then over the rows.
 *
 * @param rows            rows read
 * @param n               values read
 * @param weighted        Σ w(x−q)² over Σ wx², w = E[x²] of the column's input, 1 where there is none
 * @param unweighted      Σ (x−q)² over Σ x²
 * @param mean            the mean part, Σ over rows of (Σ a(x−q))², over Σ wx², a = E[x] of the column's input; its
 *                        numerator is NaN where no E[x] is known
 * @param dot             Σ xq
 * @param quantizedEnergy Σ q²
 * @param maxError        the largest |x−q|
 */
public record ErrorSums(long rows, long n, Ratio weighted, Ratio unweighted, Ratio mean, double dot,
        double quantizedEnergy, double maxError) {
    /** The sums of no rows. */
    public static final ErrorSums EMPTY = new ErrorSums(0, 0, Ratio.EMPTY, Ratio.EMPTY, Ratio.EMPTY, 0, 0, 0);
    private static final SumBytes BYTES = new SumBytes("error sums", 1, 20);

    /**
     * The sums of some rows.
     *
     * @param x         {@code rows · columns} values from {@code at} on
     * @param quantized what they become, likewise
     * @param weights   E[x²] per column; null for 1
     * @param means     E[x] per column; null if not known
     */
    public static ErrorSums of(float[] x, float[] quantized, int at, int rows, int columns, float[] weights,
            double[] means) {
        ErrorSums sums = EMPTY;
        for (int row = 0; row < rows; row++) {
            sums = sums.merge(ofRow(x, quantized, at + row * columns, columns, weights, means));
        }
        return sums;
    }

    private static ErrorSums ofRow(float[] x, float[] quantized, int at, int columns, float[] weights, double[] means) {
        double weightedError = 0;
        double weightedEnergy = 0;
        double error = 0;
        double energy = 0;
        double mean = means == null ? Double.NaN : 0;
        double dot = 0;
        double quantizedEnergy = 0;
        double maxError = 0;
        for (int j = 0; j < columns; j++) {
            double value = x[at + j];
            double q = quantized[at + j];
            double difference = value - q;
            double squared = difference * difference;
            double weight = weights == null ? 1 : weights[j];
            weightedError += weight * squared;
            weightedEnergy += weight * (value * value);
            error += squared;
            energy += value * value;
            dot += value * q;
            quantizedEnergy += q * q;
            maxError = Math.max(maxError, Math.abs(difference));
            if (means != null) {
                mean += means[j] * difference;
            }
        }
        return new ErrorSums(1, columns, Ratio.ofRow(weightedError, weightedEnergy), Ratio.ofRow(error, energy),
                Ratio.ofRow(mean * mean, weightedEnergy), dot, quantizedEnergy, maxError);
    }

    /** The sums of both parts together. */
    public ErrorSums merge(ErrorSums other) {
        return new ErrorSums(rows + other.rows, n + other.n, weighted.merge(other.weighted),
                unweighted.merge(other.unweighted), mean.merge(other.mean), dot + other.dot,
                quantizedEnergy + other.quantizedEnergy, Math.max(maxError, other.maxError));
    }

    /** Σxq / √(Σx²·Σq²); NaN if one of them is all zero. */
    public double cosine() {
        return Math.clamp(dot / Math.sqrt(unweighted.x() * quantizedEnergy), -1, 1);
    }

    /** The sums as bytes, of this version of the format. */
    public byte[] toBytes() {
        ByteBuffer out = BYTES.write().putLong(rows).putLong(n);
        put(out, weighted);
        put(out, unweighted);
        put(out, mean);
        return out.putDouble(dot).putDouble(quantizedEnergy).putDouble(maxError).array();
    }

    /** @throws FormatException if these are not the bytes of such sums, or of another version */
    public static ErrorSums fromBytes(byte[] bytes) throws FormatException {
        ByteBuffer in = BYTES.read(bytes);
        return new ErrorSums(in.getLong(), in.getLong(), ratio(in), ratio(in), ratio(in), in.getDouble(),
                in.getDouble(), in.getDouble());
    }

    private static void put(ByteBuffer out, Ratio ratio) {
        out.putDouble(ratio.y()).putDouble(ratio.x()).putDouble(ratio.yy()).putDouble(ratio.xy())
                .putDouble(ratio.xx());
    }

    private static Ratio ratio(ByteBuffer in) {
        return new Ratio(in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble());
    }
}
