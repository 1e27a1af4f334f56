package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.browse.Detail.Block;
import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.stats.ColumnDistribution.Channel;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.DistributionCalculator;
import org.imatrixstats.stats.ExpertCalculator;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** One tensor of an importance matrix, in words and charts. */
final class TensorDetail {
    private static final int TOP = 20;
    private static final int MOST_BINS = 16;

    private final Report report;
    private final TensorStats tensor;
    /** Null for a tensor without data, or with values that make no sense. */
    private final ColumnDistribution columns;
    private final List<Block> blocks = new ArrayList<>();

    private TensorDetail(Report report, TensorStats tensor, ColumnDistribution columns) {
        this.report = report;
        this.tensor = tensor;
        this.columns = columns;
    }

    /** @param row number of the tensor in the report and in the table of it */
    static Detail of(Imatrix imatrix, Report report, int row, Table table) throws IOException {
        TensorStats tensor = report.tensors().get(row);
        List<ColumnDistribution> columns = DistributionCalculator.distributions(imatrix,
                report.only(each -> each.name().equals(tensor.input())), TOP, 1);
        TensorDetail detail = new TensorDetail(report, tensor, columns.isEmpty() ? null : columns.getFirst());
        List<ExpertStats> experts = ExpertCalculator.experts(imatrix, report.only(each -> each == tensor), 1);
        detail.inWords(experts);
        detail.histogram();
        detail.largestColumns();
        detail.experts(experts);
        detail.figures(table, row);
        return new Detail(Text.printable(tensor.name().name()), detail.blocks);
    }

    // ---- in words

    private void inWords(List<ExpertStats> experts) {
        ImatrixEntry entry = tensor.entry();
        int matrices = tensor.expertCount().orElse(1);
        sentence(matrices == 1
                ? Numbers.count(entry.size(), "column") + "."
                : Numbers.count(matrices, "expert") + " of " + Numbers.count(entry.size() / matrices, "column") + ".");
        if (tensor.sameInputAs() != null) {
            sentence("Holds the same as " + tensor.sameInputAs() + ": they share an input.");
        }
        if (tensor.elements() == 0) {
            sentence("No data: no row reached it.");
            return;
        }
        sentence(standing());
        concentration();
        earlier();
        load(experts);
    }

    private String standing() {
        long members = report.tensors().stream().filter(each -> each.name().kind().equals(tensor.name().kind()))
                .count();
        if (members == 1) {
            return "The only tensor of its kind: there is nothing to compare its energy with.";
        }
        if (tensor.alike()) {
            return "All " + members
                    + " tensors of the kind have the same energy per column within 1%: there is no ranking.";
        }
        double z = Statistic.ROBUST_Z.of(tensor);
        if (!tensor.ranked() || Double.isNaN(z)) {
            return "Too few tensors of the kind to rank it.";
        }
        double distance = Math.abs(z);
        String how = distance < 1
                ? "as usual"
                : (distance < 2 ? "" : distance < 3 ? "far " : "very far ") + (z > 0 ? "above" : "below")
                        + " the usual";
        return "Its energy is " + how + " among the " + members + " tensors of its kind: number "
                + cell(Statistic.RANK_IN_KIND) + " from the top, z " + cell(Statistic.ROBUST_Z) + ".";
    }

    private void concentration() {
        if (columns == null || columns.top().isEmpty()) {
            return;
        }
        List<Channel> top = columns.top();
        double all = top.stream().mapToDouble(columns::share).sum();
        sentence("The largest column holds " + percent(columns.share(top.getFirst())) + " of the energy, the largest "
                + top.size() + " hold " + percent(all) + "; if all were alike, " + top.size() + " of "
                + Numbers.count(tensor.elements(), "column") + " would hold "
                + percent((double) top.size() / tensor.elements()) + ".");
    }

    private void earlier() {
        if (tensor.previous() == null) {
            return;
        }
        sentence("Against " + tensor.previous() + ", by " + tensor.basis().label() + ": cosine similarity "
                + cell(Statistic.COSINE_SIMILARITY) + ", gain " + cell(Statistic.GAIN) + ".");
    }

    private void load(List<ExpertStats> experts) {
        if (experts.isEmpty()) {
            return;
        }
        List<Integer> never = experts.stream().filter(ExpertStats::neverReached).map(ExpertStats::expert).toList();
        List<Integer> rarely = experts.stream().filter(ExpertStats::rarelyReached).map(ExpertStats::expert).toList();
        if (experts.stream().anyMatch(expert -> Double.isNaN(expert.tokens()))) {
            sentence("The file does not say how many rows reached each expert.");
        } else {
            sentence("Experts never reached: " + named(never) + "; rarely, with less than 1% of their share: "
                    + named(rarely) + "; load entropy " + cell(Statistic.LOAD_ENTROPY) + ".");
        }
    }

