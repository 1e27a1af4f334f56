package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;

/** Whether an importance matrix is one of the model that is to be quantized with it. */
public final class ModelFit {
    private ModelFit() {
    }

    /**
     * What does not fit, one sentence each.
     *
     * @throws FormatException if the program would stop at it, or if it is the matrix of another model altogether
     */
    public static List<String> warnings(Imatrix imatrix, Model model, Dialect dialect) throws FormatException {
        Map<String, Long> entries = QuantizeOptions.sizes(imatrix);
        List<TensorInfo> quantized = model.tensors().stream().filter(dialect::mayQuantize).toList();
        Set<String> unknown = new LinkedHashSet<>(entries.keySet());
        model.tensors().forEach(tensor -> unknown.remove(tensor.name()));
        if (unknown.size() == entries.size()) {
            throw new ImatrixException(imatrix.name(), "has no entry of a tensor of " + model.name()
                    + ": expected the importance matrix of this model");
        }
        for (TensorInfo tensor : quantized) {
            if (dialect.stopsAtEntry(tensor, entries)) {
                String entry = dialect.entry(tensor.name(), entries).orElseThrow();
                throw new ImatrixException(imatrix.name(), entry,
                        entries.get(entry) + " columns, but " + model.name() + " has " + Model.entrySize(tensor)
                                + (entry.equals(tensor.name()) ? "" : " in " + tensor.name()) + ": " + dialect.name()
                                + " stops there, expected the importance matrix of this model");
            }
        }
        List<String> warnings = new ArrayList<>();
        if (!unknown.isEmpty()) {
            warnings.add(imatrix.name() + ": " + unknown.size() + " of " + entries.size()
                    + " entries are of no tensor of " + model.name() + ", the first " + unknown.iterator().next());
        }
        List<String> without = quantized.stream().map(TensorInfo::name)
                .filter(name -> !dialect.exempt().contains(name) && !model.isUnused(name))
                .filter(name -> dialect.entry(name, entries).isEmpty()).toList();
        if (!without.isEmpty()) {
            warnings.add(imatrix.name() + ": no entry for " + without.size() + " tensors that are quantized, the first "
                    + without.getFirst() + ": they are taken to be of middling importance within their kind");
        }
        return warnings;
    }
}
