package org.imatrixstats.app.output.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorName;

/**
 * E with a type per column, the smallest type first; a row for each tensor or each kind, the hardest first.
 *
 * @param types by bits per weight
 */
record ErrorGrid(List<GgmlType> types, List<Row> rows) {
    /** The type that people know best; where it was not measured, the middle one stands for it. */
    private static final GgmlType USUAL = GgmlType.Q3_K;

    /** E of a tensor in a type. */
    record Value(String tensor, GgmlType type, double error) {
    }

    /** Tensors that share a row, by type. */
    record Row(String name, Map<GgmlType, List<Double>> errors) {
        /** The median over the tensors of the row; NaN without any. */
        double error(GgmlType type) {
            List<Double> values = errors.getOrDefault(type, List.of()).stream().sorted().toList();
            return values.isEmpty()
                    ? Double.NaN
                    : (values.get((values.size() - 1) / 2) + values.get(values.size() / 2)) / 2;
        }

        int count() {
            return errors.values().stream().mapToInt(List::size).max().orElse(0);
        }
    }

    /** @param all a row per tensor, not one for each kind */
    static ErrorGrid of(List<Value> values, boolean all) {
        Map<String, Map<GgmlType, List<Double>>> rows = new LinkedHashMap<>();
        for (Value value : values) {
            rows.computeIfAbsent(all ? value.tensor : TensorName.of(value.tensor).kind(), _ -> new TreeMap<>())
                    .computeIfAbsent(value.type, _ -> new ArrayList<>()).add(value.error);
        }
        List<GgmlType> types = values.stream().map(Value::type).distinct().sorted(ErrorGrid::bySize).toList();
        GgmlType usual = usual(types);
        return new ErrorGrid(types, rows.entrySet().stream()
                .map(row -> new Row(Text.printable(row.getKey()), row.getValue()))
                .sorted(Comparator.comparingDouble((Row row) -> order(row.error(usual))).reversed()).toList());
    }

    static int bySize(GgmlType one, GgmlType other) {
        int compared = Double.compare(bitsPerWeight(one), bitsPerWeight(other));
        return compared == 0 ? one.compareTo(other) : compared;
    }

    static double bitsPerWeight(GgmlType type) {
        return 8.0 * type.bytesPerBlock() / type.blockSize();
    }

    /** The type that rows are ordered by. */
    static GgmlType usual(List<GgmlType> types) {
        return types.contains(USUAL) ? USUAL : types.get(types.size() / 2);
    }

    /** Rows without a figure come last. */
    private static double order(double error) {
        return Double.isNaN(error) ? Double.NEGATIVE_INFINITY : error;
    }

    /** @param counted whether a column says how many tensors share the row */
    TextTable table(boolean counted) {
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("tensor", rows.stream().map(Row::name).toList(), true, 0));
        if (counted) {
            columns.add(new TextColumn("count", rows.stream().map(row -> Integer.toString(row.count())).toList(), false,
                    1));
        }
        for (int i = 0; i < types.size(); i++) {
            GgmlType type = types.get(i);
            columns.add(new TextColumn(type.ggmlName(),
                    rows.stream().map(row -> cell(row.error(type))).toList(), false, priority(i, types.size())));
        }
        return new TextTable("E", columns);
    }

    static String cell(double error) {
        return Double.isFinite(error) ? Numbers.significant(error, 3) : Cells.UNDEFINED;
    }

    /** Where the terminal is narrow, the types that remain are spread over the bits per weight. */
    private static int priority(int index, int count) {
        int step = Integer.highestOneBit(Math.max(1, count - 1));
        int level = 2;
        while (step > 1 && index % step != 0) {
            step /= 2;
            level++;
        }
        return level;
    }
}
