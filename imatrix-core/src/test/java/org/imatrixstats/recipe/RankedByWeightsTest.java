package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Model;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.SpectrumCalculator;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.junit.jupiter.api.Test;

class RankedByWeightsTest {
    private static ModelSpectrum spectrum(ModelFile model) throws IOException {
        return SpectrumCalculator.spectrum(model.asGguf(),
                new SpectrumOptions(SpectrumOptions.Method.FARMS, List.of(), List.of(),
                        name -> name.kind().equals("attn_q"), SpectrumOptions::isScored, 2, FigureCache.none()),
                _ -> {
                }, _ -> {
                });
    }

    @Test
    void alphaQGivesHeavyTailsMoreWeight() throws IOException {
        try (ModelFile file = ModelFile.open(ReferenceFiles.testdata("models/tiny-english-f16.gguf"))) {
            ModelSpectrum spectrum = spectrum(file);
            List<Double> alphas = spectrum.matrices().stream().map(RankedByWeights::alpha).sorted().toList();
            double median = (alphas.get(3) + alphas.get(4)) / 2;
            Map<String, Double> weights = RankedByWeights.alphaQ(Model.of(file), spectrum,
                    Map.of("blk.0.attn_q.weight", 0.25), 10);
            MatrixSpectrum first = spectrum.matrices().getFirst();
            assertEquals(0.25 * Math.pow(median / RankedByWeights.alpha(first), 10),
                    weights.get("blk.0.attn_q.weight"), 1e-9);
            // Without an exponent or a variance: like the median.
            assertEquals(1, weights.get("blk.0.attn_k.weight"));
        }
    }

    @Test
    void aLowExponentIsMoreImportant() throws IOException {
        try (ModelFile file = ModelFile.open(ReferenceFiles.testdata("models/tiny-english-f16.gguf"))) {
            ModelSpectrum spectrum = spectrum(file);
            Map<String, Double> z = Ranking.ALPHA.robustZ(spectrum);
            MatrixSpectrum least = spectrum.matrices().stream()
                    .min((a, b) -> Double.compare(RankedByWeights.alpha(a), RankedByWeights.alpha(b))).orElseThrow();
            assertEquals(z.values().stream().mapToDouble(each -> each).max().orElseThrow(), z.get(least.name().name()));
            assertTrue(z.get(least.name().name()) > 0);
            assertThrows(IllegalStateException.class, () -> Ranking.MEAN.robustZ(spectrum));
            assertEquals(GgmlType.F16, least.info().ggmlType());
        }
    }
}
