package org.imatrixstats.app.output.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.imatrixstats.app.output.Numbers;

/** The tensors of a model as headers and cells, for a terminal and for Markdown. */
record TensorTable(List<String> headers, List<List<String>> rows) {
    private static final Set<String> NUMBERS = Set.of("count", "elements", "bytes", "total", "MiB", "share");

    /** @param all a row per tensor */
    static TensorTable of(InspectReport report, boolean all) {
        if (!all) {
            long elements = report.summary().elements();
            return new TensorTable(FoldedRow.headers(),
                    FoldedRow.of(report.rows()).stream().map(row -> row.cells(elements)).toList());
        }
        boolean views = report.rows().stream().anyMatch(TensorRow::isView);
        boolean values = report.rows().stream().anyMatch(row -> row.values() != null);
        List<String> headers = new ArrayList<>(List.of("tensor", "shape", "type", "elements", "bytes", "total"));
        if (views) {
            headers.add("storage");
        }
        if (values) {
            headers.add("values");
        }
        return new TensorTable(headers, report.rows().stream().map(row -> cells(row, views, values)).toList());
    }

    private static List<String> cells(TensorRow row, boolean views, boolean values) {
        List<String> cells = new ArrayList<>(List.of(row.name(), row.shape(" × "), row.tensor().typeName(),
                Numbers.grouped(row.tensor().elements()), Numbers.grouped(row.tensor().info().bytes()),
                Numbers.grouped(row.total())));
        if (views) {
            cells.add(row.view());
        }
        if (values) {
            cells.add(row.values() == null ? "-" : Values.joined(row.values(), " ", Values::rounded));
        }
        return cells;
    }

    static boolean isNumber(String header) {
        return NUMBERS.contains(header);
    }
}
