package org.imatrixstats.plan;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * Types for the tensors that no rule and no option gives one. It counts the tensors that it is asked about, as the program
 * does.
 */
public interface Mix {
    GgmlType type(TensorInfo tensor) throws RefusedException;

    /** The option that the program looks at before it mixes; null if it looks at none. */
    TypeOption option(String tensor);

    /** The first and the last eighth, and of the others every third. */
    static boolean moreBits(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    /** The number of the layer of a tensor: by count, or by name where there are experts. */
    static int layer(TensorInfo tensor, int counted, Model model) throws RefusedException {
        if (model.experts() <= 1) {
            return counted;
        }
        int layer = TensorName.of(tensor.name()).block();
        if (layer == TensorName.NO_LAYER) {
            throw new RefusedException("tensor '" + tensor.name() + "': its layer cannot be determined from its name");
        }
        if (layer >= model.layers()) {
            throw new RefusedException("tensor '" + tensor.name() + "': bad layer " + layer + ", must be in [0, "
                    + model.layers() + "), the block_count of the model");
        }
        return layer;
    }
}
