package org.imatrixstats.app.output.inspect;

import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.terminal.Text;

/** A row per tensor, with the keys of the JSON. */
final class InspectCsv implements InspectWriter {
    private final StringBuilder text = new StringBuilder(DelimitedWriter.csvLine(List.of("file", "name", "gguf_name",
            "shape", "dtype", "numel", "bytes", "running_total", "storage", "offset", "stride", "values")));

    @Override
    public void add(InspectReport report) {
        for (TensorRow row : report.rows()) {
            boolean view = row.piece() != null;
            text.append(DelimitedWriter.csvLine(List.of(Text.printable(report.name()),
                    Text.printable(row.name()), row.gguf() == null ? "" : row.gguf(),
                    row.tensor().shape().stream().map(String::valueOf).collect(Collectors.joining("x")),
                    row.tensor().typeName(), Long.toString(row.tensor().elements()),
                    Long.toString(row.tensor().info().bytes()), Long.toString(row.total()),
                    view ? row.piece().storage().key() : "", view ? Long.toString(row.piece().view().offset()) : "",
                    view
                            ? row.piece().view().strides().stream().map(String::valueOf)
                                    .collect(Collectors.joining("x"))
                            : "",
                    row.values() == null ? "" : Values.joined(row.values(), " ", Values::exact))));
        }
    }

    @Override
    public String text() {
        return text.toString();
    }
}
