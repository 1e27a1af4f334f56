package org.imatrixstats.spectrum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.io.FormatException;

/**
 * Magnitude pruning of one matrix.
 *
 * @param ratio     the share to prune
 * @param threshold the value of |w| with that rank, exactly
 * @param pruned    values with |w| ≤ threshold: more than the share where many are equal
 */
public record Magnitude(double ratio, double threshold, long pruned) {
    private static final int HALF = 16;
    private static final int LOW = (1 << HALF) - 1;
    private static final int INFINITE = 0x7f80;

    /** The thresholds for some ratios; null if a value is not finite. */
    static List<Magnitude> of(MatrixValues matrix, List<Double> ratios) throws FormatException {
        long[] high = new long[1 << HALF];
        forEach(matrix, bits -> high[bits >>> HALF]++);
        for (int i = INFINITE; i < high.length; i++) {
            if (high[i] > 0) {
                return null;
            }
        }
        long size = (long) matrix.rows() * matrix.columns();
        Map<Integer, long[]> low = new HashMap<>();
        ratios.forEach(ratio -> low.put(bucket(high, rank(size, ratio)), new long[1 << HALF]));
        forEach(matrix, bits -> {
            long[] counts = low.get(bits >>> HALF);
            if (counts != null) {
                counts[bits & LOW]++;
            }
        });
        List<Magnitude> thresholds = new ArrayList<>();
        for (double ratio : ratios) {
            long rank = rank(size, ratio);
            int upper = bucket(high, rank);
            long before = 0;
            for (int i = 0; i < upper; i++) {
                before += high[i];
            }
            int lower = bucket(low.get(upper), rank - before);
            for (int i = 0; i <= lower; i++) {
                before += low.get(upper)[i];
            }
            thresholds.add(new Magnitude(ratio, Float.intBitsToFloat(upper << HALF | lower), before));
        }
        return thresholds;
    }

    private static long rank(long size, double ratio) {
        return Math.min(size - 1, (long) (size * ratio));
    }

    private static int bucket(long[] counts, long rank) {
        int bucket = 0;
        for (long before = counts[0]; before <= rank; before += counts[bucket]) {
            bucket++;
        }
        return bucket;
    }

    @FunctionalInterface
    private interface Bits {
        void take(int bits);
    }

    private static void forEach(MatrixValues matrix, Bits bits) throws FormatException {
        int most = matrix.rowsAtOnce();
        float[] values = new float[most * matrix.columns()];
        for (int row = 0; row < matrix.rows(); row += most) {
            int count = Math.min(most, matrix.rows() - row);
            matrix.read(row, count, values);
            for (int i = 0; i < count * matrix.columns(); i++) {
                bits.take(Float.floatToRawIntBits(Math.abs(values[i])));
            }
        }
    }
}
