package org.imatrixstats.app.output.stats;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.KindStats;

/** A kind of tensor per row. */
final class KindLevel extends Level<FileReport, KindStats> {
    private static final List<List<String>> SHOWN = keys("tensors", "sum_min", "sum_median", "sum_max", "log_spread",
            "share", "entropy_normalized_median", "same_input_as", "sum", "elements");

    KindLevel() {
        super("kind", List.of("kind"), Stream.concat(
                columns(Column.text("kind", "kind", KindStats::kind), KindStatistic.values()).stream(),
                Stream.of(Column.text("same_input_as", "same input as", KindStats::sameInputAs,
                        "the kind whose tensors hold the same, bit for bit")))
                .toList());
    }

    @Override
    public List<KindStats> rows(FileReport file) {
        return file.report().kinds();
    }

    @Override
    public String order() {
        return "sum";
    }

    @Override
    protected List<List<String>> shown(Sheet<FileReport, KindStats> sheet) {
        return SHOWN;
    }

    @Override
    protected List<String> notes(Sheet<FileReport, KindStats> sheet, Set<String> headers) {
        return Stream.concat(Legend.kindsDiffer(sheet.rows()).stream(), Legend.of(sheet, headers).stream()).toList();
    }
}
