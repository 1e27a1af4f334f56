package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.imatrix.NameForm;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.PlannedTensor.Cause;

/** What a program does silently and its user would not expect. */
final class PlanWarnings {
    private final Dialect dialect;
    private final Model model;
    private final QuantizeOptions options;
    private final List<PlannedTensor> tensors;
    private final List<String> missingEntries;
    private final List<String> warnings = new ArrayList<>();

    PlanWarnings(Dialect dialect, Model model, QuantizeOptions options, List<PlannedTensor> tensors,
            List<String> missingEntries) {
        this.dialect = dialect;
        this.model = model;
        this.options = options;
        this.tensors = tensors;
        this.missingEntries = missingEntries;
    }

    /** Each one line, what concerns most first. */
    List<String> all() throws RefusedException {
        RuleWarnings rules = new RuleWarnings(dialect, model, options, tensors, warnings);
        rules.effects();
        withoutEffect();
        rules.shapes();
        broken();
        interleaved();
        entries();
        requantized();
        gateAndUp();
        countedValues();
        return warnings;
    }

    private void warn(String warning) {
        warnings.add(warning);
    }

    private void withoutEffect() {
        boolean tied = tensors.stream().noneMatch(tensor -> tensor.name().equals("output.weight"));
        if (tied && options.leaveOutput()) {
            warn("--leave-output-tensor does nothing: the model has no output.weight; its token embeddings are used instead");
        }
        options.types().forEach((option, type) -> {
            List<PlannedTensor> given = tensors.stream().filter(tensor -> tensor.option() == option).toList();
            if (given.isEmpty()) {
                warn(option + " does nothing: " + whyNot(option));
            } else if (tied && option == TypeOption.OUTPUT) {
                warn("the model has no output.weight: " + option + " applies to " + Affected.examples(given)
                        + ", which is used instead");
            }
        });
    }

    private String whyNot(TypeOption option) {
        List<PlannedTensor> meant = tensors.stream().filter(tensor -> tensor.name().contains(option.tensors()))
                .toList();
        if (option == TypeOption.OUTPUT) {
            return options.leaveOutput() ? "--leave-output-tensor is given" : "the model has no output.weight";
        }
        if (meant.isEmpty()) {
            return "no tensor of the model has " + option.tensors() + " in its name";
        }
        if (!option.beatsRules() && !dialect.usesRules(options)) {
            return options.pure() ? "--pure is given" : "base " + options.base() + " has no mix";
        }
        if (option == TypeOption.QUERY_KEY_VALUE) {
            return "attn_qkv counts as attn_q in " + dialect + ", take " + TypeOption.QUERY;
        }
        if (meant.stream().allMatch(tensor -> tensor.cause() == Cause.RULE)) {
            return "rules decide for all tensors with " + option.tensors() + " in their names";
        }
        return option.beatsRules()
                ? "all its tensors have that type already, or are not matrices"
                : "the mix of " + options.base() + " does not look at it, a rule does the same";
    }

    private void broken() {
        List<PlannedTensor> broken = tensors.stream().filter(PlannedTensor::isBroken).toList();
        if (!broken.isEmpty()) {
            warn("the row length of " + Affected.examples(broken) + " is not a multiple of the block size of "
                    + Affected.types(broken, dialect)
                    + ": the dry run of llama-quantize accepts this, the real run stops");
        }
    }

    private void interleaved() {
        List<PlannedTensor> changed = tensors.stream()
                .filter(tensor -> tensor.quantized() && !tensor.fallback() && tensor.type() != tensor.wanted()
                        && tensor.wanted().interleavedRows() > 1)
                .toList();
        if (!changed.isEmpty()) {
            warn(Affected.count(changed) + " cannot be stored in interleaved rows and "
                    + (changed.size() == 1 ? "gets" : "get") + " the plain type " + Affected.types(changed, dialect)
                    + ": "
                    + Affected.examples(changed)
                    + " (token embeddings never can; other tensors need a multiple of 4, 8 or 16 rows)");
        }
        List<PlannedTensor> rowsAtOnce = tensors.stream()
                .filter(tensor -> tensor.cause() == Cause.RULE && tensor.type().interleavedRows() > 1).toList();
        if (!rowsAtOnce.isEmpty()) {
            warn("interleaved rows are used by " + Affected.types(rowsAtOnce, dialect)
                    + ": fast on CPUs, but not every backend supports them, and only ik_llama.cpp reads the file");
        }
    }

