package org.imatrixstats.imatrix.stats;

import java.util.List;

/**
 * The figures of one importance matrix.
 *
 * @param tensors  by layer, those without a layer last, then by kind
 * @param layers   by number; tensors without a layer belong to none
 * @param warnings what a reader of the figures should know, one sentence each
 */
public record Report(List<TensorStats> tensors, List<LayerStats> layers, List<String> warnings) {
    public Report {
        tensors = List.copyOf(tensors);
        layers = List.copyOf(layers);
        warnings = List.copyOf(warnings);
    }
}
