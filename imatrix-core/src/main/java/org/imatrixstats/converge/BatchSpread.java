package org.imatrixstats.converge;

import java.util.Arrays;
import java.util.List;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/**
 * The spread between the batches of a run: what lies between two snapshots, and before the first. Reads all snapshots of
 * some matrices of a tensor together, and finds out whether their sums grow. Each thread has its own instance.
 *
 * <p>A matrix that m batches reached, batch b with the part v_b of its rows and the mean x_b of a column, has the mean
 * e = Σ v_b·x_b. If the rows of a batch vary as those of another, the variance of e is Σ z_b² with
 * z_b = √(v_b / (m − 1))·(x_b − e). The z of different columns, also of different experts, add up as the columns do, because
 * they come from the same text: Var Σ = Σ_b (Σ_j z_bj)². For shares p = e / Σ the z are, to first order,
 * (z_bj − p_j·Z_b) / Σ with Z_b = Σ_j z_bj; and Σ_j Var(p_j) / p_j = Σ_b (A_b / Σ − (Z_b / Σ)²) with A_b = Σ_j z_bj² / e_j.
 */
final class BatchSpread {
    /** Values of all snapshots together that a block holds. */
    private static final int BLOCK_VALUES = 1 << 19;
    private static final int MOST_COLUMNS = 1 << 14;
    /**
     * Sums of one run are float32 to which squares are added: they cannot fall. What went through a legacy file or a merge
     * was rounded again, by a few units in the last place.
     */
    private static final float ROUNDING = 4 * 0x1p-23f;

    private final List<Snapshot> snapshots;
    private final int block;
    private final float[][] sums;
    private final double[] means;
    private final double[] perMean;

    BatchSpread(SnapshotSeries series) {
        this.snapshots = series.snapshots();
        this.block = Math.clamp(BLOCK_VALUES / snapshots.size(), 1 << 8, MOST_COLUMNS);
        this.sums = new float[snapshots.size()][block];
        this.means = new double[block];
        this.perMean = new double[block];
    }

    /** Sums over matrices, per batch: Z_b, A_b, deviations of Σ, and Σ of the matrices that the batch reached. */
    static final class Sums {
        private final double[] z;
        private final double[] chiSquare;
        private final double[] deviations;
        private final double[] reached;
        private double sum;
        private int unknown;
        private int mostBatches;

        private Sums(int batches) {
            this.z = new double[batches];
            this.chiSquare = new double[batches];
            this.deviations = new double[batches];
            this.reached = new double[batches];
        }

        Sums merge(Sums later) {
            for (int b = 0; b < z.length; b++) {
                z[b] += later.z[b];
                chiSquare[b] += later.chiSquare[b];
                deviations[b] += later.deviations[b];
                reached[b] += later.reached[b];
            }
            sum += later.sum;
            unknown += later.unknown;
            mostBatches = Math.max(mostBatches, later.mostBatches);
            return this;
        }

        SamplingError error(ImatrixEntry entry) {
            if (!countsKnown(entry)) {
                return SamplingError.unknown(mostBatches, 0, z.length);
            }
            if (!(sum > 0) || Double.isInfinite(sum)) {
                return SamplingError.unknown(mostBatches, unknown, z.length);
            }
            double variance = 0;
            double shares = 0;
            double[] parts = new double[z.length];
            double[] sumDeviations = new double[z.length];
            for (int b = 0; b < z.length; b++) {
                double relative = z[b] / sum;
                variance += relative * relative;
                parts[b] = Math.max(0, chiSquare[b] / sum - relative * relative);
                shares += parts[b];
                sumDeviations[b] = deviations[b] / reached[b];
            }
            for (int b = 0; b < z.length; b++) {
                parts[b] /= shares;
            }
            return new SamplingError(mostBatches, unknown, Math.sqrt(variance), Math.sqrt(shares), sumDeviations,
                    parts);
        }
    }

    /**
     * Legacy files have one count for all experts. How many rows each of them saw is lost.
     */
    private static boolean countsKnown(ImatrixEntry entry) {
        return entry.experts() > 1 || !entry.name().isOfExperts();
    }

