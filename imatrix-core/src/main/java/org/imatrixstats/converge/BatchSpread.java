package org.imatrixstats.converge;

import java.util.Arrays;
import java.util.List;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.ImatrixEntry;

/**
 * The spread between the batches of a run: what lies between two snapshots, and before the first. Reads all snapshots of a
 * tensor together, block by block, and finds out whether their sums grow. Each thread has its own instance.
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
     * was rounded anew, by a few units in the last place.
     */
    private static final float ROUNDING = 4 * 0x1p-23f;

    private final List<Snapshot> snapshots;
    private final int block;
    private final float[][] sums;
    private final double[] means;
    private final double[] perMean;

    // Of the tensor that is being read.
    private final double[] z;
    private final double[] chiSquare;
    private final double[] deviations;
    private final double[] sumsReached;
    private double sum;

    BatchSpread(SnapshotSeries series) {
        this.snapshots = series.snapshots();
        this.block = Math.clamp(BLOCK_VALUES / snapshots.size(), 1 << 8, MOST_COLUMNS);
        this.sums = new float[snapshots.size()][block];
        this.means = new double[block];
        this.perMean = new double[block];
        this.z = new double[snapshots.size()];
        this.chiSquare = new double[snapshots.size()];
        this.deviations = new double[snapshots.size()];
        this.sumsReached = new double[snapshots.size()];
    }

    /**
     * @throws org.imatrixstats.imatrix.ImatrixException if a sum falls from one snapshot to the next
     */
    SamplingError of(String tensor) throws FormatException {
        ImatrixEntry[] entries = snapshots.stream().map(snapshot -> snapshot.entry(tensor))
                .toArray(ImatrixEntry[]::new);
        ImatrixEntry last = entries[entries.length - 1];
        // With one count for all experts, as legacy files have it, how many rows each of them saw is lost.
        boolean countsKnown = last.experts() > 1 || !last.name().isOfExperts();
        clear();
        int unknown = 0;
        int mostBatches = 0;
        for (int expert = 0; expert < last.experts(); expert++) {
            Batches batches = Batches.of(entries, expert);
            mostBatches = Math.max(mostBatches, batches.reaching);
            unknown += batches.reaching == 1 ? 1 : 0;
            long columns = last.columns();
            for (long from = expert * columns; from < (expert + 1) * columns; from += block) {
                int length = (int) Math.min(block, (expert + 1) * columns - from);
                read(entries, from, length);
                if (countsKnown) {
                    requireGrowth(entries, batches, from, length);
                    if (batches.reaching > 1) {
                        add(batches, length);
                    }
                }
            }
        }
        return countsKnown ? error(mostBatches, unknown) : SamplingError.unknown(mostBatches, 0, snapshots.size());
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

    private void clear() {
        sum = 0;
        Arrays.fill(z, 0);
        Arrays.fill(chiSquare, 0);
        Arrays.fill(deviations, 0);
        Arrays.fill(sumsReached, 0);
    }

    private void read(ImatrixEntry[] entries, long from, int length) throws FormatException {
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] == null) {
                Arrays.fill(sums[i], 0, length, 0);
            } else {
                snapshots.get(i).imatrix().squares(entries[i], from, sums[i], length);
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
                                + ", which has seen no more rows");
            }
            int change = i > 0 && batches.rows[i] == 0 ? firstFall(sums[i], sums[i - 1], length) : -1;
            if (change >= 0) {
                throw SnapshotSeries.notOneRun(snapshots.get(i), entries[i].name(),
                        "the sum of x²" + place(entries[i], from + change) + " is another than in "
                                + snapshots.get(i - 1).name() + ", after as many rows");
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
    private void add(Batches batches, int length) {
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
        sum += total;
        for (int b = 0; b < sums.length; b++) {
            if (batches.rows[b] > 0) {
                double part = batches.rows[b] * perRow;
                add(b, 1.0 / batches.rows[b], Math.sqrt(part / (batches.reaching - 1)), length);
                sumsReached[b] += total;
            }
        }
    }

    private void add(int b, double perRow, double weight, int length) {
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
        deviations[b] += off;
        z[b] += weight * off;
        chiSquare[b] += weight * weight * squares;
    }

    private SamplingError error(int batches, int expertsUnknown) {
        if (!(sum > 0) || Double.isInfinite(sum)) {
            return SamplingError.unknown(batches, expertsUnknown, z.length);
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
            sumDeviations[b] = deviations[b] / sumsReached[b];
        }
        for (int b = 0; b < z.length; b++) {
            parts[b] /= shares;
        }
        return new SamplingError(batches, expertsUnknown, Math.sqrt(variance), Math.sqrt(shares), sumDeviations,
                parts);
    }
}
