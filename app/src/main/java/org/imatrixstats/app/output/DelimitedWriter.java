package org.imatrixstats.app.output;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;

/**
 * CSV as RFC 4180 has it, and the same with tabs. Numbers in full precision, undefined ones empty. A text that a
 * spreadsheet would take for a formula gets an apostrophe before it.
 */
public final class DelimitedWriter implements RowWriter {
    private static final String LINE_END = "\r\n";

    private final String delimiter;
    private final UnaryOperator<String> quote;
    private final StringBuilder text = new StringBuilder();

    private DelimitedWriter(String delimiter, UnaryOperator<String> quote) {
        this.delimiter = delimiter;
        this.quote = quote;
    }

    public static RowWriter csv() {
        return new DelimitedWriter(",", DelimitedWriter::quoted);
    }

    public static RowWriter tsv() {
        return new DelimitedWriter("\t", UnaryOperator.identity());
    }

    @Override
    public <R> void add(List<String> keys, List<String> values, String level, List<Column<R>> columns,
            List<R> rows) {
        if (text.isEmpty()) {
            keys.forEach(this::field);
            columns.forEach(column -> field(column.key()));
            endLine();
        }
        for (R row : rows) {
            for (String value : values) {
                field(safe(value));
            }
            for (Column<R> column : columns) {
                field(column, row);
            }
            endLine();
        }
    }

    private <R> void field(Column<R> column, R row) {
        if (column.isText()) {
            String value = column.text().apply(row);
            field(value == null ? "" : safe(value));
        } else if (column.list() != null) {
            field(column.list().apply(row).stream().map(String::valueOf).collect(Collectors.joining(" ")));
        } else {
            double number = column.number().applyAsDouble(row);
            if (Double.isFinite(number)) {
                text.append(
                        column.unit() == Figure.Unit.COUNT ? Long.toString((long) number) : Double.toString(number));
            }
            text.append(delimiter);
        }
    }

    private void field(String value) {
        text.append(quote.apply(value)).append(delimiter);
    }

    private void endLine() {
        text.setLength(text.length() - delimiter.length());
        text.append(LINE_END);
    }

    private static String safe(String value) {
        String printable = Text.printable(value);
        return !printable.isEmpty() && "=+-@".indexOf(printable.charAt(0)) >= 0 ? "'" + printable : printable;
    }

    private static String quoted(String field) {
        return field.indexOf(',') >= 0 || field.indexOf('"') >= 0 || field.indexOf('\n') >= 0
                || field.indexOf('\r') >= 0
                        ? '"' + field.replace("\"", "\"\"") + '"'
                        : field;
    }

    @Override
    public String text() {
        return text.toString();
    }
}