    /**
     * @throws org.imatrixstats.imatrix.ImatrixException if a sum falls from one snapshot to the next
     */
    Sums of(String tensor, Partition matrices) throws FormatException {
        ImatrixEntry[] entries = snapshots.stream().map(snapshot -> snapshot.entry(tensor))
                .toArray(ImatrixEntry[]::new);
        boolean countsKnown = countsKnown(entries[entries.length - 1]);
        Sums result = new Sums(entries.length);
        for (int expert = (int) matrices.firstRow(); expert < matrices.firstRow() + matrices.rows(); expert++) {
            Batches batches = Batches.of(entries, expert);
            result.mostBatches = Math.max(result.mostBatches, batches.reaching);
            result.unknown += batches.reaching == 1 ? 1 : 0;
            for (Block values : new Partition(0, expert, 1, matrices.columns()).blocks(block)) {
                read(entries, values.start(), values.length());
                if (countsKnown) {
                    requireGrowth(entries, batches, values.start(), values.length());
                    if (batches.reaching > 1) {
                        add(batches, values.length(), result);
                    }
                }
            }
        }
        return result;
    }

    /** The rows of a matrix that each batch brought. */
    private record Batches(long[] rows, long all, int reaching) {
        static Batches of(ImatrixEntry[] entries, int expert) {
            long[] rows = new long[entries.length];
            long before = 0;
            int reaching = 0;
            for (int i = 0; i < rows.length; i++) {
                long count = entries[i] == null ? before : entries[i].count(expert);
                rows[i] = count - before;
                reaching += rows[i] > 0 ? 1 : 0;
                before = count;
            }
            return new Batches(rows, before, reaching);
        }
    }

    private void read(ImatrixEntry[] entries, long from, int length) throws FormatException {
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] == null) {
                Arrays.fill(sums[i], 0, length, 0);
            } else {
                snapshots.get(i).imatrix().inSum2(entries[i], from, sums[i], length);
            }
        }
    }

    private void requireGrowth(ImatrixEntry[] entries, Batches batches, long from, int length) throws FormatException {
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] == null) {
                continue;
            }
            int fall = i == 0 ? firstNegative(sums[0], length) : firstFall(sums[i - 1], sums[i], length);
            if (fall >= 0) {
                throw SnapshotSeries.notOneRun(snapshots.get(i), entries[i].name(), i == 0
                        ? "has a negative sum of x²" + place(entries[i], from + fall)
                        : "the sum of x²" + place(entries[i], from + fall) + " is " + sums[i][fall]
                                + ", but " + sums[i - 1][fall] + " in " + snapshots.get(i - 1).name()
                                + ", which has no more rows");
            }
            int change = i > 0 && batches.rows[i] == 0 ? firstFall(sums[i], sums[i - 1], length) : -1;
            if (change >= 0) {
                throw SnapshotSeries.notOneRun(snapshots.get(i), entries[i].name(),
                        "the sum of x²" + place(entries[i], from + change) + " differs from that in "
                                + snapshots.get(i - 1).name() + ", which has as many rows");
            }
        }
    }

    private static String place(ImatrixEntry entry, long value) {
        return " in column " + value % entry.columns()
                + (entry.experts() > 1 ? " of expert " + value / entry.columns() : "");
    }

    private static int firstNegative(float[] sums, int length) {
        for (int j = 0; j < length; j++) {
            if (sums[j] < 0) {
                return j;
            }
        }
        return -1;
    }

    /** The first column whose sum falls by more than rounding explains. */
    private static int firstFall(float[] before, float[] after, int length) {
        for (int j = 0; j < length; j++) {
            if (after[j] < before[j] && before[j] - after[j] > before[j] * ROUNDING) {
                return j;
            }
        }
        return -1;
    }

    /** Takes in a block of a matrix that at least two batches reached. */
    private void add(Batches batches, int length, Sums result) {
        float[] all = sums[sums.length - 1];
        double perRow = 1.0 / batches.all;
        double total = 0;
        for (int j = 0; j < length; j++) {
            double mean = all[j] * perRow;
            means[j] = mean;
            // A mean of 0 is one of nothing but zeros: its z are 0 too.
            perMean[j] = mean == 0 ? 0 : 1 / mean;
            total += mean;
        }
        result.sum += total;
        for (int b = 0; b < sums.length; b++) {
            if (batches.rows[b] > 0) {
                double part = batches.rows[b] * perRow;
                add(b, 1.0 / batches.rows[b], Math.sqrt(part / (batches.reaching - 1)), length, result);
                result.reached[b] += total;
            }
        }
    }

    private void add(int b, double perRow, double weight, int length, Sums result) {
        float[] until = sums[b];
        float[] before = b == 0 ? null : sums[b - 1];
        double off = 0;
        double squares = 0;
        for (int j = 0; j < length; j++) {
            double gain = before == null ? until[j] : (double) until[j] - before[j];
            double each = gain * perRow - means[j];
            off += each;
            squares += each * each * perMean[j];
        }
        result.deviations[b] += off;
        result.z[b] += weight * off;
        result.chiSquare[b] += weight * weight * squares;
    }
}
