package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Bar;
import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.output.Tables;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** Makes the tables of a sheet: groups of rows, what is shown where the user chose no columns, bars and marks. */
final class StatsTables {
    private static final String NAME = "name";
    private static final String LAYER = "layer";
    private static final String KIND = "kind";
    private static final String EXPERT = "expert";
    private static final String SAME_INPUT_AS = "same_input_as";
    private static final String SUM = Statistic.SUM.key();
    private static final String ROBUST_Z = Statistic.ROBUST_Z.key();
    private static final Set<String> OF_EXPERTS = Set.of("experts_without_data", "load_entropy");
    /** Shown where the user chose no columns; where they do not all fit, those at the end are left out first. */
    private static final Map<Level<?>, List<String>> SHOWN = Map.of( //
            StatsLevels.TENSOR,
            List.of(SUM, ROBUST_Z, "entropy_normalized", "experts_without_data", "cosine_similarity", "gain", "max",
                    "mean", "load_entropy", "zd", "stddev", "active", "share_of_kind", SAME_INPUT_AS),
            StatsLevels.LAYER,
            List.of("tensors", "energy_sum", "cosine_similarity", "gain", "weighted_mean_zd", "distinct_inputs",
                    "distinct_energy_sum", "pearson", "weighted_mean_sum", "elements"),
            StatsLevels.KIND,
            List.of("tensors", "sum_min", "sum_median", "sum_max", "log_spread", "share", "entropy_normalized_median",
                    SAME_INPUT_AS, "sum", "elements"),
            StatsLevels.EXPERT,
            List.of("tokens", "utilization", "sum", "entropy_normalized", "mean", "max", "active", "elements"));

    private final boolean hasExperts;
    private final Map<String, KindStats> kinds = new HashMap<>();
    private final Map<String, Integer> selectedOfKind = new HashMap<>();
    private final List<ExpertStats> experts;
    private final Terminal terminal;

    private StatsTables(FileReport report, Terminal terminal) {
        this.hasExperts = report.report().tensors().stream().anyMatch(tensor -> tensor.entry().experts() > 1);
        report.kinds().forEach(kind -> kinds.put(kind.kind(), kind));
        report.report().kinds().forEach(kind -> selectedOfKind.put(kind.kind(), kind.tensors().size()));
        this.experts = report.experts();
        this.terminal = terminal;
    }

    /** The tables of a sheet; none if it has no rows. */
    static List<TextTable> of(Sheet<?> sheet, FileReport report, Terminal terminal) {
        return sheet.rows().isEmpty() ? List.of() : new StatsTables(report, terminal).of(sheet);
    }

    /** With the columns that are shown to people, which are fewer than there are, unless the user chose some. */
    static <R> Sheet<R> shown(Sheet<R> sheet, FileReport report) {
        if (sheet.chosen()) {
            return sheet;
        }
        StatsTables tables = new StatsTables(report, Terminal.PIPE);
        boolean sameInputs = sheet.level() != StatsLevels.TENSOR || sameInputs(sheet);
        return Tables.withColumns(sheet,
                SHOWN.get(sheet.level()).stream().filter(key -> tables.shown(key, sameInputs)).toList());
    }

    @SuppressWarnings("unchecked")
    private List<TextTable> of(Sheet<?> sheet) {
        if (sheet.level() == StatsLevels.TENSOR) {
            return tensors((Sheet<TensorStats>) sheet);
        }
        if (sheet.level() == StatsLevels.EXPERT) {
            return experts((Sheet<ExpertStats>) sheet);
        }
        return List.of(new TextTable(sheet.level().label() + "s", columns(sheet, sheet.level().label())));
    }

    private List<TextTable> tensors(Sheet<TensorStats> sheet) {
        return switch (sheet.grouping()) {
            case NONE -> List.of(new TextTable("tensors", tensorColumns(sheet, NAME)));
            case LAYER -> Tables.grouped(sheet, tensor -> layerTitle(tensor), group -> tensorColumns(group, KIND));
            case KIND -> {
                Map<KindStats, String> titles = new IdentityHashMap<>();
                yield Tables.grouped(sheet, tensor -> titles.computeIfAbsent(kind(tensor), this::kindTitle),
                        group -> tensorColumns(group, LAYER));
            }
        };
    }

    private List<TextTable> experts(Sheet<ExpertStats> sheet) {
        if (sheet.grouping() == Sheet.Grouping.NONE) {
            return List.of(new TextTable("experts", columns(sheet, NAME, EXPERT)));
        }
        Map<TensorStats, String> titles = new HashMap<>();
        experts.stream().collect(Collectors.groupingBy(ExpertStats::tensor))
                .forEach((tensor, all) -> titles.put(tensor, ExpertTitle.of(tensor, all)));
        return Tables.grouped(sheet, row -> titles.get(row.tensor()),
                group -> columns(Tables.named(group, EXPERT), EXPERT));
    }

    private static String layerTitle(TensorStats tensor) {
        return tensor.name().hasLayer() ? "layer " + tensor.name().inStack() : "no layer";
    }

    private String kindTitle(KindStats kind) {
        int tensors = kind.tensors().size();
        int selected = selectedOfKind.get(kind.kind());
        String title = Text.printable(kind.kind()) + ": " + (selected < tensors ? selected + " of " : "")
                + Numbers.count(tensors, "tensor");
        if (kind.sameInputAs() != null) {
            title += ", same input as " + Text.printable(kind.sameInputAs());
        }
        return kind.tensors().stream().anyMatch(TensorStats::alike)
                ? title + ", all alike within 1%: no ranking"
                : title;
    }

    private KindStats kind(TensorStats tensor) {
        return kinds.get(tensor.name().kind());
    }

    // ---- columns

    private static <R> List<TextColumn> columns(Sheet<R> sheet, String... names) {
        return Tables.columns(sheet, SHOWN.get(sheet.level()).stream().map(List::of).toList(), names);
    }

    private List<TextColumn> tensorColumns(Sheet<TensorStats> sheet, String name) {
        if (sheet.chosen()) {
            return columns(Tables.named(sheet, name), name);
        }
        boolean sameInputs = !sheet.grouping().equals(Sheet.Grouping.KIND) && sameInputs(sheet);
        List<TextColumn> columns = new ArrayList<>();
        for (Column<TensorStats> column : sheet.columns()) {
            if (shown(column.key(), sameInputs) && !column.key().equals(ROBUST_Z)) {
                columns.addAll(columns(sheet.withColumns(List.of(column)), name));
            }
            if (column.key().equals(SUM)) {
                columns.addAll(zColumns(sheet.rows()));
            }
        }
        return columns;
    }

    private static boolean sameInputs(Sheet<?> sheet) {
        return sheet.rows().stream().anyMatch(row -> row instanceof TensorStats tensor && tensor.sameInputAs() != null);
    }

    /** Whether a column has something to say of these tensors. */
    private boolean shown(String key, boolean sameInputs) {
        return (hasExperts || !OF_EXPERTS.contains(key)) && (sameInputs || !key.equals(SAME_INPUT_AS));
    }

    /** Robust z as a number, marked for the highest and the lowest of a kind, and as a bar. */
    private List<TextColumn> zColumns(List<TensorStats> tensors) {
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
        int priority = 1 + SHOWN.get(StatsLevels.TENSOR).indexOf(ROBUST_Z);
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
}
