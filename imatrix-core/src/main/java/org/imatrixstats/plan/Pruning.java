package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * Layers that are left out of a model, as {@code --prune-layers} of llama.cpp does: the layers behind them move up.
 *
 * @param model  the model without these layers, its tensors under their new names
 * @param former the name that each tensor had, by the one that it has now
 * @param layers how many layers remain
 */
public record Pruning(Model model, Map<String, String> former, int layers) {
    private static final int LAST_OF_ONE_DIGIT = 9;

    /** @throws FormatException if the model has no such layer, or no other, or llama-quantize would mix them up: it stops at none of these */
    public static Pruning of(Model model, Set<Integer> pruned) throws FormatException {
        TreeSet<Integer> there = new TreeSet<>();
        model.tensors().stream().map(tensor -> TensorName.of(tensor.name())).filter(TensorName::hasLayer)
                .forEach(name -> there.add(name.layer()));
        for (int layer : pruned) {
            if (!there.contains(layer)) {
                throw new FormatException(model.name(), "has no layer " + layer + " to prune");
            }
        }
        if (there.last() > LAST_OF_ONE_DIGIT
                && model.tensors().stream().map(tensor -> TensorName.of(tensor.name()))
                        .anyMatch(name -> name.hasLayer() && name.block() == TensorName.NO_LAYER)) {
            throw new FormatException(model.name(),
                    "the layers of this model cannot be pruned: llama-quantize would number them anew"
                            + " in the order of their names, layer 10 before layer 2");
        }
        Map<Integer, Integer> moved = new TreeMap<>();
        for (int layer : there) {
            if (!pruned.contains(layer)) {
                moved.put(layer, moved.size());
            }
        }
        if (moved.isEmpty()) {
            throw new FormatException(model.name(), "no layer would remain");
        }
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, String> former = new HashMap<>();
        for (TensorInfo tensor : model.tensors()) {
            TensorName name = TensorName.of(tensor.name());
            if (name.hasLayer() && pruned.contains(name.layer())) {
                continue;
            }
            String now = name.hasLayer() ? name.inLayer(moved.get(name.layer())) : tensor.name();
            former.put(now, tensor.name());
            tensors.add(new TensorInfo(now, tensor.dims(), tensor.type(), tensor.part(), tensor.offset(),
                    tensor.bytes()));
        }
        return new Pruning(new Model(model.name(), model.architecture(), model.layers(), model.queryGroup(),
                model.experts(), model.vocabulary(), model.sharedKv(), tensors), former, moved.size());
    }

    /** The entries of an importance matrix under the new names of their tensors. */
    public Map<String, Long> entries(Map<String, Long> sizes) {
        Map<String, Long> renamed = new HashMap<>();
        former.forEach((now, before) -> {
            if (sizes.containsKey(before)) {
                renamed.put(now, sizes.get(before));
            }
        });
        return renamed;
    }

    /** A tensor under the name that the model has for it. */
    public TensorInfo asStored(TensorInfo tensor) {
        return new TensorInfo(former.get(tensor.name()), tensor.dims(), tensor.type(), tensor.part(), tensor.offset(),
                tensor.bytes());
    }
}
