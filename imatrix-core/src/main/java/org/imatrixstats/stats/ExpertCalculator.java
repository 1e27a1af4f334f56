package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Parallel;

/** Computes the figures of every expert. */
public final class ExpertCalculator {
    private static final int BLOCK = 1 << 13;

    private final Imatrix imatrix;
    private final Kernels kernels = new Kernels();
    private final float[] values = new float[BLOCK];

    private ExpertCalculator(Imatrix imatrix) {
        this.imatrix = imatrix;
    }

    /** A row per expert of each tensor of the report that has more than one, in the order of the report. */
    public static List<ExpertStats> experts(Imatrix imatrix, Report report, int threads) throws IOException {
        List<TensorStats> tensors = report.tensors().stream().filter(tensor -> tensor.expertCount().orElse(1) > 1)
                .toList();
        List<List<ExpertStats>> rows = new ArrayList<>(tensors.stream().map(_ -> List.<ExpertStats>of()).toList());
        Parallel.forEach(tensors.size(), threads, () -> new ExpertCalculator(imatrix),
                (worker, i) -> rows.set(i, worker.experts(tensors.get(i))));
        return rows.stream().flatMap(List::stream).toList();
    }

    private List<ExpertStats> experts(TensorStats tensor) throws FormatException {
        ImatrixEntry entry = tensor.entry();
        int experts = tensor.expertCount().orElseThrow();
        boolean stored = entry.experts() == experts;
        double fairShare = stored ? ExpertLoad.of(entry).fairShare() : Double.NaN;
        List<ExpertStats> rows = new ArrayList<>();
        for (int expert = 0; expert < experts; expert++) {
            Moments energy = energy(entry, expert, entry.size() / experts, entry.count(stored ? expert : 0));
            double tokens = stored ? entry.count(expert) : isFiller(energy) ? 0 : Double.NaN;
            rows.add(new ExpertStats(tensor, expert, tokens, fairShare, energy));
        }
        return rows;
    }

    private Moments energy(ImatrixEntry entry, int expert, long columns, long count) throws FormatException {
        Moments energy = new Moments();
        long end = (expert + 1) * columns;
        for (long from = expert * columns; from < end && count > 0; from += BLOCK) {
            int length = (int) Math.min(BLOCK, end - from);
            imatrix.squares(entry, from, values, length);
            kernels.energy(values, 0, length, count, energy);
        }
        return energy;
    }

    /** In a legacy file llama.cpp writes E[x²] = 1 in every column of an expert that no row reached. */
    private static boolean isFiller(Moments energy) {
        return energy.n > 0 && energy.min == 1 && energy.max == 1;
    }
}
