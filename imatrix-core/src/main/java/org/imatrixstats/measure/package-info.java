/**
 * How far quantized models are from their original, measured by running {@code llama-perplexity}.
 *
 * <p>Start reading at {@link org.imatrixstats.measure.KlDivergence}.
 */
package org.imatrixstats.measure;
