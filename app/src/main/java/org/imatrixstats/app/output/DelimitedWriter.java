package org.imatrixstats.app.output;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            line(Stream.concat(keys.stream(), columns.stream().map(Column::key)));
        }
        for (R row : rows) {
            line(Stream.concat(values.stream().map(DelimitedWriter::safe),
                    columns.stream().map(column -> field(column, row))));
        }
    }

    private void line(Stream<String> fields) {
        text.append(fields.map(quote).collect(Collectors.joining(delimiter))).append(LINE_END);
    }

    private static <R> String field(Column<R> column, R row) {
        if (column.isText()) {
            String value = column.text().apply(row);
            return value == null ? "" : safe(value);
        }
        if (column.list() != null) {
            return column.list().apply(row).stream().map(String::valueOf).collect(Collectors.joining(" "));
        }
        double number = column.number().applyAsDouble(row);
        if (!Double.isFinite(number)) {
            return "";
        }
        return column.unit() == Figure.Unit.COUNT ? Long.toString((long) number) : Double.toString(number);
    }

    private static String safe(String value) {
        String printable = Text.printable(value);
        return !printable.isEmpty() && "=+-@".indexOf(printable.charAt(0)) >= 0 ? "'" + printable : printable;
    }

    private static String quoted(String field) {
        return List.of(",", "\"", "\n", "\r").stream().anyMatch(field::contains)
                ? '"' + field.replace("\"", "\"\"") + '"'
                : field;
    }

    @Override
    public String text() {
        return text.toString();
    }
}
