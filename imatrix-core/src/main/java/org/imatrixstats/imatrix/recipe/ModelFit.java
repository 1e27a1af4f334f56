package org.imatrixstats.imatrix.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.gguf.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.Model;

/** Whether an importance matrix is one of the model that is to be quantized with it. */
public final class ModelFit {
    private static final String TOKEN_EMBEDDINGS = "token_embd.weight";
    private static final String OUTPUT = "output.weight";

    private ModelFit() {
    }

    /**
     * What does not fit, one sentence each.
     *
     * @throws FormatException if so much does not that it is the matrix of another model
     */
    public static List<String> warnings(Imatrix imatrix, Model model, Dialect dialect) throws FormatException {
        Map<String, TensorInfo> tensors = model.tensors().stream()
                .collect(Collectors.toMap(TensorInfo::name, Function.identity()));
        List<String> unknown = new ArrayList<>();
        for (ImatrixEntry entry : imatrix.entries().values()) {
            String name = entry.name().name();
            TensorInfo tensor = tensors.get(name);
            if (tensor == null) {
                unknown.add(name);
            } else if (!name.equals(TOKEN_EMBEDDINGS) && entry.size() != Model.entrySize(tensor)) {
                throw new ImatrixException(imatrix.path(), name, entry.size() + " columns, but " + model.path()
                        + " has " + Model.entrySize(tensor) + ": expected the importance matrix of this model");
            }
        }
        if (unknown.size() == imatrix.entries().size()) {
            throw new ImatrixException(imatrix.path(), "has no entry of a tensor of " + model.path()
                    + ": expected the importance matrix of this model");
        }
        List<String> warnings = new ArrayList<>();
        if (!unknown.isEmpty()) {
            warnings.add(imatrix.path() + ": " + unknown.size() + " of " + imatrix.entries().size()
                    + " entries are of no tensor of " + model.path() + ", the first " + unknown.getFirst());
        }
        List<String> without = model.tensors().stream().filter(dialect::mayQuantize).map(TensorInfo::name)
                .filter(name -> !name.equals(TOKEN_EMBEDDINGS) && !name.equals(OUTPUT))
                .filter(name -> dialect.entryNames(name).stream().noneMatch(imatrix.entries()::containsKey)).toList();
        if (!without.isEmpty()) {
            warnings.add(imatrix.path() + ": no entry for " + without.size() + " tensors that are quantized, the first "
                    + without.getFirst() + ": they are taken to be of middling importance within their kind");
        }
        return warnings;
    }
}
