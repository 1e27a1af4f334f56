package org.imatrixstats.csv;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A line of CSV as RFC 4180 has it. */
public final class CsvLine {
    /** What a spreadsheet would take for a formula. */
    private static final String FORMULA = "=+-@";

    private CsvLine() {
    }

    /** The fields with commas between, and the end of the line. */
    public static String of(List<String> fields) {
        return fields.stream().map(CsvLine::quoted).collect(Collectors.joining(",")) + "\r\n";
    }

    private static String quoted(String field) {
        return Stream.of(",", "\"", "\n", "\r").anyMatch(field::contains)
                ? '"' + field.replace("\"", "\"\"") + '"'
                : field;
    }

    /** A name as a field: with an apostrophe before what a spreadsheet would take for a formula. */
    public static String name(String name) {
        return !name.isEmpty() && FORMULA.indexOf(name.charAt(0)) >= 0 ? "'" + name : name;
    }

    /** A number in full; nothing where it is undefined. */
    public static String number(double number) {
        return Double.isFinite(number) ? Double.toString(number) : "";
    }
}
