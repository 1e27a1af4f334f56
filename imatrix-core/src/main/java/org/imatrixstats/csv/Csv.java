package org.imatrixstats.csv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

/**
 * A table of measured values. The first line that is not a comment names the columns, with commas or tabs between them. If it
 * has both, those of a file named {@code *.tsv}, packed or not, are tabs.
 *
 * @param header the names of the columns, in lower case
 */
public record Csv(String file, Row header, List<Row> rows) {
    private static final CSVFormat COMMAS = CSVFormat.DEFAULT.builder().setCommentMarker('#').setTrim(true)
            .setIgnoreEmptyLines(true).get();
    private static final Pattern TSV = Pattern.compile(".*\\.(tsv|tab)(\\.(gz|xz|zst|zstd|bz2))?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final String TORN = "The file ends within this line. If writing it was interrupted, remove the line";
    private static final double LARGEST_WHOLE = 1L << 53;
    private static final CSVFormat TABS = COMMAS.builder().setDelimiter('\t').get();

    /** A line of the table. */
    public record Row(long line, List<String> cells) {
    }

    /** @throws FormatException if the file is not such a table */
    public static Csv read(ByteSource source) throws IOException {
        String file = source.name();
        String text = TextFile.read(source, "a table of values");
        try (CSVParser parser = CSVParser.parse(text, hasTabs(file, text) ? TABS : COMMAS)) {
            Row header = null;
            List<Row> rows = new ArrayList<>();
            for (CSVRecord record : parser) {
                long line = parser.getCurrentLineNumber();
                if (header == null) {
                    header = new Row(line, record.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
                    requireColumns(header, file);
                } else if (record.size() != header.cells.size()) {
                    boolean torn = record.size() < header.cells.size() && !text.endsWith("\n") && !parser.iterator()
                            .hasNext();
                    throw new FormatException(file, "line " + line + ": " + Count.of(record.size(), "value") + ", but "
                            + Count.of(header.cells.size(), "column") + ": " + String.join(",", header.cells)
                            + (torn ? ". " + TORN : ""));
                } else {
                    rows.add(new Row(line, record.toList()));
                }
            }
            if (rows.isEmpty()) {
                throw new FormatException(file,
                        "holds no values; expected a line of column names and a line per value");
            }
            return new Csv(file, header, rows);
        } catch (CSVException | IllegalStateException e) {
            throw new FormatException(file, "is not a table of values: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new FormatException(file, "is not a table of values: " + e.getCause().getMessage(), e);
        }
    }

    public List<String> columns() {
        return header.cells;
    }

    private static boolean hasTabs(String file, String text) {
        String first = text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).findFirst().orElse("");
        return first.indexOf('\t') >= 0 && (first.indexOf(',') < 0 || TSV.matcher(file).matches());
    }

    private static void requireColumns(Row header, String file) throws FormatException {
        List<String> columns = header.cells;
        if (columns.size() == 1 && columns.getFirst().indexOf(';') >= 0) {
            throw new FormatException(file, "line " + header.line
                    + ": semicolons separate the columns, expected commas or tabs (and a point in numbers, as in 0.5):"
                    + " save the table so");
        }
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).isEmpty() && columns.indexOf(columns.get(i)) < i) {
                throw new FormatException(file, "line " + header.line + ": two columns are named " + columns.get(i));
            }
        }
    }

    /** Whether there is a column of this name, in lower case. */
    public boolean has(String column) {
        return columns().contains(column);
    }

    /** @throws FormatException if the table has other columns than these */
    public void require(List<String> wanted) throws FormatException {
        if (!columns().equals(wanted)) {
            throw unexpectedColumns(String.join(",", wanted));
        }
    }

    /** @throws FormatException if the table lacks one of these columns */
    public void requireAll(List<String> wanted) throws FormatException {
        if (!columns().containsAll(wanted)) {
            throw unexpectedColumns(String.join(",", wanted) + " among them");
        }
    }

    /** The table has other columns than are expected. */
    public FormatException unexpectedColumns(String expected) {
        return fault(header, "the columns are " + String.join(",", columns()) + ", expected " + expected);
    }

    /** A cell as it is written. */
    public String text(Row row, String column) {
        return row.cells.get(columns().indexOf(column));
    }

    /** A number of at least 0. */
    public double value(Row row, String column) throws FormatException {
        double value = Decimal.parse(text(row, column));
        if (value >= 0) {
            return value;
        }
        throw unexpected(row, column, "a number of at least 0");
    }

    /** A number, which may be below 0. */
    public double number(Row row, String column) throws FormatException {
        double value = Decimal.parse(text(row, column));
        if (!Double.isNaN(value)) {
            return value;
        }
        throw unexpected(row, column, "a number");
    }

    /** A whole number of at least 0. */
    public long count(Row row, String column) throws FormatException {
        double value = Decimal.parse(text(row, column));
        if (value >= 0 && value <= LARGEST_WHOLE && value == Math.rint(value)) {
            return (long) value;
        }
        throw unexpected(row, column, "a whole number of at least 0");
    }

    private FormatException unexpected(Row row, String column, String expected) {
        return fault(row, column + " is '" + text(row, column) + "', expected " + expected);
    }

    /** What is wrong with a line. */
    public FormatException fault(Row row, String reason) {
        return new FormatException(file, "line " + row.line + ": " + reason);
    }
}
