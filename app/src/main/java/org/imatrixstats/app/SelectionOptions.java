package org.imatrixstats.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.imatrix.TensorName;
import org.imatrixstats.imatrix.stats.ExpertStats;
import org.imatrixstats.imatrix.stats.KindStats;
import org.imatrixstats.imatrix.stats.Report;
import org.imatrixstats.imatrix.stats.TensorStats;

import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Which rows and columns are shown, and in which order. */
final class SelectionOptions extends Options {
    private final Supplier<List<String>> kinds = commaSeparated("--kind", "GLOB",
            "only tensors of these kinds, such as attn_v,ffn_*");
    private final Supplier<LayerRanges> layers = option("--layers", "RANGES", LayerRanges.class,
            new LayerRanges.Converter(), "only tensors of these layers, such as 0-5,30-");
    private final Supplier<Pattern> match = option("--match", "REGEX", Pattern.class, new RegexConverter(),
            "only tensors in whose name this regular expression is found");
    private final Supplier<Boolean> unique = flag("--unique",
            "of tensors that share an input (q, k, v; gate, up) only the first");
    private final Supplier<List<String>> sort = commaSeparated("--sort", "KEY",
            "order by these columns, each with a leading - for descending; undefined ones come last");
    private final Supplier<Integer> top = option("--top", "N", Integer.class,
            "the first N rows; without --sort tensors are in the order of -robust_z, but for kinds that are all alike; of each"
                    + " group with --group-by");
    private final Supplier<Integer> bottom = option("--bottom", "N", Integer.class, "the last N rows, likewise");
    private final Supplier<Sheet.Grouping> grouping = option("--group-by", "GROUP", Sheet.Grouping.class,
            "a table per group: kind, layer or none (default: kind; none for --sort, --top, --bottom)");
    private final Supplier<List<String>> columns = commaSeparated("--columns", "KEY",
            "these columns, in this order, after the name of the row; 'all' for all");

    /** Whether any of the options was given. */
    boolean given() {
        return !kinds.get().isEmpty() || layers.get() != null || match.get() != null || unique.get() || ordered()
                || grouping.get() != null
                || !columns.get().isEmpty();
    }

    /** Whether the rows are in an order of the user's, which goes across groups unless these are asked for. */
    boolean ordered() {
        return !sort.get().isEmpty() || top.get() != null || bottom.get() != null;
    }

    /** @throws ParameterException if a column is unknown to all levels, or a number makes no sense */
    void validate(List<Level<?>> levels, CommandLine command) {
        for (Integer count : new Integer[]{top.get(), bottom.get()}) {
            if (count != null && count < 1) {
                throw new ParameterException(command, "--top and --bottom need a number of at least 1, not " + count);
            }
        }
        List<Column<?>> known = new ArrayList<>();
        levels.forEach(level -> known.addAll(level.columns()));
        sort.get().forEach(key -> Names.find(SortKey.of(key).key, known, Column::key, "column", command));
        if (!allColumns()) {
            columns.get().forEach(key -> Names.find(key, known, Column::key, "column", command));
        }
        boolean grouped = grouping.get() == Sheet.Grouping.KIND || grouping.get() == Sheet.Grouping.LAYER;
        if (grouped && !levels.contains(Level.TENSOR)) {
            throw new ParameterException(command,
                    "--group-by " + grouping.get() + " divides tensors: it has no --level "
                            + levels.getFirst().label());
        }
    }

    /** Those of the levels that have all columns asked for. */
    List<Level<?>> withColumns(List<Level<?>> levels, CommandLine command) {
        if (allColumns()) {
            return levels;
        }
        List<Level<?>> having = levels.stream()
                .filter(level -> level.columns().stream().map(Column::key).toList().containsAll(columns.get()))
                .toList();
        if (having.isEmpty()) {
            throw new ParameterException(command, "no level has all of the columns " + String.join(", ", columns.get())
                    + ": give --level, and columns of it");
        }
        return having;
    }

    private boolean allColumns() {
        return columns.get().isEmpty() || columns.get().equals(List.of("all"));
    }

    /** The report of the tensors asked for. */
    Report select(Report report) {
        Set<String> inputs = new HashSet<>();
        return report.only(tensor -> isSelected(tensor.name()) && (!unique.get() || inputs.add(tensor.input().name())));
    }

