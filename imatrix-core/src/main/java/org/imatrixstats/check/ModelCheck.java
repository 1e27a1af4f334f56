package org.imatrixstats.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.tensor.TensorName;

/** Compares an importance matrix with the tensor table of the model that is to be quantized with it. */
final class ModelCheck {
    private static final Set<String> LOOKED_UP = Set.of("nextn.embed_tokens", "nextn.shared_head_head");

    private final Map<String, ImatrixEntry> entries;
    private final TensorSource model;
    private final List<TensorInfo> tensors;
    private final long firstNextnLayer;
    private final long layers;
    private final long sharedKv;
    private final Map<NameForm, List<String>> otherForms = new EnumMap<>(NameForm.class);
    private final SortedSet<Integer> sharedKvLayers = new TreeSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> withoutEntry = new ArrayList<>();
    private final List<String> nextnWithoutEntry = new ArrayList<>();

    ModelCheck(Imatrix imatrix, ModelFile model) throws FormatException {
        this.entries = imatrix.entries();
        this.model = model.asGguf();
        this.tensors = model.converted();
        this.layers = model.config().get(Hyperparameter.LAYERS, 0);
        this.sharedKv = model.config().get(Hyperparameter.SHARED_KV_LAYERS, 0);
        long nextn = model.config().get(Hyperparameter.NEXTN_LAYERS, 0);
        this.firstNextnLayer = nextn > 0 && layers > 0 ? layers - nextn : Long.MAX_VALUE;
    }

    List<Finding> findings() {
        for (TensorInfo tensor : tensors) {
            ImatrixEntry entry = entries.get(tensor.name());
            if (entry != null) {
                compareSize(entry, tensor);
            } else if (Model.isUnused(tensor.name(), layers, sharedKv)) {
                sharedKvLayers.add(TensorName.of(tensor.name()).layer());
            } else if (Dialects.llamaCpp().mayQuantize(tensor)) {
                Optional<NameForm.Other> other = NameForm.of(tensor.name(), entries::containsKey);
                if (other.isPresent()) {
                    otherForms.computeIfAbsent(other.get().form(), _ -> new ArrayList<>())
                            .add(tensor.name() + " is " + other.get().name() + " in the file");
                } else {
                    withoutEntry.add(tensor.name());
                    report(tensor);
                }
            }
        }
        if (!sharedKvLayers.isEmpty()) {
            findings.add(
                    Finding.ofFile(FindingCode.SHARED_KV, "attn_k and attn_v of " + LayerCheck.layers(sharedKvLayers)
                            + " have no entry"));
        }
        if (!nextnWithoutEntry.isEmpty()) {
            SortedSet<Integer> layers = new TreeSet<>();
            nextnWithoutEntry.forEach(tensor -> layers.add(TensorName.of(tensor).layer()));
            findings.add(Finding.ofTensor(FindingCode.NEXTN_WITHOUT_DATA, nextnWithoutEntry.getFirst(),
                    "no entry for " + nextnWithoutEntry.size() + " tensors of " + LayerCheck.layers(layers)));
        }
        otherForms.forEach((form, tensors) -> findings.add(Finding.ofFile(FindingCode.NAME_FORM,
                tensors.size() + (tensors.size() == 1 ? " tensor: " : " tensors: ") + form.description() + ", such as "
                        + tensors.getFirst())));
        for (String name : entries.keySet()) {
            if (model.tensor(name) == null && NameForm.of(name, tensor -> model.tensor(tensor) != null).isEmpty()
                    && MlaVariants.of(name, tensor -> model.tensor(tensor) != null).isEmpty()) {
                findings.add(Finding.ofTensor(FindingCode.ENTRY_WITHOUT_TENSOR, name,
                        "no such tensor in " + model.name()));
            }
        }
        return findings;
    }

    /** Tensors of the model that may be quantized and have no entry by their name. */
    List<String> withoutEntry() {
        return withoutEntry;
    }

    private void compareSize(ImatrixEntry entry, TensorInfo tensor) {
        // The quantizers make an exception of it too.
        if (tensor.name().equals("token_embd.weight")) {
            return;
        }
        if (entry.size() != columns(tensor)) {
            findings.add(Finding.ofTensor(FindingCode.SIZE_MISMATCH, tensor.name(),
                    entry.size() + " columns, but the model has " + columns(tensor)
                            + (matrices(tensor) == 1 ? "" : " (" + matrices(tensor) + " × " + tensor.ne0() + ")")));
        }
    }

    /** Columns of all matrices of a tensor together: what its entry must have. */
    static long columns(TensorInfo tensor) {
        return tensor.ne0() * matrices(tensor);
    }

    /** Matrices of a tensor, such as those of its experts. */
    static long matrices(TensorInfo tensor) {
        return tensor.dims().stream().skip(2).reduce(1L, (a, b) -> a * b);
    }

    private void report(TensorInfo tensor) {
        List<String> variants = MlaVariants.of(tensor.name(), entries::containsKey);
        if (!variants.isEmpty()) {
            findings.add(Finding.ofTensor(FindingCode.MLA_VARIANT, tensor.name(),
                    "no entry, but one for " + String.join(" and ", variants)));
        } else if (TensorName.of(tensor.name()).block() >= firstNextnLayer) {
            reportNextn(tensor.name());
        } else if (!Dialects.llamaCpp().exempt().contains(tensor.name())) {
            findings.add(Finding.ofTensor(FindingCode.TENSOR_WITHOUT_ENTRY, tensor.name(), "no entry"));
        }
    }

    private void reportNextn(String tensor) {
        TensorName name = TensorName.of(tensor);
        boolean layerHasData = entries.values().stream()
                .anyMatch(entry -> entry.name().block() == name.block() && entry.elements() > 0);
        if (!layerHasData) {
            nextnWithoutEntry.add(tensor);
        } else if (LOOKED_UP.contains(name.kind())) {
            findings.add(Finding.ofTensor(FindingCode.NEXTN_LOOKED_UP, tensor, "no entry"));
        } else {
            findings.add(Finding.ofTensor(FindingCode.TENSOR_WITHOUT_ENTRY, tensor, "no entry"));
        }
    }
}
