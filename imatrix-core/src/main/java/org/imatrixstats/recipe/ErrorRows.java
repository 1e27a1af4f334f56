package org.imatrixstats.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;

/**
 * What {@code imatrix-stats error} wrote as CSV: errors of whole tensors. Rows of single experts are passed over, and rows
 * without a figure.
 *
 * @param file    the table
 * @param dialect the program whose types they are
 */
public record ErrorRows(String file, Dialect dialect, List<Row> rows) {
    private static final String ERROR = "relative_error";
    private static final String UNWEIGHTED = "relative_error_unweighted";
    private static final String STANDARD_ERROR = "standard_error";
    private static final String EXPERT = "expert";

    /**
     * The error of a tensor in a type.
     *
     * @param error         E
     * @param unweighted    the unweighted relative error; NaN where the table has none
     * @param standardError of E, from sampling; NaN where the table has none
     * @param rowsRead      rows that were read; 0 where the table does not say
     * @param rows          rows of the tensor; 0 where the table does not say
     */
    public record Row(String tensor, GgmlType type, double error, double unweighted, double standardError,
            long rowsRead, long rows) {
        /** Whether an importance matrix weighted it; without one, both errors are one figure. */
        public boolean isWeighted() {
            return error != unweighted;
        }
    }

    /**
     * Reads a table of errors in the types of one program, whichever has them all.
     *
     * @throws IOException if the file is not such a table
     */
    public static ErrorRows read(ByteSource file) throws IOException {
        IOException first = null;
        for (Dialect dialect : Dialects.all()) {
            try {
                return read(file, dialect);
            } catch (FormatException e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    /**
     * Reads a table of errors in the types of a program.
     *
     * @throws IOException if the file is not such a table
     */
    public static ErrorRows read(ByteSource file, Dialect dialect) throws IOException {
        Csv csv = Csv.read(file);
        csv.requireAll(List.of("tensor", "type", ERROR));
        List<Row> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Csv.Row row : csv.rows()) {
            if (csv.has(EXPERT) && !csv.text(row, EXPERT).isEmpty() || csv.text(row, ERROR).isEmpty()) {
                continue;
            }
            Row read = new Row(csv.text(row, "tensor"), Distortion.type(csv, row, dialect), csv.value(row, ERROR),
                    optional(csv, row, UNWEIGHTED, Double.NaN), optional(csv, row, STANDARD_ERROR, Double.NaN),
                    count(csv, row, "rows_read"), count(csv, row, "rows"));
            if (!seen.add(read.type + " " + read.tensor)) {
                throw csv.fault(row, "a second value for " + read.tensor + " in " + csv.text(row, "type"));
            }
            rows.add(read);
        }
        return new ErrorRows(file.name(), dialect, List.copyOf(rows));
    }

    private static long count(Csv csv, Csv.Row row, String column) throws FormatException {
        return csv.has(column) && !csv.text(row, column).isEmpty() ? csv.count(row, column) : 0;
    }

    private static double optional(Csv csv, Csv.Row row, String column, double otherwise) throws FormatException {
        return csv.has(column) && !csv.text(row, column).isEmpty() ? csv.value(row, column) : otherwise;
    }
}