    private boolean isSelected(TensorName name) {
        return (kinds.get().isEmpty() || kinds.get().stream().anyMatch(glob -> glob(glob).test(name.kind())))
                && (layers.get() == null || layers.get().contains(name.layer()))
                && (match.get() == null || match.get().matcher(name.name()).find());
    }

    /** For each kind asked for that the file does not have, a sentence that says which it has. */
    List<String> unknownKinds(Report report) {
        List<String> valid = report.kinds().stream().map(KindStats::kind).toList();
        return kinds.get().stream().filter(glob -> valid.stream().noneMatch(glob(glob)))
                .map(glob -> Names.unknown(glob, valid, "kind")).toList();
    }

    /** A pattern in which * stands for any characters and ? for one. */
    static Predicate<String> glob(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.codePoints()
                .forEach(c -> regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }

    /**
     * The rows of a level in the order asked for, with the columns asked for. The order by robust z leaves out the tensors
     * of kinds that are all alike, where it blows up what is noise.
     */
    @SuppressWarnings("unchecked")
    <R> Sheet<R> sheet(Level<R> level, Report report, List<ExpertStats> experts) {
        List<R> rows = (List<R>) (level == Level.TENSOR
                ? sort.get().isEmpty() && ordered()
                        ? report.tensors().stream().filter(TensorStats::ranked).toList()
                        : report.tensors()
                : level == Level.LAYER ? report.layers() : level == Level.KIND ? report.kinds() : experts);
        Sheet.Grouping shown = grouping.get() != null
                ? grouping.get()
                : ordered() ? Sheet.Grouping.NONE : Sheet.Grouping.KIND;
        return new Sheet<>(level, columns(level), !columns.get().isEmpty(), chosen(level, rows), shown);
    }

    private <R> List<Column<R>> columns(Level<R> level) {
        if (allColumns()) {
            return level.columns();
        }
        Stream<String> names = level.names().stream().filter(name -> !columns.get().contains(name));
        return Stream.concat(names, columns.get().stream()).distinct()
                .flatMap(key -> level.columns().stream().filter(column -> column.key().equals(key))).toList();
    }

    // ---- order

    private record SortKey(String key, boolean descending) {
        static SortKey of(String text) {
            return text.startsWith("-") ? new SortKey(text.substring(1), true) : new SortKey(text, false);
        }

        /** Undefined figures and missing texts come last in both directions. */
        <R> Comparator<R> order(Column<R> column) {
            if (column.isText()) {
                Comparator<String> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
                return Comparator.comparing(column.text(), Comparator.nullsLast(order));
            }
            Comparator<Double> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
            Function<R, Double> number = row -> {
                double value = column.number().applyAsDouble(row);
                return Double.isNaN(value) ? null : Double.valueOf(value);
            };
            return Comparator.comparing(number, Comparator.nullsLast(order));
        }
    }

    private <R> List<R> chosen(Level<R> level, List<R> rows) {
        if (!ordered()) {
            return rows;
        }
        List<R> sorted = new ArrayList<>(rows);
        for (String key : (sort.get().isEmpty() ? List.of("-" + defaultKey(level)) : sort.get()).reversed()) {
            SortKey sortKey = SortKey.of(key);
            level.columns().stream().filter(column -> column.key().equals(sortKey.key))
                    .forEach(column -> sorted.sort(sortKey.order(column)));
        }
        return grouping.get() == null || grouping.get() == Sheet.Grouping.NONE || level != Level.TENSOR
                ? ends(sorted)
                : endsOfGroups(sorted);
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

    private <R> List<R> endsOfGroups(List<R> rows) {
        Map<Object, List<R>> groups = new LinkedHashMap<>();
        for (R row : rows) {
            TensorName name = ((TensorStats) row).name();
            Object group = grouping.get() == Sheet.Grouping.KIND ? name.kind() : (Object) name.layer();
            groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(row);
        }
        return groups.values().stream().flatMap(group -> ends(group).stream()).toList();
    }

    private static String defaultKey(Level<?> level) {
        return level == Level.TENSOR
                ? "robust_z"
                : level == Level.LAYER ? "energy_sum" : level == Level.KIND ? "sum" : "utilization";
    }

    private static final class RegexConverter implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String regex) {
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException("'" + regex + "' is not a regular expression: " + e.getDescription()
                        + " at position " + e.getIndex());
            }
        }
    }
}
