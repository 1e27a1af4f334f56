package org.imatrixstats.app.option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.tensor.TensorName;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** Which rows and columns are shown, and in which order. */
public final class SelectionOptions extends Options {
    private final TensorSelection tensors = include(new TensorSelection());
    private final Supplier<Boolean> unique = flag("--unique",
            "show only the first of the tensors that share an input (q, k, v; gate, up)");
    private final Supplier<List<String>> sort;
    private final Supplier<Integer> top;
    private final Supplier<Integer> bottom;
    private final Supplier<Sheet.Grouping> grouping;
    private final Supplier<List<String>> columns;

    /**
     * @param levels          those whose columns can be asked for
     * @param topDescription  what --top shows
     * @param defaultGrouping how tensors are grouped without --group-by
     */
    public SelectionOptions(List<? extends Level<?, ?>> levels, String topDescription, String defaultGrouping) {
        Iterable<String> candidates = () -> levels.stream().flatMap(level -> level.columns().stream()).map(Column::key)
                .distinct().iterator();
        sort = commaSeparated("--sort", "KEY", candidates,
                "sort by these columns, named by key or header; a leading - sorts in descending order; undefined values come last");
        top = option("--top", "N", Integer.class, topDescription);
        bottom = option("--bottom", "N", Integer.class, "show the last N rows");
        grouping = option("--group-by", "GROUP", Sheet.Grouping.class,
                "one table per kind or per layer: kind, layer or none (default: " + defaultGrouping + ")");
        columns = commaSeparated("--columns", "KEY", candidates,
                "show these columns, named by key or header, in this order, after the name; 'all' shows all");
    }

    /** Whether any of the options was given. */
    public boolean given() {
        return tensors.given() || unique.get() || ordered()
                || grouping.get() != null
                || !columns.get().isEmpty();
    }

    /** Whether the rows are in an order of the user's, which goes across groups unless these are asked for. */
    public boolean ordered() {
        return !sort.get().isEmpty() || top.get() != null || bottom.get() != null;
    }

    /** Whether a table per kind or layer was asked for. */
    public boolean grouped() {
        return grouping.get() != null && grouping.get() != Sheet.Grouping.NONE;
    }

    /** @throws ParameterException if a column is unknown to all levels */
    public void validate(List<? extends Level<?, ?>> levels, CommandLine command) {
        sort.get().forEach(key -> requireColumn(SortKey.of(key).key, levels, command));
        if (!allColumns()) {
            columns.get().forEach(key -> requireColumn(key, levels, command));
        }
        if (grouped() && levels.stream().noneMatch(Level::isOfTensors)) {
            throw new ParameterException(command,
                    "--group-by " + grouping.get() + " groups tensors and cannot be combined with --level "
                            + levels.getFirst().label());
        }
    }

    private static void requireColumn(String given, List<? extends Level<?, ?>> levels, CommandLine command) {
        if (levels.stream().noneMatch(level -> level.column(given).isPresent())) {
            throw new ParameterException(command, Names.unknown(given, levels.stream()
                    .flatMap(level -> level.columns().stream()).map(Column::key).distinct().toList(), "column"));
        }
    }

    /** Those of the levels that have all columns asked for. */
    public <S> List<Level<S, ?>> withColumns(List<Level<S, ?>> levels, CommandLine command) {
        if (allColumns()) {
            return levels;
        }
        List<Level<S, ?>> having = levels.stream()
                .filter(level -> columns.get().stream().allMatch(given -> level.column(given).isPresent()))
                .toList();
        if (having.isEmpty()) {
            throw new ParameterException(command, "no level has all these columns: " + String.join(", ", columns.get())
                    + ". Give --level and columns of that level");
        }
        return having;
    }

    private boolean allColumns() {
        return columns.get().isEmpty() || columns.get().equals(List.of(Sheet.ALL));
    }

