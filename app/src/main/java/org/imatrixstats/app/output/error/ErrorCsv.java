package org.imatrixstats.app.output.error;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.error.TensorError;

/** A row per tensor and type, in the order of the model; with experts, a column says which. */
public final class ErrorCsv {
    static final List<String> FIGURES = List.of("relative_error", "relative_error_unweighted", "mean_error", "max_error",
            "cosine", "standard_error");

    private ErrorCsv() {
    }

    public static String text(ErrorReport report) {
        boolean experts = report.errors().stream().anyMatch(error -> error.expert() >= 0);
        List<String> header = new ArrayList<>(List.of("tensor"));
        if (experts) {
            header.add("expert");
        }
        header.addAll(List.of("type", "bytes"));
        header.addAll(FIGURES);
        header.addAll(List.of("rows_read", "rows"));
        StringBuilder text = new StringBuilder(DelimitedWriter.csvLine(header));
        report.errors().forEach(error -> text.append(DelimitedWriter.csvLine(fields(error, experts))));
        return text.toString();
    }

    private static List<String> fields(TensorError error, boolean experts) {
        List<String> fields = new ArrayList<>(List.of(error.tensor().name()));
        if (experts) {
            fields.add(error.expert() < 0 ? "" : Integer.toString(error.expert()));
        }
        fields.add(error.type().ggmlName());
        fields.add(Long.toString(error.bytes()));
        for (double figure : figures(error)) {
            fields.add(Double.isFinite(figure) ? Numbers.plain(figure) : "");
        }
        fields.add(Long.toString(error.rowsRead()));
        fields.add(Long.toString(error.rows()));
        return fields;
    }

    /** In the order of {@link #FIGURES}; NaN where undefined. */
    static double[] figures(TensorError error) {
        return new double[]{error.relativeError(), error.relativeErrorUnweighted(), error.meanError(), error.maxError(),
            error.cosine(), error.standardError()};
    }
}
