package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.RollUp;
import org.imatrixstats.converge.Snapshot;
import org.imatrixstats.converge.TensorConvergence;
import org.imatrixstats.converge.Verdict;
import org.imatrixstats.tensor.TensorName;

/**
 * How a run converged, as rows.
 *
 * @param top tensors that a table shows
 */
public record ConvergeReport(Verdict verdict, int top) {
    /** One snapshot; the batch is what lies between it and the one before. */
    record SnapshotRow(Convergence run, int index) {
        Snapshot snapshot() {
            return run.series().snapshots().get(index);
        }

        RollUp toLast() {
            return run.toLast(index);
        }

        RollUp toPrevious() {
            return run.toPrevious(index);
        }

        /** Median of how far Σ of the batch is from that of the run. */
        double batchSumDeviation() {
            return run.over(tensor -> Math.abs(tensor.error().sumDeviations()[index])).median();
        }

        /** Median part of the batch in the variance of the shares. */
        double batchPart() {
            return run.over(tensor -> tensor.error().shareParts()[index]).median();
        }
    }

    /** The tensors of one kind. */
    record KindRow(String kind, Verdict verdict) {
        Convergence run() {
            return verdict.convergence();
        }

        RollUp expected() {
            return verdict.expected();
        }

        RollUp sumError() {
            return run().over(tensor -> tensor.error().sum());
        }

        RollUp shareError() {
            return run().over(tensor -> tensor.error().shares());
        }
    }

    /** A tensor, and what the verdict says of it. */
    record TensorRow(TensorConvergence tensor, Verdict verdict) {
        TensorName name() {
            return tensor.name();
        }

        String basis() {
            return tensor.basis() == null ? null : tensor.basis().label();
        }

        double moreChunks() {
            return number(verdict.moreChunksFor(tensor.expectedDivergence()));
        }
    }

    Convergence run() {
        return verdict.convergence();
    }

    List<SnapshotRow> snapshots() {
        return IntStream.range(0, run().snapshots()).mapToObj(i -> new SnapshotRow(run(), i)).toList();
    }

    List<KindRow> kinds() {
        List<KindRow> kinds = new ArrayList<>();
        run().kinds().forEach((kind, run) -> kinds.add(new KindRow(kind, new Verdict(run, verdict.threshold()))));
        return kinds;
    }

    /** Worst first. */
    List<TensorRow> tensors() {
        return Convergence.worstFirst(run().tensors()).stream().map(tensor -> new TensorRow(tensor, verdict)).toList();
    }

    /** One tensor per input, worst first. */
    List<TensorRow> inputs() {
        return tensors().stream().filter(row -> row.tensor().sameInputAs() == null).toList();
    }

    static double number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : Double.NaN;
    }
}
