package org.imatrixstats.app.output.spectrum;

import java.util.List;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of the spectra of a model. */
public final class SpectrumWriter {
    private SpectrumWriter() {
    }

    public static String text(OutputFormat format, SpectrumReport report, Terminal terminal, SpectrumDetail detail) {
        return switch (format) {
            case TABLE -> SpectrumText.text(report, terminal, detail);
            case CSV -> SpectrumCsv.text(report, detail.layers());
            case JSON -> SpectrumJson.text(List.of(report), detail.values() ? Integer.MAX_VALUE : 0);
            case MARKDOWN -> SpectrumText.markdown(report, detail);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
