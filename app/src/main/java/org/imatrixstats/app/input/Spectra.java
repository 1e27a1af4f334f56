package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.spectrum.SpectrumCalculator;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.weights.ModelReview;
import org.imatrixstats.weights.ReviewOptions;
import org.imatrixstats.weights.TensorReview;

/** An open model whose spectra are computed, under the names that its tensors have in GGUF. */
public record Spectra(ModelFile file, TensorSource tensors, Console console) implements AutoCloseable {
    public static Spectra open(Path path, Console console) throws IOException {
        ModelFile file = ModelInput.open(path, console);
        try {
            return new Spectra(file, ModelInput.tensors(file), console);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Figures that took time, in the user's cache folder. */
    public static FigureCache cache(boolean used) {
        return used ? new FigureCache(UserCache.folder(), "spectrum") : FigureCache.none();
    }

    public ModelSpectrum compute(SpectrumOptions options) throws IOException {
        Progress[] progress = {null};
        ModelSpectrum spectrum;
        try {
            spectrum = SpectrumCalculator.spectrum(tensors, options,
                    total -> progress[0] = console.progress("spectra of " + file.name(), total),
                    work -> progress[0].advance(work));
        } finally {
            if (progress[0] != null) {
                progress[0].close();
            }
        }
        for (int i = 0; i < options.imatrices().size(); i++) {
            int imatrix = i;
            if (spectrum.matrices().stream().allMatch(matrix -> matrix.saliencies().get(imatrix) == null)) {
                console.warn(spectrum.imatrices().get(i) + " has no entry for a tensor of " + file.name()
                        + ": is it of another model?");
            }
        }
        return spectrum;
    }

    /** Everything that there is to see of a model, by the usual choices. */
    public ModelSpectrum compute(SpectrumOptions.Method method, List<Imatrix> imatrices, Predicate<TensorName> selected,
            int threads, boolean cached) throws IOException {
        return compute(new SpectrumOptions(method, imatrices, List.of(0.5, 0.7), selected, SpectrumOptions::isScored,
                threads, cache(cached)));
    }

    /** The variance of the weights of each tensor. */
    public Map<String, Double> variances(int threads) throws IOException {
        Map<String, Double> variances = new HashMap<>();
        ModelReview review = ModelReview.of(tensors,
                new ReviewOptions(ModelReview.DEFAULT_BINS, null, threads, false),
                _ -> {
                });
        for (TensorReview tensor : review.tensors()) {
            double deviation = tensor.sums().stdDev();
            if (Double.isFinite(deviation)) {
                variances.put(tensor.name().name(), deviation * deviation);
            }
        }
        return variances;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
