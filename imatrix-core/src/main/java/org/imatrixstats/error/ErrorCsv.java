package org.imatrixstats.error;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.csv.CsvLine;

/**
 * Errors as CSV (RFC 4180): a row for each tensor and type, in the order of the model; with experts, a column says which. The
 * same measurement gives the same bytes wherever it was made.
 */
public final class ErrorCsv {
    /** The names of the figures of an error, in the order of {@link #figures}. */
    public static final List<String> FIGURES = List.of("relative_error", "relative_error_unweighted", "mean_error",
            "max_error", "cosine", "standard_error");

    private ErrorCsv() {
    }

    public static String text(List<TensorError> errors) {
        boolean experts = errors.stream().anyMatch(error -> error.expert() >= 0);
        List<String> header = new ArrayList<>(List.of("tensor"));
        if (experts) {
            header.add("expert");
        }
        header.addAll(List.of("type", "bytes"));
        header.addAll(FIGURES);
        header.addAll(List.of("rows_read", "rows"));
        StringBuilder text = new StringBuilder();
        text.append(CsvLine.of(header));
        errors.forEach(error -> text.append(CsvLine.of(fields(error, experts))));
        return text.toString();
    }

    private static List<String> fields(TensorError error, boolean experts) {
        List<String> fields = new ArrayList<>();
        fields.add(CsvLine.name(error.tensor().name()));
        if (experts) {
            fields.add(error.expert() < 0 ? "" : Integer.toString(error.expert()));
        }
        fields.add(error.type().ggmlName());
        fields.add(Long.toString(error.bytes()));
        for (double figure : figures(error)) {
            fields.add(CsvLine.number(figure));
        }
        fields.add(Long.toString(error.rowsRead()));
        fields.add(Long.toString(error.rows()));
        return fields;
    }

    /** The figures of an error; NaN where undefined. */
    public static double[] figures(TensorError error) {
        return new double[]{error.relativeError(), error.relativeErrorUnweighted(), error.meanError(), error.maxError(),
            error.cosine(), error.standardError()};
    }
}
