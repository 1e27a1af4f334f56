package org.imatrixstats.app.output.error;

import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
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
    /** Bars are no longer than this, also where lines may have any length. */
    private static final int LONGEST_BAR = 66;

    private final ErrorReport report;
    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    ErrorTable(ErrorReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
    }

    String text(boolean all, String plotted) throws IOException {
        text.append(Text.printable(report.plan().inputs().model())).append('\n');
        report.summary().forEach(line -> wrapped(Text.printable(line)));
        text.append('\n');
        hardest().forEach(this::wrapped);
        text.append('\n');
        TextTable table = grid(all).table(!all);
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
        markdown.add(grid(all).table(!all));
        return markdown.text();
    }

    private void wrapped(String paragraph) {
        Text.wrapped(terminal.ascii() ? Text.ascii(paragraph) : paragraph, terminal.columns() - 2)
                .forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private List<String> hardest() {
        GgmlType type = ErrorGrid.usual(report.types());
        List<TensorError> sorted = report.errors().stream()
                .filter(error -> error.type() == type && Double.isFinite(error.relativeError()))
                .sorted(Comparator.comparingDouble(TensorError::relativeError).reversed()).limit(HARDEST).toList();
        return sorted.stream().map(error -> Text.printable(ErrorReport.name(error)) + ": E "
                + Numbers.significant(error.relativeError(), 3) + " in " + type.ggmlName()
                + report.harder(error).map(times -> ", " + Numbers.fixed(times, 1)
                        + " times that of normal weights").orElse(""))
                .toList();
    }

    /** All tensors, with their experts if the user asked for them. */
    private ErrorGrid grid(boolean all) {
        List<TensorError> shown = all ? report.errors() : report.ofTensors();
        return ErrorGrid.of(shown.stream().map(
                error -> new ErrorGrid.Value(ErrorReport.name(error), error.type(), error.relativeError())).toList(),
                all);
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
                .append(shade(0.5 / (SHADES.length() - 1))).append(' ').append(ErrorGrid.cell(values.getFirst()))
                .append("  ")
                .append(shade(1)).append(' ').append(ErrorGrid.cell(values.getLast())).append('\n');
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
        List<ErrorGrid.Row> rows = grid(false).rows();
        List<GgmlType> types = report.types().stream().filter(
                type -> rows.stream().anyMatch(row -> row.error(type) > 0)).toList();
        double most = rows.stream().flatMap(row -> types.stream().map(row::error)).filter(error -> error > 0)
                .max(Comparator.naturalOrder()).orElse(1.0);
        int columns = Math.clamp(terminal.columns() - 34, 10, LONGEST_BAR);
        String full = terminal.ascii() ? "#" : "█";
        for (ErrorGrid.Row row : rows) {
            text.append('\n').append(terminal.bold(row.name())).append("  E by bits per weight, a row per type\n");
            for (GgmlType type : types) {
                double error = row.error(type);
                if (error > 0) {
                    int length = (int) Math.round(columns * Math.max(0, 1 + Math.log10(error / most) / 5));
                    text.append(String.format(Locale.ROOT, "  %-9s%7s  %9s  %s\n", type.ggmlName(),
                            Numbers.fixed(ErrorGrid.bitsPerWeight(type), 3), ErrorGrid.cell(error),
                            String.join("", Collections.nCopies(length, full))));
                }
            }
        }
    }
}
