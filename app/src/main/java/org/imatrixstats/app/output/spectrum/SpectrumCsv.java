package org.imatrixstats.app.output.spectrum;

import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.RowWriter;

/** A row per matrix or per layer, with the keys of the JSON. */
final class SpectrumCsv {
    private SpectrumCsv() {
    }

    static String text(SpectrumReport report, boolean layers) {
        RowWriter csv = DelimitedWriter.csv();
        if (layers) {
            csv.add(List.of(), List.of(), "layer", SpectrumColumns.ofLayers(report), report.layers());
        } else {
            csv.add(List.of(), List.of(), "tensor", SpectrumColumns.ofMatrices(report), report.spectrum().matrices());
        }
        return csv.text();
    }
}
