package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Bar;
import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;
import org.imatrixstats.tensor.TensorName;

/** A tensor per row. */
final class TensorLevel extends Level<FileReport, TensorStats> {
    private static final String SAME_INPUT_AS = "same_input_as";
    private static final String SUM = Statistic.SUM.key();
    private static final String ROBUST_Z = Statistic.ROBUST_Z.key();
    private static final Set<String> ACROSS_KINDS = Set.of(SUM, "mean");
    private static final Set<String> OF_EXPERTS = Set.of("experts_without_data", "load_entropy");
    private static final Set<String> OF_STREAM = Set.of("residual_share", "residual_weight");
    private static final List<List<String>> SHOWN = keys(SUM, ROBUST_Z, "residual_share", "residual_weight",
            "entropy_normalized", "experts_without_data",
            "cosine_similarity", "gain", "max", "mean", "load_entropy", "zd", "stddev", "active", "share_of_kind",
            SAME_INPUT_AS);
    private static final String BARS = "The bars show z; ▲ ▼ mark the highest and the lowest 10% of a kind.";

    TensorLevel() {
        super("tensor", List.of("name"), tensorColumns());
    }

    /** The columns that name a tensor. */
    static List<Column<TensorStats>> nameColumns() {
        return List.of(Column.text("name", "tensor", TensorStats::name),
                Column.number("layer", "layer", Figure.Unit.COUNT, tensor -> Level.layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind()));
    }

    private static List<Column<TensorStats>> tensorColumns() {
        List<Column<TensorStats>> columns = new ArrayList<>(nameColumns());
        for (Statistic statistic : Statistic.values()) {
            if (statistic == Statistic.COSINE_SIMILARITY) {
                columns.add(Column.text("previous", "previous", TensorStats::previous,
                        "the same tensor in the nearest earlier layer"));
                columns.add(Column.text("basis", "basis",
                        tensor -> tensor.basis() == null ? null : tensor.basis().label(),
                        "whether E[x] (activation) or E[x²] (energy) was compared with the earlier layer"));
            }
            columns.add(Column.of(statistic));
            if (statistic == Statistic.GAIN) {
                columns.add(Column.text(SAME_INPUT_AS, "same input as", TensorStats::sameInputAs,
                        "the first tensor of the layer that holds the same, bit for bit"));
            }
        }
        return List.copyOf(columns);
    }

    @Override
    public List<TensorStats> rows(FileReport file) {
        return file.report().tensors();
    }

    @Override
    public String order() {
        return ROBUST_Z;
    }

    /** An order by robust z shows only noise in kinds that are all alike. */
    @Override
    public boolean isRanked(TensorStats tensor) {
        return tensor.ranked();
    }

    @Override
    public Optional<TensorName> tensor(TensorStats row) {
        return Optional.of(row.name());
    }

    @Override
    public boolean isOfTensors() {
        return true;
    }

    @Override
    protected String groupTitle(Sheet<FileReport, TensorStats> sheet, TensorStats row) {
        if (sheet.grouping() == Sheet.Grouping.LAYER) {
            return super.groupTitle(sheet, row);
        }
        FileReport file = sheet.source();
        KindStats kind = file.kind(row.name().kind());
        int tensors = kind.tensors().size();
        long selected = file.report().tensors().stream()
                .filter(tensor -> tensor.name().kind().equals(kind.kind())).count();
        String title = Text.printable(kind.kind()) + ": " + (selected < tensors ? selected + " of " : "")
                + Numbers.count(tensors, "tensor");
        if (kind.sameInputAs() != null) {
            title += ", same input as " + Text.printable(kind.sameInputAs());
        }
        return kind.tensors().stream().anyMatch(TensorStats::alike)
                ? title + ", all equal within 1%: no ranking"
                : title;
    }

    // ---- columns

    @Override
    protected List<List<String>> shown(Sheet<FileReport, TensorStats> sheet) {
        boolean experts = sheet.source().report().tensors().stream().anyMatch(tensor -> tensor.entry().experts() > 1);
        boolean sameInputs = sheet.grouping() != Sheet.Grouping.KIND
                && sheet.rows().stream().anyMatch(tensor -> tensor.sameInputAs() != null);
        boolean streams = sheet.source().hasStreams();
        return SHOWN.stream()
                .filter(keys -> (streams || !OF_STREAM.containsAll(keys)) && (experts || !OF_EXPERTS.containsAll(keys))
                        && (sameInputs || !keys.contains(SAME_INPUT_AS)))
                .toList();
    }

    @Override
    protected List<TextColumn> textColumns(Sheet<FileReport, TensorStats> sheet, Terminal terminal,
            List<String> names) {
        List<TextColumn> columns = super.textColumns(sheet, terminal, names);
        if (sheet.chosen()) {
            return columns;
        }
        List<TextColumn> withBars = new ArrayList<>();
        for (TextColumn column : columns) {
            if (!column.header().equals(Statistic.ROBUST_Z.header())) {
                withBars.add(column);
            }
            if (column.header().equals(Statistic.SUM.header())) {
                withBars.addAll(zColumns(sheet.rows(), terminal));
            }
        }
        return withBars;
    }

    /** Robust z as a number, marked for the highest and the lowest of a kind, and as a bar. */
    private static List<TextColumn> zColumns(List<TensorStats> tensors, Terminal terminal) {
        List<String> numbers = Cells.of(Column.of(Statistic.ROBUST_Z), tensors);
        List<String> marked = new ArrayList<>();
        List<String> bars = new ArrayList<>();
        List<UnaryOperator<String>> styles = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            TensorStats tensor = tensors.get(i);
            Mark mark = Mark.of(tensor);
            marked.add(numbers.get(i) + mark.sign);
            bars.add(tensor.ranked() ? Bar.of(Statistic.ROBUST_Z.of(tensor)) : "");
            styles.add(switch (mark) {
                case HIGH -> terminal::high;
                case LOW -> terminal::low;
                case NONE -> UnaryOperator.identity();
            });
        }
        int priority = 1 + SHOWN.indexOf(List.of(ROBUST_Z));
        return List.of(new TextColumn(Statistic.ROBUST_Z.header() + Mark.NONE.sign, marked, false, priority, styles),
                new TextColumn(Bar.HEADER, bars, true, priority, styles));
    }

    private enum Mark {
        HIGH(" ▲"), LOW(" ▼"), NONE("  ");

        private final String sign;

        Mark(String sign) {
            this.sign = sign;
        }

        static Mark of(TensorStats tensor) {
            return tensor.amongHighest() ? HIGH : tensor.amongLowest() ? LOW : NONE;
        }
    }

    // ---- notes

    @Override
    protected List<String> notes(Sheet<FileReport, TensorStats> sheet, Set<String> headers) {
        if (sheet.rows().isEmpty()) {
            return List.of(
                    "Note: there is no ranking, because no kind has three or more tensors that differ by more than 1%. Use --sort for another order.");
        }
        List<String> notes = new ArrayList<>();
        if (sheet.columns().stream().anyMatch(column -> ACROSS_KINDS.contains(column.key()))) {
            Set<String> kinds = sheet.rows().stream().map(tensor -> tensor.name().kind()).collect(Collectors.toSet());
            notes.addAll(Legend.kindsDiffer(sheet.source().report().kinds().stream()
                    .filter(kind -> kinds.contains(kind.kind())).toList()));
        }
        List<String> legend = Legend.of(sheet, headers);
        boolean bars = !sheet.chosen() && sheet.rows().stream().anyMatch(TensorStats::ranked);
        notes.addAll(bars ? legend.stream().map(text -> text + " " + BARS).toList() : legend);
        return notes;
    }
}
