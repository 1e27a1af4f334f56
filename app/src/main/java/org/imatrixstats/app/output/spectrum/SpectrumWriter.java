package org.imatrixstats.app.output.spectrum;

import java.util.List;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.spectrum.MatrixSpectrum;

/** Makes text of the spectra of a model. */
public final class SpectrumWriter {
    private SpectrumWriter() {
    }

    /**
     * What is shown beyond the usual.
     *
     * @param all     in tables: a row per matrix also where kinds and what stands out would do
     * @param layers  in CSV: a row per layer
     * @param values  in JSON: all singular values
     * @param plotted the matrices whose spectrum a table draws
     */
    public record Detail(boolean all, boolean layers, boolean values, List<MatrixSpectrum> plotted) {
        public static final Detail NONE = new Detail(false, false, false, List.of());
    }

    public static String text(OutputFormat format, SpectrumReport report, Terminal terminal, Detail detail) {
        return switch (format) {
            case TABLE -> SpectrumText.text(report, terminal, detail);
            case CSV -> SpectrumCsv.text(report, detail.layers);
            case JSON -> SpectrumJson.text(List.of(report), detail.values ? Integer.MAX_VALUE : 0);
            case MARKDOWN -> SpectrumText.markdown(report, detail);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
