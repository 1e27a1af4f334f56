package org.imatrixstats.app.output.inspect;

import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.stats.Figure.Unit;

/** A row per tensor, with the keys of the JSON. */
final class InspectCsv implements InspectWriter {
    private static final List<Column<TensorRow>> COLUMNS = List.of(
            Column.text("name", "tensor", TensorRow::name), Column.text("gguf_name", "GGUF name", TensorRow::gguf),
            Column.shape("shape", "shape", row -> row.tensor().shape()),
            Column.text("dtype", "type", row -> row.tensor().typeName()),
            Column.number("numel", "elements", Unit.COUNT, row -> row.tensor().elements()),
            Column.number("bytes", "bytes", Unit.COUNT, row -> row.tensor().info().bytes()),
            Column.number("running_total", "total", Unit.COUNT, TensorRow::total),
            Column.text("storage", "storage", row -> row.piece() == null ? null : row.piece().storage().key()),
            Column.number("offset", "offset", Unit.COUNT,
                    row -> row.piece() == null ? Double.NaN : row.piece().view().offset()),
            Column.text("stride", "stride", row -> row.piece() == null
                    ? null
                    : row.piece().view().strides().stream().map(String::valueOf).collect(Collectors.joining("x"))),
            Column.text("values", "values",
                    row -> row.values() == null ? null : Values.joined(row.values(), " ", Values::exact)));

    private final RowWriter csv = DelimitedWriter.csv();

    @Override
    public void add(InspectReport report) {
        csv.add(List.of("file"), List.of(report.name()), "tensor", COLUMNS, report.rows());
    }

    @Override
    public String text() {
        return csv.text();
    }
}
