package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.plan.PlannedTensor.Cause;

/** One run of llama-quantize over the tensor table of a model. */
final class Simulation {
    private final Dialect dialect;
    private final Model model;
    private final Sequence sequence;
    private final QuantizeOptions options;
    private final Mix mix;
    private final List<PlannedTensor> tensors = new ArrayList<>();
    private final List<String> missingEntries = new ArrayList<>();
    private boolean needsImatrix;

    Simulation(Dialect dialect, Model model, QuantizeOptions options) {
        this(dialect, model, Sequence.of(dialect, model, options.fileOrder()), options);
    }

    Simulation(Dialect dialect, Model model, Sequence sequence, QuantizeOptions options) {
        this.dialect = dialect;
        this.sequence = sequence;
        this.model = model;
        this.options = options;
        this.mix = dialect.mix(model, options);
    }

    List<PlannedTensor> tensors() throws RefusedException {
        for (int i = 0; i < sequence.tensors().size(); i++) {
            TensorInfo tensor = sequence.tensors().get(i);
            Rule.requireProgress(options.rules());
            tensors.add(mayQuantize(tensor, sequence.mayQuantize()[i]) ? quantized(tensor) : copied(tensor));
        }
        return tensors;
    }

    /** Whether a tensor demands an importance matrix; known when the tensors are. */
    boolean needsImatrix() {
        return needsImatrix;
    }

    /** Tensors that demand an entry that is not there. */
    List<String> missingEntries() {
        return List.copyOf(missingEntries);
    }

    /** Options may spare a tensor or add some. */
    private boolean mayQuantize(TensorInfo tensor, boolean otherwise) {
        if (options.leaveOutput() && tensor.name().equals(TypeOption.OUTPUT.tensors())) {
            return false;
        }
        GgmlType router = options.types().get(TypeOption.ROUTER);
        return otherwise || router != null && router != tensor.ggmlType()
                && tensor.name().contains(TypeOption.ROUTER.tensors()) && Dialect.isMatrix(tensor);
    }

    private PlannedTensor copied(TensorInfo tensor) {
        return new PlannedTensor(tensor, tensor.ggmlType(), dialect.bytes(tensor.ggmlType(), tensor),
                Cause.KEPT, null, null, tensor.ggmlType(), false);
    }

    private PlannedTensor quantized(TensorInfo tensor) throws RefusedException {
        Choice choice = dialect.choose(tensor, mix, options);
        if (!choice.type().isTarget()) {
            throw new RefusedException("tensor '" + tensor.name() + "': " + dialect.name() + " takes the name "
                    + dialect.nameOf(choice.type()) + " and passes its dry run, but cannot quantize to it");
        }
        demandEntry(tensor, choice.type());
        GgmlType type = choice.type() == tensor.ggmlType()
                ? choice.type()
                : dialect.interleaved(choice.type(), tensor);
        return new PlannedTensor(tensor, type, dialect.bytes(type, tensor), cause(choice), choice.rule(),
                choice.option(), choice.wanted(), choice.fallback());
    }

    private Cause cause(Choice choice) {
        if (choice.rule() != null) {
            return Cause.RULE;
        }
        if (choice.option() != null) {
            return Cause.OPTION;
        }
        return choice.wanted() == options.base().type() ? Cause.BASE : Cause.MIX;
    }

    private void demandEntry(TensorInfo tensor, GgmlType type) throws RefusedException {
        Map<String, Long> entries = options.imatrix().orElse(Map.of());
        if (type != tensor.ggmlType() && dialect.stopsAtEntry(tensor, entries)) {
            String entry = dialect.entry(tensor.name(), entries).orElseThrow();
            throw new RefusedException("tensor '" + tensor.name() + "': its entry in the importance matrix"
                    + (entry.equals(tensor.name()) ? "" : ", '" + entry + "',") + " has " + entries.get(entry)
                    + " values, expected "
                    + Model.entrySize(tensor) + (dialect.looksAtEntriesInDryRun() ? "" : " (the dry run passes)")
                    + "; give the importance matrix of this model");
        }
        if (!dialect.needsEntry(tensor.name(), type, options.base()) || options.ignoreImatrixRules()) {
            return;
        }
        needsImatrix = true;
        if (!dialect.usesEntry(tensor, entries)) {
            missingEntries.add(tensor.name());
            if (dialect.looksAtEntriesInDryRun() && type != tensor.ggmlType()) {
                throw new RefusedException("tensor '" + tensor.name() + "': " + dialect.nameOf(type)
                        + " demands an entry in the importance matrix, and there is "
                        + (options.imatrix().isPresent() ? "none for it" : "no importance matrix")
                        + "; choose another type, or supply one", Remedy.IMATRIX);
            }
        }
    }
}
