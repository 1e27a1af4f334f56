package org.imatrixstats.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.NameForm;
import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;

/** The findings that the fit of an importance matrix and a model gives. */
final class ModelFindings {
    private static final Set<String> LOOKED_UP = Set.of("nextn.embed_tokens", "nextn.shared_head_head");

    private final Imatrix imatrix;
    private final TensorSource model;
    private final ModelFit fit;
    private final long firstNextnLayer;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> nextnWithoutEntry = new ArrayList<>();

    ModelFindings(Imatrix imatrix, ModelFile model) throws FormatException {
        this.imatrix = imatrix;
        this.model = model.asGguf();
        long layers = model.config().get(Hyperparameter.LAYERS, 0);
        long sharedKv = model.config().get(Hyperparameter.SHARED_KV_LAYERS, 0);
        long nextn = model.config().get(Hyperparameter.NEXTN_LAYERS, 0);
        this.firstNextnLayer = nextn > 0 && layers > 0 ? layers - nextn : Long.MAX_VALUE;
        this.fit = new ModelFit(imatrix, model.converted(), tensor -> Model.isUnused(tensor, layers, sharedKv),
                Dialects.llamaCpp());
    }

    List<Finding> findings() {
        fit.misfits().forEach(misfit -> findings.add(Finding.ofTensor(FindingCode.SIZE_MISMATCH, misfit.tensor().name(),
                misfit.explanation("the model"))));
        fit.withoutEntry().forEach(tensor -> withoutEntry(tensor.name()));
        if (!fit.unused().isEmpty()) {
            findings.add(Finding.ofFile(FindingCode.SHARED_KV, "attn_k and attn_v of "
                    + layers(fit.unused().stream().map(TensorInfo::name).toList()) + " have no entry"));
        }
        if (!nextnWithoutEntry.isEmpty()) {
            findings.add(Finding.ofTensor(FindingCode.NEXTN_WITHOUT_DATA, nextnWithoutEntry.getFirst(),
                    "no entry for " + Count.of(nextnWithoutEntry.size(), "tensor") + " of "
                            + layers(nextnWithoutEntry)));
        }
        fit.otherNames().forEach(names -> findings.add(Finding.ofFile(FindingCode.NAME_FORM, names)));
        for (String entry : fit.withoutTensor()) {
            if (!isInModel(entry) && NameForm.of(entry, this::isInModel).isEmpty()
                    && MlaVariants.of(entry, this::isInModel).isEmpty()) {
                findings.add(Finding.ofTensor(FindingCode.ENTRY_WITHOUT_TENSOR, entry,
                        "no such tensor in " + model.name()));
            }
        }
        return findings;
    }

    /** Tensors of the model that may be quantized and have no entry under any name. */
    List<String> withoutEntry() {
        return fit.withoutEntry().stream().map(TensorInfo::name).toList();
    }

    private boolean isInModel(String tensor) {
        return model.tensor(tensor) != null;
    }

    private static String layers(List<String> tensors) {
        SortedSet<Integer> layers = new TreeSet<>();
        tensors.forEach(tensor -> layers.add(TensorName.of(tensor).layer()));
        return LayerCheck.layers(layers);
    }

    private void withoutEntry(String tensor) {
        List<String> variants = MlaVariants.of(tensor, imatrix.entries()::containsKey);
        if (!variants.isEmpty()) {
            findings.add(Finding.ofTensor(FindingCode.MLA_VARIANT, tensor,
                    "no entry, but one for " + String.join(" and ", variants)));
        } else if (TensorName.of(tensor).block() >= firstNextnLayer) {
            withoutNextnEntry(tensor);
        } else if (!Dialects.llamaCpp().exempt().contains(tensor)) {
            findings.add(Finding.ofTensor(FindingCode.TENSOR_WITHOUT_ENTRY, tensor, "no entry"));
        }
    }

    private void withoutNextnEntry(String tensor) {
        TensorName name = TensorName.of(tensor);
        boolean layerHasData = imatrix.entries().values().stream()
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
