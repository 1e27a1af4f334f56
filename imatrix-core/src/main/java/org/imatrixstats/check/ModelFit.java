package org.imatrixstats.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.NameForm;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.tensor.TensorInfo;

/** How the entries of an importance matrix and the tensors of a model go together, as a quantizer looks them up. */
public final class ModelFit {
    /**
     * A tensor whose entry has another size than it.
     *
     * @param entry the name of the entry
     */
    record Misfit(TensorInfo tensor, String entry, long entrySize) {
        String explanation(String model) {
            long matrices = Model.matrices(tensor);
            return entrySize + " columns, but " + model + " has " + Model.entrySize(tensor)
                    + (matrices == 1 ? "" : " (" + matrices + " × " + tensor.ne0() + ")");
        }
    }

    private final Imatrix imatrix;
    private final Map<String, Long> entries;
    private final Dialect dialect;
    private final List<Misfit> misfits = new ArrayList<>();
    private final List<TensorInfo> unused = new ArrayList<>();
    private final List<TensorInfo> withoutEntry = new ArrayList<>();
    private final List<String> underOtherNames = new ArrayList<>();
    private final List<String> withoutTensor = new ArrayList<>();

    /**
     * @param tensors the tensors of the model
     * @param unused  which of them take no part in any computation
     */
    ModelFit(Imatrix imatrix, List<TensorInfo> tensors, Predicate<String> unused, Dialect dialect) {
        this(imatrix, QuantizeOptions.sizes(imatrix), tensors, unused, dialect);
    }

    private ModelFit(Imatrix imatrix, Map<String, Long> entries, List<TensorInfo> tensors, Predicate<String> unused,
            Dialect dialect) {
        this.imatrix = imatrix;
        this.entries = entries;
        this.dialect = dialect;
        Set<String> names = new LinkedHashSet<>();
        for (TensorInfo tensor : tensors) {
            names.add(tensor.name());
            add(tensor, unused);
        }
        entries.keySet().stream().filter(entry -> !names.contains(entry)).forEach(withoutTensor::add);
    }

    /** The fit of a model that is to be quantized. */
    public static ModelFit of(Imatrix imatrix, Model model, Dialect dialect) {
        return new ModelFit(imatrix, model.tensors(), model::isUnused, dialect);
    }

    /**
     * The fit of tensors whose values are read, such as those of a model without metadata.
     *
     * @param entries the entries that count, by name
     */
    public static ModelFit of(Imatrix imatrix, Map<String, Long> entries, List<TensorInfo> tensors, Dialect dialect) {
        return new ModelFit(imatrix, entries, tensors, _ -> false, dialect);
    }

    private void add(TensorInfo tensor, Predicate<String> isUnused) {
        Optional<String> entry = dialect.entry(tensor.name(), entries);
        if (entry.isPresent()) {
            if (dialect.stopsAtEntry(tensor, entries)) {
                misfits.add(new Misfit(tensor, entry.get(), entries.get(entry.get())));
            }
        } else if (isUnused.test(tensor.name())) {
            unused.add(tensor);
        } else if (dialect.mayQuantize(tensor)) {
            if (NameForm.of(tensor.name(), entries::containsKey).isPresent()) {
                underOtherNames.add(tensor.name());
            } else {
                withoutEntry.add(tensor);
            }
        }
    }

    /** Tensors whose entries stop the program. */
    List<Misfit> misfits() {
        return misfits;
    }

    /** Tensors without an entry that take no part in any computation. */
    List<TensorInfo> unused() {
        return unused;
    }

    /** Tensors that may be quantized and have no entry under any name. */
    List<TensorInfo> withoutEntry() {
        return withoutEntry;
    }

    /** What entries under other names are for, one sentence for each form of name. */
    List<String> otherNames() {
        return NameForm.sentences(underOtherNames, entries::containsKey, "the file");
    }

    /** Entries that are for no tensor of the model under their name. */
    List<String> withoutTensor() {
        return withoutTensor;
    }

    /**
     * Refuses the importance matrix of another model: without it, every figure would silently count all columns alike.
     *
     * @param model the name of the model
     * @throws FormatException if no entry is for a tensor of the model, or the program would stop at one of another size
     */
    public void refuseOther(String model) throws FormatException {
        if (!entries.isEmpty() && withoutTensor.size() == entries.size()) {
            throw new ImatrixException(imatrix.name(), "has no entry for any tensor of " + model
                    + otherNames().stream().findFirst().map(other -> " under its name; " + other).orElse("")
                    + ": expected the importance matrix of this model");
        }
        for (Misfit misfit : misfits) {
            if (dialect.mayQuantize(misfit.tensor)) {
                throw new ImatrixException(imatrix.name(), misfit.entry,
                        misfit.explanation(model)
                                + (misfit.entry.equals(misfit.tensor.name()) ? "" : " in " + misfit.tensor.name())
                                + ": " + dialect.name() + " stops there, expected the importance matrix of this model");
            }
        }
    }

    /** A sentence on entries that are for no tensor of the model; empty where all are. */
    public Optional<String> ignored(String model) {
        return withoutTensor.isEmpty() || !underOtherNames.isEmpty()
                ? Optional.empty()
                : Optional.of(imatrix.name() + ": " + withoutTensor.size() + " of " + entries.size()
                        + " entries match no tensor of " + model + ", the first " + withoutTensor.getFirst());
    }

    /**
     * What does not fit, one sentence each; a plan says which entries have other names.
     *
     * @param model the name of the model
     * @throws FormatException if the program would stop at it, or if it is the matrix of another model altogether
     */
    public List<String> warnings(String model) throws FormatException {
        refuseOther(model);
        List<String> warnings = new ArrayList<>();
        ignored(model).ifPresent(warnings::add);
        List<String> without = withoutEntry.stream().map(TensorInfo::name)
                .filter(name -> !dialect.exempt().contains(name)).toList();
        if (!without.isEmpty()) {
            warnings.add(imatrix.name() + ": no entry for " + without.size() + " tensors that are quantized, the first "
                    + without.getFirst() + ": they count as average within their kind");
        }
        return warnings;
    }
}
