package org.imatrixstats.recipe;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.PlannedTensor;

/**
 * What a tensor loses in a type: weight · elements · D(type), or what was measured.
 *
 * @param weights     by tensor
 * @param sensitivity empty if nothing was measured
 * @param entries     tensors that the importance matrix has an entry of
 */
public record Losses(Dialect dialect, Map<String, Double> weights, Distortion distortion,
        Optional<Sensitivity> sensitivity, Set<String> entries) {
    /** Whether the quantizer will find an entry for the tensor. */
    boolean hasEntry(TensorInfo tensor) {
        return dialect.entryNames(tensor.name()).stream().anyMatch(entries::contains);
    }

    double weight(TensorInfo tensor) {
        return weights.getOrDefault(tensor.name(), 1.0);
    }

    /** What the loss of a tensor is a share of; 0 where losses were measured. */
    double norm(TensorInfo tensor) {
        return sensitivity.isPresent() ? 0 : weight(tensor) * tensor.elements();
    }

    /** 0 for a quant that keeps its type: it is copied. NaN if it is not known. */
    public double of(TensorInfo tensor, GgmlType type) {
        if (type == tensor.ggmlType() && PlannedTensor.isQuant(type)) {
            return 0;
        }
        double perElement = distortion.of(type, hasEntry(tensor));
        return sensitivity.isPresent()
                ? sensitivity.get().loss(tensor.name(), type, perElement)
                : weight(tensor) * tensor.elements() * perElement;
    }
}
