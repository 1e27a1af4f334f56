package org.imatrixstats.measure;

/**
 * How far a model is from its original, as {@code llama-perplexity --kl-divergence} prints it. NaN where it is not known.
 *
 * @param kld          mean KL divergence from the original, in nats per token. Noise can put it a little below 0
 * @param kldError     its standard error, with what rounding to the printed digits adds
 * @param ppl          perplexity
 * @param pplError     its standard error
 * @param sameTop      share of tokens for which both models find the same token most likely, per unit
 * @param sameTopError its standard error
 * @param chunks       chunks of text that were evaluated; 0 if it is not known
 * @param running      whether the figures are the running ones of the last chunk, which have fewer digits, because the
 *                     program lost its last lines
 */
public record KlDivergence(double kld, double kldError, double ppl, double pplError, double sameTop,
        double sameTopError, int chunks, boolean running) {
}
