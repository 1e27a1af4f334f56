package org.imatrixstats.spectrum;

import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.tensor.TensorSource;

/**
 * The spectra of the matrices of a model, and the scores of its layers.
 *
 * @param exact     whether all singular values were computed, not those of windows alone
 * @param matrices  in the order of the file, those of experts one after the other
 * @param skipped   tensors that are no matrices of finite values
 * @param layers    ascending; those without a matrix that counts are left out
 * @param imatrices names of the importance matrices
 */
public record ModelSpectrum(String name, boolean exact, List<MatrixSpectrum> matrices, List<Skipped> skipped,
        List<LayerSpectrum> layers, List<String> imatrices) {
    /** A tensor without figures. */
    public record Skipped(String name, String why) {
    }

    /**
     * Looks at all matrices.
     *
     * @param progress is told of work that is done, by one thread at a time
     * @param total    is told once, before, how much work that will be
     */
    public static ModelSpectrum of(TensorSource source, SpectrumOptions options, LongConsumer total,
            LongConsumer progress) throws IOException {
        return new SpectrumCalculator(source, options, progress).spectrum(total);
    }
}
