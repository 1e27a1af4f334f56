package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.PlannedTensor;

/**
 * The quantized tensors of one kind in a plan.
 *
 * @param tensors  by type, in the order of the plan
 * @param elements of all
 * @param bytes    of all
 * @param loss     of all; NaN if that of one is not known
 * @param weighted Σ weight · elements: what the loss is a share of; 0 if losses were measured
 */
public record KindTotals(String kind, Map<GgmlType, List<TensorName>> tensors, long elements, long bytes, double loss,
        double weighted) {
    /** The totals of each kind of a plan, kinds in the order of their names. */
    public static List<KindTotals> of(Collection<PlannedTensor> plan, Losses losses) {
        Map<String, List<PlannedTensor>> kinds = new TreeMap<>();
        for (PlannedTensor tensor : plan) {
            if (tensor.quantized()) {
                kinds.computeIfAbsent(TensorName.of(tensor.name()).kind(), _ -> new ArrayList<>()).add(tensor);
            }
        }
        List<KindTotals> totals = new ArrayList<>();
        kinds.forEach((kind, members) -> totals.add(of(kind, members, losses)));
        return totals;
    }

    private static KindTotals of(String kind, List<PlannedTensor> members, Losses losses) {
        Map<GgmlType, List<TensorName>> tensors = new TreeMap<>();
        long elements = 0;
        long bytes = 0;
        double loss = 0;
        double weighted = 0;
        for (PlannedTensor tensor : members) {
            tensors.computeIfAbsent(tensor.type(), _ -> new ArrayList<>()).add(TensorName.of(tensor.name()));
            elements += tensor.source().elements();
            bytes += tensor.bytes();
            loss += losses.of(tensor.source(), tensor.type());
            weighted += losses.norm(tensor.source());
        }
        return new KindTotals(kind, tensors, elements, bytes, loss, weighted);
    }

    public int count() {
        return tensors.values().stream().mapToInt(List::size).sum();
    }

    public double bitsPerWeight() {
        return bytes * 8.0 / elements;
    }

    /** The loss per weight: the relative squared error on average; where losses were measured, their sum. */
    public double distortion() {
        return distortion(List.of(this));
    }

    /** The same over several kinds. */
    public static double distortion(List<KindTotals> kinds) {
        double loss = kinds.stream().mapToDouble(KindTotals::loss).sum();
        double weighted = kinds.stream().mapToDouble(KindTotals::weighted).sum();
        return weighted > 0 ? loss / weighted : loss;
    }
}
