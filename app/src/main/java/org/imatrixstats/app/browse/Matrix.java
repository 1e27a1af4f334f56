package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

import org.imatrixstats.app.browse.Measure.Emphasis;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.stats.TensorStats;
import org.imatrixstats.tensor.TensorName;

/** An importance matrix with its figures. */
final class Matrix implements Source {
    /** What a person looks at first; the others follow. */
    private static final List<Statistic> FIRST = List.of(Statistic.SUM, Statistic.ROBUST_Z,
            Statistic.ENTROPY_NORMALIZED, Statistic.MAX, Statistic.MEAN, Statistic.COSINE_SIMILARITY, Statistic.GAIN,
            Statistic.ZD, Statistic.STDDEV, Statistic.SHARE_OF_KIND, Statistic.ACTIVE);

    private final Imatrix imatrix;
    private final OptionalInt expertsGiven;
    private final int threads;
    private Report report;
    private Table table;

    Matrix(Imatrix imatrix, OptionalInt expertsGiven, int threads) {
        this.imatrix = imatrix;
        this.expertsGiven = expertsGiven;
        this.threads = threads;
    }

    int threads() {
        return threads;
    }

    Imatrix imatrix() {
        return imatrix;
    }

    @Override
    public String title() {
        return Text.printable(imatrix.name());
    }

    @Override
    public long work() {
        return imatrix.entries().values().stream().mapToLong(entry -> entry.size()).sum();
    }

    @Override
    public Table load(LongConsumer walked) throws IOException {
        report = StatsCalculator.report(imatrix, expertsGiven, threads, walked);
        List<TensorName> names = report.tensors().stream().map(TensorStats::name).toList();
        List<Measure> measures = new ArrayList<>();
        FIRST.forEach(statistic -> measures.add(measure(statistic, names)));
        for (Statistic statistic : Statistic.values()) {
            if (!FIRST.contains(statistic)) {
                measures.add(measure(statistic, names));
            }
        }
        table = new Table(Text.printable(Summary.inAPhrase(imatrix, report)), names, measures, "", true);
        return table;
    }

    private Measure measure(Statistic statistic, List<TensorName> names) {
        List<TensorStats> tensors = report.tensors();
        Measure measure = Measure.of(statistic, tensors, names);
        if (statistic != Statistic.ROBUST_Z) {
            return measure;
        }
        boolean[] ranked = new boolean[tensors.size()];
        Emphasis[] marks = new Emphasis[ranked.length];
        Arrays.setAll(marks, i -> tensors.get(i).amongHighest()
                ? Emphasis.HIGH
                : tensors.get(i).amongLowest() ? Emphasis.LOW : Emphasis.NONE);
        for (int i = 0; i < ranked.length; i++) {
            ranked[i] = tensors.get(i).ranked();
        }
        return measure.marked(ranked, marks);
    }

    @Override
    public Detail detail(int row) throws IOException {
        return TensorDetail.of(imatrix, report, row, table);
    }
}