    private void entries() {
        if (!missingEntries.isEmpty()) {
            warn(missingEntries.size() + (missingEntries.size() == 1 ? " tensor demands" : " tensors demand")
                    + " an entry in an importance matrix, "
                    + (options.imatrix().isPresent() ? "which has none, " : "and there is none, ")
                    + "such as " + missingEntries.getFirst()
                    + ": the dry run of llama-quantize accepts this, the real run"
                    + " stops");
        }
        Map<String, Long> there = options.imatrix().orElse(Map.of());
        List<PlannedTensor> crashing = tensors.stream()
                .filter(tensor -> dialect.crashesAt(tensor, there) && !missingEntries.contains(tensor.name()))
                .toList();
        List<PlannedTensor> unused = tensors.stream()
                .filter(tensor -> options.imatrix().isPresent() && gainsByEntry(tensor)
                        && !dialect.usesEntry(tensor.source(), there))
                .toList();
        NameForm.sentences(unused.stream().map(PlannedTensor::name).toList(), there::containsKey,
                "the importance matrix")
                .forEach(sentence -> warn("the importance matrix has entries under other names for " + sentence
                        + ". " + dialect + " finds none of them: they are quantized without importance weights"));
        List<PlannedTensor> without = unused.stream()
                .filter(tensor -> NameForm.of(tensor.name(), there::containsKey).isEmpty()).toList();
        if (!without.isEmpty()) {
            warn("the importance matrix has no entry for " + Affected.count(without) + ", " + Affected.examples(without)
                    + ": they are quantized without importance weights");
        }
        if (!crashing.isEmpty()) {
            warn(Affected.types(crashing, dialect)
                    + " without an entry in an importance matrix crashes llama-quantize at "
                    + Affected.examples(crashing));
        }
        List<PlannedTensor> misfit = tensors.stream()
                .filter(tensor -> tensor.type() != tensor.source().ggmlType() && there.containsKey(tensor.name())
                        && !dialect.usesEntry(tensor.source(), there))
                .toList();
        if (!misfit.isEmpty()) {
            warn("the importance matrix has an entry of another size for " + Affected.examples(misfit)
                    + ": they are quantized without importance weights");
        }
    }

    /**
     * Whether an entry would be used and is usually there: llama-imatrix collects none for embeddings, and none for the
     * output unless told to. Types of 8 bits or more make no use of it.
     */
    private boolean gainsByEntry(PlannedTensor tensor) {
        return tensor.quantized() && tensor.type() != tensor.source().ggmlType()
                && tensor.type().bytesPerBlock() < tensor.type().blockSize()
                && !missingEntries.contains(tensor.name()) && !model.isUnused(tensor.name())
                && !tensor.name().contains("token_embd")
                && !tensor.name().equals("output.weight");
    }

    private void requantized() {
        List<PlannedTensor> again = tensors.stream().filter(PlannedTensor::isRequantized).toList();
        if (!again.isEmpty()) {
            warn("the model is quantized already (" + Affected.count(again) + ", " + Affected.examples(again)
                    + "): llama-quantize needs --allow-requantize, and the losses add up"
                    + larger(again));
        }
    }

    private static String larger(List<PlannedTensor> again) {
        long larger = again.stream().filter(tensor -> tensor.bytes() > tensor.source().bytes()).count();
        return larger == 0 ? "" : "; " + larger + " of them become larger";
    }

    /** Fused, they run faster; that wants one type. */
    private void gateAndUp() {
        if (!dialect.fusesGateAndUp()) {
            return;
        }
        Map<String, PlannedTensor> byName = new HashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        List<PlannedTensor> differing = tensors.stream().filter(tensor -> {
            PlannedTensor up = tensor.name().contains(".ffn_gate_exps.weight")
                    ? byName.get(tensor.name().replace(".ffn_gate_exps.", ".ffn_up_exps."))
                    : null;
            return up != null && up.type() != tensor.type();
        }).toList();
        if (!differing.isEmpty()) {
            warn("ffn_gate_exps and ffn_up_exps have different types in " + differing.size()
                    + " layers, such as layer " + TensorName.of(differing.getFirst().name()).layer()
                    + ": -fmoe does not fuse them then, which costs speed");
        }
    }

    /** ik_llama.cpp asserts that its mix can tell the layers apart, also where it uses no mix. */
    private void countedValues() {
        if (dialect.countsValues(model)) {
            long values = tensors.stream().map(PlannedTensor::name)
                    .filter(name -> name.contains("attn_v.weight") || name.contains("attn_qkv.weight")).count();
            if (values != 0 && values != model.layers() && values != 3L * model.layers()) {
                warn("the model has " + values + " tensors attn_v and attn_qkv in " + model.layers() + " layers:"
                        + " llama-quantize of " + dialect
                        + " aborts there (n_attention_wv is unexpected) if it knows the"
                        + " architecture " + model.architecture());
            }
        }
    }

}
