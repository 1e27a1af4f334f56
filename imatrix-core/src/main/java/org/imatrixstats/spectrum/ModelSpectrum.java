package org.imatrixstats.spectrum;

import java.util.List;

/**
 * The spectra of the matrices of a model, and the scores of its layers.
 *
 * @param exact     whether all singular values were computed, not those of windows alone
 * @param matrices  in the order of the file, those of experts one after the other
 * @param skipped   tensors that are not matrices of finite values
 * @param layers    ascending; those without a matrix that counts are left out
 * @param imatrices names of the importance matrices
 */
public record ModelSpectrum(String name, boolean exact, List<MatrixSpectrum> matrices, List<Skipped> skipped,
        List<LayerSpectrum> layers, List<String> imatrices) {
    /** A tensor without figures. */
    public record Skipped(String name, String why) {
    }
}