    static String named(List<Integer> experts) {
        return experts.isEmpty()
                ? "none"
                : experts.size() + " (" + Ranges.of(experts.stream().mapToInt(Integer::intValue)) + ")";
    }

    // ---- charts

    private void histogram() {
        if (columns == null) {
            return;
        }
        heading("Columns by their E[x²]");
        List<String> labels = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        if (columns.zeros() > 0) {
            labels.add("0");
            counts.add(columns.zeros());
        }
        int together = 1;
        while (columns.counts().size() / together > MOST_BINS) {
            together *= 2;
        }
        int end = columns.firstBin() + columns.counts().size();
        for (int from = Math.floorDiv(columns.firstBin(), together) * together; from < end; from += together) {
            labels.add("from " + number(ColumnDistribution.binStart(from)));
            counts.add(columnsIn(from, from + together));
        }
        double most = counts.stream().mapToLong(Long::longValue).max().orElse(1);
        blocks.add(new Block.Bars(labels, counts.stream().map(count -> count / most).toList(),
                counts.stream().map(count -> Long.toString(count)).toList()));
    }

    private long columnsIn(int from, int to) {
        long sum = 0;
        int end = columns.firstBin() + columns.counts().size();
        for (int bin = Math.max(from, columns.firstBin()); bin < Math.min(to, end); bin++) {
            sum += columns.counts().get(bin - columns.firstBin());
        }
        return sum;
    }

    private void largestColumns() {
        if (columns == null || columns.top().isEmpty()) {
            return;
        }
        heading("Largest columns: E[x²], share of Σ");
        List<Channel> top = columns.top();
        double largest = top.getFirst().energy();
        boolean experts = tensor.expertCount().orElse(1) > 1;
        blocks.add(new Block.Bars(
                top.stream().map(column -> (experts ? "expert " + column.expert() + " " : "") + "column "
                        + column.column()).toList(),
                top.stream().map(column -> largest > 0 ? column.energy() / largest : 0).toList(),
                sideBySide(top.stream().map(column -> number(column.energy())).toList(),
                        top.stream().map(column -> percent(columns.share(column))).toList())));
    }

    private void experts(List<ExpertStats> experts) {
        if (experts.isEmpty()) {
            return;
        }
        heading("Experts: tokens, of their fair share, Σ E[x²]");
        double most = experts.stream().mapToDouble(ExpertStats::tokens).filter(Double::isFinite).max().orElse(0);
        List<String> values = sideBySide(Cells.of(Column.of(ExpertStatistic.TOKENS), experts),
                Cells.of(Column.of(ExpertStatistic.UTILIZATION), experts),
                Cells.of(Column.of(ExpertStatistic.SUM), experts), experts.stream()
                        .map(expert -> expert.neverReached() ? "never" : expert.rarelyReached() ? "rarely" : "")
                        .toList());
        blocks.add(new Block.Bars(experts.stream().map(expert -> "expert " + expert.expert()).toList(),
                experts.stream().map(expert -> most > 0 && expert.tokens() > 0 ? expert.tokens() / most : 0).toList(),
                values));
    }

    private void figures(Table table, int row) {
        heading("All figures");
        for (Measure measure : table.measures()) {
            blocks.add(new Block.Fact(measure.header(), measure.cell(row).strip(), measure.description()));
        }
    }

    /** Columns of text, each aligned to the right. */
    @SafeVarargs
    static List<String> sideBySide(List<String>... columns) {
        List<StringBuilder> lines = new ArrayList<>();
        columns[0].forEach(_ -> lines.add(new StringBuilder()));
        for (List<String> column : columns) {
            int width = column.stream().mapToInt(Text::width).max().orElse(0);
            for (int i = 0; i < column.size(); i++) {
                lines.get(i).append(lines.get(i).isEmpty() ? "" : "  ")
                        .append(" ".repeat(width - Text.width(column.get(i)))).append(column.get(i));
            }
        }
        return lines.stream().map(StringBuilder::toString).toList();
    }

    // ---- texts

    private void heading(String text) {
        blocks.add(new Block.Heading(text));
    }

    private void sentence(String text) {
        blocks.add(new Block.Sentence(Text.printable(text)));
    }

    private String cell(Figure<TensorStats> figure) {
        return Cells.of(Column.of(figure), List.of(tensor)).getFirst();
    }

    private static String percent(double share) {
        return Cells.cell(share, Figure.Unit.SHARE);
    }

    private static String number(double number) {
        return Cells.cell(number, Figure.Unit.NUMBER);
    }
}