    /** Whether a tensor is asked for by its name. */
    public boolean names(TensorName tensor) {
        return tensors.test(tensor);
    }

    /**
     * Which of some tensors are asked for; for one pass over them.
     *
     * @param input the name that stands for the input of a tensor
     */
    public <T> Predicate<T> among(Function<T, TensorName> name, Function<T, TensorName> input) {
        Set<String> inputs = new HashSet<>();
        return tensor -> tensors.test(name.apply(tensor))
                && (!unique.get() || inputs.add(input.apply(tensor).name()));
    }

    /** For each kind asked for that is not among the valid ones, a sentence that says which are. */
    public List<String> unknownKinds(List<String> valid) {
        return tensors.unknownKinds(valid);
    }

    /** Why no tensor of these kinds is selected. */
    public String whyNone(List<String> kinds) {
        return tensors.whyNone(kinds);
    }

    /** Whether rows are chosen by the order that their level has by itself. */
    private boolean byDefaultOrder() {
        return sort.get().isEmpty() && ordered();
    }

    /** The rows of a level in the order asked for, with the columns asked for. */
    public <S, R> Sheet<S, R> sheet(Level<S, R> level, S source) throws IOException {
        Sheet.Grouping shown = grouping.get() != null
                ? grouping.get()
                : ordered() || level.alwaysOrdered() ? Sheet.Grouping.NONE : Sheet.Grouping.KIND;
        return new Sheet<>(level, source, columns(level), asked(level), chosen(level, level.rows(source)), shown);
    }

    private <R> List<Column<R>> columns(Level<?, R> level) {
        if (allColumns()) {
            return level.columns();
        }
        List<String> asked = asked(level);
        Stream<String> names = level.names().stream().filter(name -> !asked.contains(name));
        return Stream.concat(names, asked.stream()).distinct().flatMap(key -> level.column(key).stream()).toList();
    }

    /** The keys of the columns asked for. */
    private List<String> asked(Level<?, ?> level) {
        return columns.get().stream().map(given -> level.column(given).map(Column::key).orElse(given)).toList();
    }

    // ---- order

    private record SortKey(String key, boolean descending) {
        static SortKey of(String text) {
            return text.startsWith("-") ? new SortKey(text.substring(1), true) : new SortKey(text, false);
        }
    }

    private <R> List<R> chosen(Level<?, R> level, List<R> rows) {
        if (!ordered() && !level.alwaysOrdered()) {
            return rows;
        }
        List<R> sorted = new ArrayList<>(byDefaultOrder() ? rows.stream().filter(level::isRanked).toList() : rows);
        for (String key : (sort.get().isEmpty() ? List.of("-" + level.order()) : sort.get()).reversed()) {
            SortKey sortKey = SortKey.of(key);
            level.column(sortKey.key).ifPresent(column -> sorted.sort(column.order(sortKey.descending)));
        }
        return grouping.get() == null || grouping.get() == Sheet.Grouping.NONE || !level.isOfTensors()
                ? ends(sorted)
                : endsOfGroups(level, sorted);
    }

    private <R> List<R> ends(List<R> rows) {
        if (top.get() == null && bottom.get() == null) {
            return rows;
        }
        int first = top.get() == null ? 0 : Math.min(top.get(), rows.size());
        int last = bottom.get() == null ? 0 : Math.min(bottom.get(), rows.size() - first);
        List<R> ends = new ArrayList<>(rows.subList(0, first));
        ends.addAll(rows.subList(rows.size() - last, rows.size()));
        return ends;
    }

    private <R> List<R> endsOfGroups(Level<?, R> level, List<R> rows) {
        Map<Object, List<R>> groups = new LinkedHashMap<>();
        for (R row : rows) {
            groups.computeIfAbsent(level.group(grouping.get(), row), _ -> new ArrayList<>()).add(row);
        }
        return groups.values().stream().flatMap(group -> ends(group).stream()).toList();
    }
}
