package org.imatrixstats.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/** Which tensors are changed together in one run. */
public enum Grouping {
    /** Each tensor alone. */
    TENSOR {
        @Override
        String key(TensorName name) {
            return name.name();
        }
    },
    /** All tensors of a kind. */
    KIND {
        @Override
        String key(TensorName name) {
            return name.kind();
        }
    },
    /** All tensors of a layer; those without one alone. */
    LAYER {
        @Override
        String key(TensorName name) {
            return name.hasLayer() ? "blk." + name.layer() : name.name();
        }
    },
    /** The attention and the FFN of each layer; tensors without a layer alone. */
    BLOCK {
        @Override
        String key(TensorName name) {
            return name.hasLayer()
                    ? "blk." + name.layer() + (name.kind().startsWith("ffn_") ? ".ffn" : ".attn")
                    : name.name();
        }
    };

    /** What the tensors of a group share. */
    abstract String key(TensorName name);

    /** The groups, in the order of their first tensors. */
    public List<List<TensorInfo>> groups(List<TensorInfo> tensors) {
        Map<String, List<TensorInfo>> groups = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            groups.computeIfAbsent(name(tensor), _ -> new ArrayList<>()).add(tensor);
        }
        return List.copyOf(groups.values());
    }

    /** The name of the group of a tensor. */
    public String name(TensorInfo tensor) {
        return key(TensorName.of(tensor.name()));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
