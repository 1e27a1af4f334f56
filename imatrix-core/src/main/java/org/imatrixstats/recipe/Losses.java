package org.imatrixstats.recipe;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;

/**
 * What a tensor loses in a type: weight · elements · D(type), weight · E(tensor, type) where weights are residual shares, or
 * what was measured.
 *
 * @param weights     by tensor
 * @param sensitivity empty if nothing was measured
 * @param entries     tensors that the importance matrix has an entry of
 * @param errors      E of each tensor and type; D stands for what is not there
 * @param shares      whether weights are of a whole tensor, however many elements it has, so that losses are KL divergences:
 *                    residual shares, or what was measured by E
 * @param measured    where weights were measured; empty where none was
 * @param scores      the file of scores of layers that stand in for residual shares; empty without one
 */
public record Losses(Dialect dialect, Map<String, Double> weights, Distortion distortion,
        Optional<Sensitivity> sensitivity, Set<String> entries, Optional<TensorErrors> errors, boolean shares,
        Optional<String> measured, Optional<String> scores) {
    /** By weights that nobody measured. */
    public Losses(Dialect dialect, Map<String, Double> weights, Distortion distortion,
            Optional<Sensitivity> sensitivity, Set<String> entries, Optional<TensorErrors> errors, boolean shares) {
        this(dialect, weights, distortion, sensitivity, entries, errors, shares, Optional.empty(), Optional.empty());
    }

    /** By D(type) alone. */
    public Losses(Dialect dialect, Map<String, Double> weights, Distortion distortion,
            Optional<Sensitivity> sensitivity, Set<String> entries) {
        this(dialect, weights, distortion, sensitivity, entries, Optional.empty(), false);
    }

    /** The same with errors that were measured. */
    public Losses with(TensorErrors measured) {
        return new Losses(dialect, weights, distortion, sensitivity, entries, Optional.of(measured), shares,
                this.measured, scores);
    }

    /** Whether the quantizer will find an entry for the tensor. */
    boolean hasEntry(TensorInfo tensor) {
        if (entries.isEmpty()) {
            return false;
        }
        for (String name : dialect.entryNames(tensor.name())) {
            if (entries.contains(name)) {
                return true;
            }
        }
        return false;
    }

    double weight(TensorInfo tensor) {
        return weights.getOrDefault(tensor.name(), 1.0);
    }

    /** What the loss of a tensor is a share of; 0 where losses were measured. */
    public double norm(TensorInfo tensor) {
        return sensitivity.isPresent() ? 0 : weight(tensor) * (shares ? 1 : tensor.elements());
    }

    /** 0 for a quant that keeps its type: it is copied. NaN if it is not known. */
    public double of(TensorInfo tensor, GgmlType type) {
        if (type == tensor.ggmlType() && PlannedTensor.isQuant(type)) {
            return 0;
        }
        return sensitivity.isPresent()
                ? sensitivity.get().loss(tensor.name(), type, other -> relativeError(tensor, other))
                : norm(tensor) * relativeError(tensor, type);
    }

    /** What the quantized tensors of a plan lose; NaN if that of one is not known. */
    public double of(Plan plan) {
        double loss = 0;
        for (PlannedTensor tensor : plan.tensors()) {
            loss += tensor.quantized() ? of(tensor.source(), tensor.type()) : 0;
        }
        return loss;
    }

    /** E of the tensor in the type, or D of the type where it was not measured; NaN if neither is known. */
    public double relativeError(TensorInfo tensor, GgmlType type) {
        if (errors.isPresent()) {
            OptionalDouble measured = errors.get().of(tensor.name(), type);
            if (measured.isPresent()) {
                return measured.getAsDouble();
            }
        }
        return distortion.of(type, hasEntry(tensor));
    }
}
