package org.imatrixstats.imatrix.quantize;

import org.imatrixstats.gguf.GgmlType;
import org.imatrixstats.gguf.TensorInfo;

/**
 * What becomes of one tensor.
 *
 * @param source    as it is in the model
 * @param type      what it is stored as
 * @param bytes     of its data, without padding
 * @param rule      the rule that gave the type; null where the base type, its mix or an option did
 * @param wanted    the type before the shape of the tensor demanded another
 * @param fallback  whether the program counts that as a fallback
 * @param quantized false for a tensor that the program never touches: it is copied as it is
 */
public record PlannedTensor(TensorInfo source, GgmlType type, long bytes, Rule rule, GgmlType wanted,
        boolean fallback, boolean quantized) {
    public String name() {
        return source.name();
    }
}
