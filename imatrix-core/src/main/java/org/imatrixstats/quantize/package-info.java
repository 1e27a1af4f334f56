/**
 * Quantized models: the data of each tensor as llama-quantize writes them, the file around them, and whether a file holds
 * what its inputs give.
 *
 * <p>Start reading at {@link org.imatrixstats.quantize.QuantizedModel}.
 */
package org.imatrixstats.quantize;
