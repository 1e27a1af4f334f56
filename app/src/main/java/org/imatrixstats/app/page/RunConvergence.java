package org.imatrixstats.app.page;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.converge.ConvergeLevels;
import org.imatrixstats.app.output.converge.ConvergeReport;
import org.imatrixstats.app.output.converge.ConvergeWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.Snapshot;
import org.imatrixstats.converge.SnapshotSeries;
import org.imatrixstats.converge.Verdict;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixException;

/** Snapshots of one run: whether it has seen enough. */
public final class RunConvergence {
    private static final int TOP_TENSORS = 10;

    private final Convergence run;

    private RunConvergence(Convergence run) {
        this.run = run;
    }

    /** Empty if the files are not snapshots of one run. */
    public static Optional<RunConvergence> of(List<Imatrix> imatrices, int threads, Notes notes, Console console)
            throws IOException {
        try {
            SnapshotSeries series = SnapshotSeries.of(imatrices);
            series.warnings().forEach(console::warn);
            return Optional.of(new RunConvergence(Convergence.of(series, _ -> true, threads, _ -> {
            })));
        } catch (ImatrixException e) {
            if (holdsSnapshots(imatrices)) {
                notes.add(
                        "the page does not show convergence: some files are snapshots of one run, others are not. Give only the snapshots");
            }
            return Optional.empty();
        }
    }

    /** Whether some of these files are of one run, as far as their datasets and counts say. */
    private static boolean holdsSnapshots(List<Imatrix> imatrices) throws IOException {
        for (Imatrix one : imatrices) {
            for (Imatrix other : imatrices) {
                if (one != other && !one.origin().datasets().isEmpty() && areSnapshots(one, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean areSnapshots(Imatrix one, Imatrix other) throws IOException {
        try {
            SnapshotSeries.of(List.of(one, other));
            return one.origin().datasets().equals(other.origin().datasets());
        } catch (ImatrixException e) {
            return false;
        }
    }

    /** @param threshold bits from which on a run has not seen enough */
    public Document document(double threshold) throws IOException {
        ConvergeReport report = new ConvergeReport(
                new Verdict(run, threshold),
                TOP_TENSORS);
        return new Document(Document.Kind.CONVERGE,
                ConvergeWriter.of(OutputFormat.JSON, Terminal.PIPE).text(report, ConvergeLevels.ALL),
                ConvergeWriter.of(OutputFormat.TABLE, Terminal.PIPE).text(report, ConvergeLevels.ALL));
    }

    /** The last two snapshots. */
    public List<Imatrix> lastTwo() {
        List<Snapshot> snapshots = run.series().snapshots();
        return snapshots.subList(snapshots.size() - 2, snapshots.size()).stream()
                .map(Snapshot::imatrix).toList();
    }
}
