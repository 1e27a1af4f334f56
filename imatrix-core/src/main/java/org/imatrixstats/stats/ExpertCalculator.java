package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/** Computes the figures of every expert. */
public final class ExpertCalculator {
    private ExpertCalculator() {
    }

    private static final class Worker {
        final Kernels kernels = new Kernels();
        final float[] values = new float[Partition.BLOCK];
    }

    /** A row per expert of each tensor of the report that has more than one, in the order of the report. */
    public static List<ExpertStats> experts(Imatrix imatrix, Report report, int threads) throws IOException {
        List<TensorStats> tensors = report.tensors().stream().filter(tensor -> tensor.expertCount().orElse(1) > 1)
                .toList();
        List<Partition> grid = Partition.grid(tensors, tensor -> tensor.expertCount().orElseThrow(),
                tensor -> tensor.entry().size() / tensor.expertCount().orElseThrow());
        List<List<Moments>> energies = Parallel.fold(grid, threads, Worker::new,
                (worker, part) -> energies(worker, imatrix, tensors.get(part.item()), part),
                (first, second) -> Stream.of(first, second).flatMap(List::stream).toList(), _ -> {
                });
        List<ExpertStats> rows = new ArrayList<>();
        for (int i = 0; i < energies.size(); i++) {
            addRows(tensors.get(i), energies.get(i), rows);
        }
        return rows;
    }

    private static List<Moments> energies(Worker worker, Imatrix imatrix, TensorStats tensor, Partition part)
            throws FormatException {
        Moments[] energies = new Moments[(int) part.rows()];
        Arrays.fill(energies, Moments.EMPTY);
        for (Block block : part) {
            imatrix.inSum2(tensor.entry(), block.start(), worker.values, block.length());
            for (Block.Span row : block) {
                int expert = (int) (row.row() - part.firstRow());
                long count = tensor.entry().count(isStored(tensor) ? (int) row.row() : 0);
                energies[expert] = count == 0
                        ? Moments.EMPTY
                        : energies[expert].merge(worker.kernels.energy(worker.values, row.from(), row.to(), count));
            }
        }
        return List.of(energies);
    }

    private static void addRows(TensorStats tensor, List<Moments> energies, List<ExpertStats> rows) {
        ImatrixEntry entry = tensor.entry();
        boolean stored = isStored(tensor);
        double fairShare = stored ? ExpertLoad.of(entry).fairShare() : Double.NaN;
        for (int expert = 0; expert < energies.size(); expert++) {
            Moments energy = energies.get(expert);
            double tokens = stored ? entry.count(expert) : isFiller(energy) ? 0 : Double.NaN;
            rows.add(new ExpertStats(tensor, expert, tokens, fairShare, energy));
        }
    }

    private static boolean isStored(TensorStats tensor) {
        return tensor.entry().experts() == tensor.expertCount().orElseThrow();
    }

    /** In a legacy file llama.cpp writes E[x²] = 1 in every column of an expert that no row reached. */
    private static boolean isFiller(Moments energy) {
        return energy.n() > 0 && energy.min() == 1 && energy.max() == 1;
    }
}
