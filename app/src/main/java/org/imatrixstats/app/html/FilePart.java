package org.imatrixstats.app.html;

import java.util.List;

import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.check.CheckReport;
import org.imatrixstats.app.output.stats.FileReport;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.TensorStats;

/**
 * What a report shows of one file.
 *
 * @param report        its figures
 * @param sheets        all columns, by level
 * @param check         what is wrong with it
 * @param distributions how the columns of its tensors spread
 */
public record FilePart(FileReport report, List<Sheet<FileReport, ?>> sheets, CheckReport check,
        List<ColumnDistribution> distributions) {
    public FilePart {
        distributions = List.copyOf(distributions);
    }

    List<TensorStats> tensors() {
        return report.report().tensors();
    }

    /** Tensors for which the file says how many tokens reached which expert. */
    List<TensorStats> withExpertLoad() {
        return tensors().stream().filter(tensor -> tensor.entry().experts() > 1).toList();
    }
}
