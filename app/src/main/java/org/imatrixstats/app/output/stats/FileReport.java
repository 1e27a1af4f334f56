package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.DistributionCalculator;
import org.imatrixstats.stats.ExpertCalculator;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.TensorStats;

/** The figures of one file. */
public final class FileReport {
    private final Imatrix imatrix;
    private final Report report;
    private final List<KindStats> kinds;
    private final int threads;
    private List<ExpertStats> experts;

    /**
     * @param imatrix the open file
     * @param report  its figures, of the selected tensors
     * @param kinds   all kinds of the file with all their tensors, selected or not: what ranks are among
     * @param threads how many threads to use for what is computed when it is asked for
     */
    public FileReport(Imatrix imatrix, Report report, List<KindStats> kinds, int threads) {
        this.imatrix = imatrix;
        this.report = report;
        this.kinds = kinds;
        this.threads = threads;
    }

    /** The file as the user named it. */
    public String name() {
        return imatrix.name();
    }

    public FileSummary summary() {
        return FileSummary.of(imatrix, report.digest());
    }

    public Report report() {
        return report;
    }

    /** Whether it is known what the layers write to the residual stream of a model. */
    public boolean hasStreams() {
        return report.tensors().stream().anyMatch(tensor -> !Double.isNaN(tensor.stream().weight()));
    }

    Imatrix imatrix() {
        return imatrix;
    }

    int threads() {
        return threads;
    }

    /** The kind of a tensor, with its tensors that are not selected too. */
    KindStats kind(String name) {
        return kinds.stream().filter(kind -> kind.kind().equals(name)).findFirst().orElseThrow();
    }

    /** How the columns of some of the selected tensors spread. */
    List<ColumnDistribution> distributions(Predicate<TensorStats> some) throws IOException {
        return report.tensors().stream().anyMatch(some)
                ? DistributionCalculator.distributions(imatrix, report.only(some), 1, threads)
                : List.of();
    }

    /** The experts of the selected tensors. */
    List<ExpertStats> experts() throws IOException {
        if (experts == null) {
            experts = ExpertCalculator.experts(imatrix, report, threads);
        }
        return experts;
    }
}
