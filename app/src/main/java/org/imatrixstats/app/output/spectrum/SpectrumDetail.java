package org.imatrixstats.app.output.spectrum;

import java.util.List;

import org.imatrixstats.spectrum.MatrixSpectrum;

/**
 * What is shown beyond the usual.
 *
 * @param all     in tables: a row per matrix also where kinds and what stands out would do
 * @param layers  in CSV: a row per layer
 * @param values  in JSON: all singular values
 * @param plotted the matrices whose spectrum a table draws
 */
public record SpectrumDetail(boolean all, boolean layers, boolean values, List<MatrixSpectrum> plotted) {
    public static final SpectrumDetail NONE = new SpectrumDetail(false, false, false, List.of());
}
