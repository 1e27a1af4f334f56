package org.imatrixstats.csv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

/** A table of measured values: commas or, in files named {@code *.tsv}, tabs; the first line names the columns. */
public record Csv(String file, List<String> columns, List<Row> rows) {
    private static final CSVFormat COMMAS = CSVFormat.DEFAULT.builder().setCommentMarker('#').setTrim(true)
            .setIgnoreEmptyLines(true).get();
    private static final CSVFormat TABS = COMMAS.builder().setDelimiter('\t').get();

    /** A line of values. */
    public record Row(long line, List<String> cells) {
    }

    /** @throws FormatException if the file is not such a table */
    public static Csv read(ByteSource source) throws IOException {
        String file = source.name();
        boolean tabs = file.toLowerCase(Locale.ROOT).endsWith(".tsv");
        String text = TextFile.read(source, "a table of values");
        try (CSVParser parser = CSVParser.parse(text, tabs ? TABS : COMMAS)) {
            List<String> columns = null;
            List<Row> rows = new ArrayList<>();
            for (CSVRecord record : parser) {
                long line = parser.getCurrentLineNumber();
                if (columns == null) {
                    columns = record.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
                } else if (record.size() != columns.size()) {
                    throw new FormatException(file, "line " + line + ": " + record.size() + " values, but "
                            + columns.size() + " columns: " + String.join(",", columns));
                } else {
                    rows.add(new Row(line, record.toList()));
                }
            }
            if (rows.isEmpty()) {
                throw new FormatException(file,
                        "holds no values; expected a line of column names and a line per value");
            }
            return new Csv(file, columns, rows);
        } catch (CSVException | IllegalStateException e) {
            throw new FormatException(file, "is not a table of values: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new FormatException(file, "is not a table of values: " + e.getCause().getMessage(), e);
        }
    }

    /** Whether there is a column of this name, in lower case. */
    public boolean has(String column) {
        return columns.contains(column);
    }

    /** @throws FormatException if the table has other columns than these */
    public void require(List<String> wanted) throws FormatException {
        if (!columns.equals(wanted)) {
            throw new FormatException(file, "line 1: the columns are " + String.join(",", columns) + ", expected "
                    + String.join(",", wanted));
        }
    }

    /** @throws FormatException if the table lacks one of these columns */
    public void requireAll(List<String> wanted) throws FormatException {
        if (!columns.containsAll(wanted)) {
            throw new FormatException(file, "line 1: the columns are " + String.join(",", columns) + ", expected "
                    + String.join(",", wanted) + " among them");
        }
    }

    /** A cell as it is written. */
    public String text(Row row, String column) {
        return row.cells.get(columns.indexOf(column));
    }

    /** A number of at least 0. */
    public double value(Row row, String column) throws FormatException {
        double value = parsed(row, column);
        if (value >= 0 && Double.isFinite(value)) {
            return value;
        }
        throw unexpected(row, column, "a number of at least 0");
    }

    /** A number, which may be below 0. */
    public double number(Row row, String column) throws FormatException {
        double value = parsed(row, column);
        if (Double.isFinite(value)) {
            return value;
        }
        throw unexpected(row, column, "a number");
    }

    private double parsed(Row row, String column) {
        try {
            return Double.parseDouble(text(row, column));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private FormatException unexpected(Row row, String column, String expected) {
        return fault(row, column + " is '" + text(row, column) + "', expected " + expected);
    }

    /** What is wrong with a line. */
    public FormatException fault(Row row, String reason) {
        return new FormatException(file, "line " + row.line + ": " + reason);
    }
}
