package org.imatrixstats.spectrum;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.tensor.TensorName;

/**
 * What to compute.
 *
 * @param method    of the singular values
 * @param imatrices for saliencies and outliers; may be empty
 * @param ratios    of magnitude pruning, from 0 to 1
 * @param selected  the tensors to look at
 * @param scored    the kinds of matrices that the scores of layers are taken of
 * @param threads   how many; the answer is the same for any number
 * @param cache     of figures that take time
 */
public record SpectrumOptions(Method method, List<Imatrix> imatrices, List<Double> ratios,
        Predicate<TensorName> selected, Predicate<String> scored, int threads, FigureCache cache) {
    /** How much of a matrix is decomposed. */
    public enum Method {
        /** All singular values of each matrix. */
        EXACT,
        /** Windows alone: the exponents of {@link Farms}. */
        FARMS,
        /** Exact for a model that takes about a minute, else windows. */
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String ROUTER = "_gate_inp";

    /** Matrices of attention and feed-forward, also of experts; not what routes to experts. */
    public static boolean isScored(String kind) {
        return (kind.startsWith("attn_") || kind.startsWith("ffn_")) && !kind.contains(ROUTER);
    }
}
