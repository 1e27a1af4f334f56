package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** Makes the tables of a sheet: groups of rows, what is shown where the user chose no columns, bars and marks. */
final class Tables {
    private static final String NAME = "name";
    private static final String LAYER = "layer";
    private static final String STACK = "stack";
    private static final String KIND = "kind";
    private static final String EXPERT = "expert";
    private static final String SAME_INPUT_AS = "same_input_as";
    private static final String SUM = Statistic.SUM.key();
    private static final String ROBUST_Z = Statistic.ROBUST_Z.key();
    private static final Set<String> OF_EXPERTS = Set.of("experts_without_data", "load_entropy");
    /** Shown where the user chose no columns; where they do not all fit, those at the end are left out first. */
    private static final Map<Level<?>, List<String>> SHOWN = Map.of( //
            Level.TENSOR,
            List.of(SUM, ROBUST_Z, "entropy_normalized", "experts_without_data", "cosine_similarity", "gain", "max",
                    "mean", "load_entropy", "zd", "stddev", "active", "share_of_kind", SAME_INPUT_AS),
            Level.LAYER,
            List.of("tensors", "energy_sum", "cosine_similarity", "gain", "weighted_mean_zd", "distinct_inputs",
                    "distinct_energy_sum", "pearson", "weighted_mean_sum", "elements"),
            Level.KIND,
            List.of("tensors", "sum_min", "sum_median", "sum_max", "log_spread", "share", "entropy_normalized_median",
                    SAME_INPUT_AS, "sum", "elements"),
            Level.EXPERT,
            List.of("tokens", "utilization", "sum", "entropy_normalized", "mean", "max", "active", "elements"));

    private final boolean hasExperts;
    private final Map<String, KindStats> kinds = new HashMap<>();
    private final Map<String, Integer> selectedOfKind = new HashMap<>();
    private final List<ExpertStats> experts;
    private final Terminal terminal;

    private Tables(FileReport report, Terminal terminal) {
        this.hasExperts = report.report().tensors().stream().anyMatch(tensor -> tensor.entry().experts() > 1);
        report.kinds().forEach(kind -> kinds.put(kind.kind(), kind));
        report.report().kinds().forEach(kind -> selectedOfKind.put(kind.kind(), kind.tensors().size()));
        this.experts = report.experts();
        this.terminal = terminal;
    }

    /** The tables of a sheet; none if it has no rows. */
    static List<TextTable> of(Sheet<?> sheet, FileReport report, Terminal terminal) {
        return sheet.rows().isEmpty() ? List.of() : new Tables(report, terminal).of(sheet);
    }

    /** With the columns that are shown to people, which are fewer than there are, unless the user chose some. */
    static <R> Sheet<R> shown(Sheet<R> sheet, FileReport report) {
        if (sheet.chosen()) {
            return sheet;
        }
        Tables tables = new Tables(report, Terminal.PIPE);
        boolean sameInputs = sheet.level() != Level.TENSOR || sameInputs(sheet);
        return withColumns(sheet,
                SHOWN.get(sheet.level()).stream().filter(key -> tables.shown(key, sameInputs)).toList());
    }

    /** With those columns that name the row and those of these keys. */
    static <R> Sheet<R> withColumns(Sheet<R> sheet, List<String> keys) {
        return sheet.withColumns(sheet.columns().stream().filter(column -> sheet.level().names().contains(column.key())
                || keys.contains(column.key()) || namesStack(column, sheet)).toList());
    }

    /** Whether a column says to which of several stacks the layers belong. */
    private static <R> boolean namesStack(Column<R> column, Sheet<R> sheet) {
        return column.key().equals(STACK)
                && sheet.rows().stream().anyMatch(row -> column.text().apply(row) != null);
    }

    @SuppressWarnings("unchecked")
    private List<TextTable> of(Sheet<?> sheet) {
        if (sheet.level() == Level.TENSOR) {
            return tensors((Sheet<TensorStats>) sheet);
        }
        if (sheet.level() == Level.EXPERT) {
            return experts((Sheet<ExpertStats>) sheet);
        }
        return List.of(new TextTable(sheet.level().label() + "s", columns(sheet, sheet.level().label())));
    }

