package org.imatrixstats.app.output.error;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.error.TensorError;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorName;

/** Errors for people: what is hardest, then E with a type per column, the hardest rows first, then a map of one type. */
final class ErrorTable {
    private static final String SHADES = " ░▒▓█";
    private static final String ASCII_SHADES = " .:*#";
    private static final int HARDEST = 3;
    /** The type that people know best; where it was not measured, the middle one stands for it. */
    private static final GgmlType USUAL = GgmlType.Q3_K;

    private final ErrorReport report;
    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    ErrorTable(ErrorReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
    }

    /** Tensors that share a row, by type. */
    private record Row(String name, Map<GgmlType, List<TensorError>> errors) {
        /** The median over the tensors of the row; NaN without any. */
        double error(GgmlType type) {
            List<Double> values = errors.getOrDefault(type, List.of()).stream().map(TensorError::relativeError).sorted()
                    .toList();
            return values.isEmpty()
                    ? Double.NaN
                    : (values.get((values.size() - 1) / 2) + values.get(values.size() / 2)) / 2;
        }

        int count() {
            return errors.values().stream().mapToInt(List::size).max().orElse(0);
        }
    }

    String text(boolean all, String plotted) throws IOException {
        text.append(Text.printable(report.plan().inputs().model())).append('\n');
        report.summary().forEach(line -> wrapped(Text.printable(line)));
        text.append('\n');
        hardest().forEach(this::wrapped);
        text.append('\n');
        TextTable table = table(all);
        table = terminal.ascii() ? table.inAscii() : table;
        TextTable.Fit fit = TextTable.Fit.of(List.of(table), terminal.columns());
        text.append(terminal.dim(table.header(fit))).append('\n');
        table.rows(fit).forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        wrapped("E: weighted relative squared error" + (all ? "" : ", median over the tensors of a kind")
                + "; types by bits per weight. -: not measured. CSV and JSON have all figures.");
        if (plotted != null) {
            map(named(plotted));
        }
        return text.toString();
    }

    String markdown(boolean all) {
        Markdown markdown = new Markdown();
        markdown.heading(report.plan().inputs().model());
        report.summary().forEach(markdown::paragraph);
        hardest().forEach(markdown::item);
        markdown.add(table(all));
        return markdown.text();
    }

    private void wrapped(String paragraph) {
        Text.wrapped(terminal.ascii() ? Text.ascii(paragraph) : paragraph, terminal.columns() - 2)
                .forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private GgmlType usual() {
        List<GgmlType> types = report.types();
        return types.contains(USUAL) ? USUAL : types.get(types.size() / 2);
    }

    private List<String> hardest() {
        GgmlType type = usual();
        List<TensorError> sorted = report.ofTensors().stream()
                .filter(error -> error.type() == type && Double.isFinite(error.relativeError()))
                .sorted(Comparator.comparingDouble(TensorError::relativeError).reversed()).limit(HARDEST).toList();
        return sorted.stream().map(error -> Text.printable(error.tensor().name()) + ": E "
                + Numbers.significant(error.relativeError(), 3) + " in " + type.ggmlName()
                + report.harder(error).map(times -> ", " + Numbers.fixed(times, 1)
                        + " times that of normal weights").orElse(""))
                .toList();
    }

    private TextTable table(boolean all) {
        List<Row> rows = rows(all);
        List<GgmlType> types = report.types();
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("tensor", rows.stream().map(Row::name).toList(), true, 0));
        if (!all) {
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

    private static String cell(double error) {
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

    private List<Row> rows(boolean all) {
        Map<String, Map<GgmlType, List<TensorError>>> rows = new LinkedHashMap<>();
        for (TensorError error : report.ofTensors()) {
            String name = error.tensor().name();
            rows.computeIfAbsent(all ? name : TensorName.of(name).kind(), _ -> new TreeMap<>())
                    .computeIfAbsent(error.type(), _ -> new ArrayList<>()).add(error);
        }
        GgmlType type = usual();
        return rows.entrySet().stream().map(row -> new Row(Text.printable(row.getKey()), row.getValue()))
                .sorted(Comparator.comparingDouble((Row row) -> order(row.error(type))).reversed()).toList();
    }

    /** Rows without a figure come last. */
    private static double order(double error) {
        return Double.isNaN(error) ? Double.NEGATIVE_INFINITY : error;
    }

    private GgmlType named(String name) throws IOException {
        return report.types().stream().filter(type -> type.ggmlName().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new IOException("type '" + name + "' was not measured, expected one of "
                        + String.join(", ", report.types().stream().map(GgmlType::ggmlName).toList())));
    }

    /** E by layer and kind in shades on a logarithmic scale, then E of each kind by bits per weight. */
    private void map(GgmlType type) {
        Map<String, Map<Integer, Double>> kinds = new TreeMap<>();
        for (TensorError error : report.ofTensors()) {
            TensorName name = TensorName.of(error.tensor().name());
            if (error.type() == type && name.hasLayer() && error.relativeError() > 0) {
                kinds.computeIfAbsent(name.kind(), _ -> new TreeMap<>()).put(name.layer(), error.relativeError());
            }
        }
        if (kinds.isEmpty()) {
            return;
        }
        List<Double> values = kinds.values().stream().flatMap(row -> row.values().stream()).sorted().toList();
        TreeSet<Integer> layers = new TreeSet<>();
        kinds.values().forEach(row -> layers.addAll(row.keySet()));
        int width = kinds.keySet().stream().mapToInt(Text::width).max().orElse(0);
        text.append('\n').append(terminal.bold(type.ggmlName() + " by layer")).append("  ")
                .append(shade(0.5 / (SHADES.length() - 1))).append(' ').append(cell(values.getFirst())).append("  ")
                .append(shade(1)).append(' ').append(cell(values.getLast())).append('\n');
        kinds.forEach((kind, row) -> {
            text.append("  ").append(Text.printable(kind)).append(" ".repeat(width - Text.width(kind))).append("  ");
            layers.forEach(layer -> text.append(row.containsKey(layer)
                    ? shade(position(row.get(layer), values.getFirst(), values.getLast()))
                    : " "));
            text.append('\n');
        });
        curves();
    }

    private static double position(double value, double least, double most) {
        return least == most ? 1 : Math.log(value / least) / Math.log(most / least);
    }

    private String shade(double position) {
        String shades = terminal.ascii() ? ASCII_SHADES : SHADES;
        int index = 1 + (int) Math.round(position * (shades.length() - 2));
        return shades.substring(index, index + 1);
    }

    private void curves() {
        List<Row> rows = rows(false);
        List<GgmlType> types = report.types().stream().filter(
                type -> rows.stream().anyMatch(row -> row.error(type) > 0)).toList();
        double most = rows.stream().flatMap(row -> types.stream().map(row::error)).filter(error -> error > 0)
                .max(Comparator.naturalOrder()).orElse(1.0);
        int columns = Math.max(10, terminal.columns() - 34);
        String full = terminal.ascii() ? "#" : "█";
        for (Row row : rows) {
            text.append('\n').append(terminal.bold(row.name())).append("  E by bits per weight, a row per type\n");
            for (GgmlType type : types) {
                double error = row.error(type);
                if (error > 0) {
                    int length = (int) Math.round(columns * Math.max(0, 1 + Math.log10(error / most) / 5));
                    text.append(String.format("  %-9s%7s  %9s  %s%n", type.ggmlName(),
                            Numbers.fixed(ErrorReport.bitsPerWeight(type), 3), cell(error),
                            String.join("", Collections.nCopies(length, full))));
                }
            }
        }
    }
}
