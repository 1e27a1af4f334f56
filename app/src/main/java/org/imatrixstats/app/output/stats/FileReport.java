package org.imatrixstats.app.output.stats;

import java.util.List;

import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;

/**
 * One file and what is to be shown of it.
 *
 * @param imatrix the open file
 * @param report  its figures, of the selected tensors
 * @param kinds   all kinds of the file with all their tensors, selected or not: what ranks are among
 * @param experts all experts of those tensors; empty if no experts are to be shown
 * @param sheets  the selected rows and columns, by level
 * @param threads how many threads to use for what a writer needs beyond that
 */
public record FileReport(Imatrix imatrix, Report report, List<KindStats> kinds, List<ExpertStats> experts,
        List<Sheet<?>> sheets, int threads) {
    public FileSummary summary() {
        return FileSummary.of(imatrix, report.digest());
    }

    /** The file as the user named it. */
    public String name() {
        return imatrix.name();
    }
}