    private List<TextTable> tensors(Sheet<TensorStats> sheet) {
        return switch (sheet.grouping()) {
            case NONE -> List.of(new TextTable("tensors", tensorColumns(sheet, NAME)));
            case LAYER -> grouped(sheet, tensor -> layerTitle(tensor), group -> tensorColumns(group, KIND));
            case KIND -> {
                Map<KindStats, String> titles = new IdentityHashMap<>();
                yield grouped(sheet, tensor -> titles.computeIfAbsent(kind(tensor), this::kindTitle),
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
        return grouped(sheet, row -> titles.get(row.tensor()), group -> columns(named(group, EXPERT), EXPERT));
    }

    /** In a group under a title, chosen columns come after what names a row within the group. */
    static <R> Sheet<R> named(Sheet<R> sheet, String name) {
        if (sheet.asksFor(NAME) || name.equals(NAME)) {
            return sheet;
        }
        Stream<Column<R>> names = sheet.level().columns().stream()
                .filter(column -> column.key().equals(name) && !sheet.asksFor(name));
        Stream<Column<R>> others = sheet.columns().stream()
                .filter(column -> !column.key().equals(NAME) && (sheet.asksFor(name) || !column.key().equals(name)));
        return sheet.withColumns(Stream.concat(names, others).toList());
    }

    static <R> List<TextTable> grouped(Sheet<R> sheet, Function<R, String> title,
            Function<Sheet<R>, List<TextColumn>> columns) {
        Map<String, List<R>> groups = new LinkedHashMap<>();
        sheet.rows().forEach(row -> groups.computeIfAbsent(title.apply(row), _ -> new ArrayList<>()).add(row));
        List<TextTable> tables = new ArrayList<>();
        groups.forEach((name, rows) -> tables.add(new TextTable(name, columns.apply(sheet.withRows(rows)))));
        return tables;
    }

    private static String layerTitle(TensorStats tensor) {
        return tensor.name().hasLayer() ? "layer " + tensor.name().inStack() : "no layer";
    }

    private String kindTitle(KindStats kind) {
        int tensors = kind.tensors().size();
        int selected = selectedOfKind.get(kind.kind());
        String title = Text.printable(kind.kind()) + ": " + (selected < tensors ? selected + " of " : "")
                + Summary.count(tensors, "tensor");
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
        return columns(sheet, SHOWN.get(sheet.level()).stream().map(List::of).toList(), names);
    }

    /**
     * The columns of a sheet.
     *
     * @param shown the keys of those that are shown where the user chose none, the least important last; those of one list
     *              all or none
     * @param names the keys of those that name the row and are always shown
     */
    static <R> List<TextColumn> columns(Sheet<R> sheet, List<List<String>> shown, String... names) {
        Map<String, Integer> priorities = new HashMap<>();
        shown.forEach(keys -> keys.forEach(key -> priorities.put(key, 1 + shown.indexOf(keys))));
        List<TextColumn> columns = new ArrayList<>();
        for (Column<R> column : sheet.columns()) {
            boolean always = sheet.chosen() || List.of(names).contains(column.key()) || namesStack(column, sheet);
            int priority = always ? 0 : priorities.getOrDefault(column.key(), 0);
            if (always || priority > 0) {
                // The stack stands beside the number of the layer; in the machine formats it came later, and is the last.
                int at = namesStack(column, sheet) && !sheet.chosen() ? 1 : columns.size();
                columns.add(at, new TextColumn(column.header(), Cells.of(column, sheet.rows()), column.isText(),
                        priority));
            }
        }
        return columns;
    }

    private List<TextColumn> tensorColumns(Sheet<TensorStats> sheet, String name) {
        if (sheet.chosen()) {
            return columns(named(sheet, name), name);
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
        int priority = 1 + SHOWN.get(Level.TENSOR).indexOf(ROBUST_Z);
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
