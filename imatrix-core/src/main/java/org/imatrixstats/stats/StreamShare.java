package org.imatrixstats.stats;

/**
 * What a tensor and the blocks of its layer write to the residual stream of a model, each NaN where it is undefined.
 *
 * @param share     of the stream behind its block that the tensor writes; undefined if it does not write the stream itself
 * @param weight    KL divergence that an error in the tensor costs, per unit of its relative error
 * @param attention share of the stream that the attention of the layer writes
 * @param ffn       share that its FFN writes
 * @param carried   effective share of the columns that carry the FFN, doubled, at most 1
 */
public record StreamShare(double share, double weight, double attention, double ffn, double carried) {
    public static final StreamShare UNKNOWN = new StreamShare(Double.NaN, Double.NaN, Double.NaN, Double.NaN,
            Double.NaN);
}
