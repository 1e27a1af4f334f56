package org.imatrixstats.measure;

/**
 * A quantized model whose KL divergence was measured.
 *
 * @param name          the recipe, or the standard mix
 * @param model         the original; empty if it is not known
 * @param bytes         of the data of all tensors; 0 if it is not known
 * @param bitsPerWeight over the elements of all tensors; NaN if it is not known
 * @param result        what was measured
 * @param text          the text it was measured on; empty if it is not known
 * @param evaluation    a digest of model, text and arguments: only points of the same evaluation can be compared; empty if
 *                      others measured it
 * @param types         a digest of the type of each tensor and of the importance matrix; empty if others measured it
 */
public record KldPoint(String name, String model, long bytes, double bitsPerWeight, KlDivergence result, String text,
        String evaluation, String types) {
    /** Whether this is the same measurement as another, so that there is no need to repeat it. */
    public boolean repeats(KldPoint other) {
        return types.isEmpty()
                ? other.types.isEmpty() && name.equals(other.name) && result.kld() == other.result.kld()
                : types.equals(other.types) && evaluation.equals(other.evaluation);
    }
}
