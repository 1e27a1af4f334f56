package org.imatrixstats.plan.ikllamacpp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Program;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Choice;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.EcmaScriptPattern;
import org.imatrixstats.plan.Mix;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.plan.TypeOption;
import org.imatrixstats.tensor.TensorInfo;

/** llama-quantize of ik_llama.cpp (src/llama-quantize.cpp, examples/quantize/quantize.cpp, August 2026). */
public final class IkLlamaCpp extends Dialect {
    /** A tensor with one of these in its name stays as it is. */
    private static final List<String> NEVER = List.of("_norm.weight", "ffn_gate_inp.weight", "ssm_conv1d",
            "ssm_x.weight", "ssm_dt.weight", "attn_rel_b.weight");
    /** Architectures whose layers it does not count on. */
    private static final Set<String> UNCOUNTED = Set.of("deci", "gemma4");
    private static final String TOKEN_EMBEDDINGS = "token_embd.weight";
    private static final List<String> NEED_NO_ENTRY = List.of(TOKEN_EMBEDDINGS, "output.weight");
    private static final Set<BaseType> NEED_IMATRIX = EnumSet.of(BaseType.IQ2_XS, BaseType.IQ2_XS_R4,
            BaseType.IQ2_XXS, BaseType.IQ2_XXS_R4, BaseType.IQ2_S, BaseType.Q2_K_S, BaseType.IQ1_S,
            BaseType.IQ1_S_R4, BaseType.IQ1_M, BaseType.IQ1_M_R4);
    /** The types that are fast on both processors and graphics cards: not the trellis types (_kt). */
    private static final List<GgmlType> RECIPE_TYPES = List.of(GgmlType.IQ1_S, GgmlType.IQ1_M, GgmlType.IQ2_XXS,
            GgmlType.IQ2_KS, GgmlType.IQ2_K, GgmlType.IQ2_KL, GgmlType.IQ3_KS, GgmlType.IQ3_K, GgmlType.IQ4_KSS,
            GgmlType.IQ4_KS, GgmlType.IQ4_K, GgmlType.IQ5_KS, GgmlType.IQ5_K, GgmlType.IQ6_K, GgmlType.Q8_0);
    private static final Set<GgmlType> BLOCKS_OF_64 = EnumSet.of(GgmlType.IQ1_BN, GgmlType.IQ2_BN,
            GgmlType.IQ2_BN_R4);
    /** Types of blocks of 256 whose shape nothing checks. */
    private static final Set<GgmlType> UNCHECKED = EnumSet.of(GgmlType.Q8_K_R16);

    @Override
    protected Program program() {
        return Program.IK_LLAMA_CPP;
    }

    @Override
    public List<GgmlType> recipeTypes() {
        return RECIPE_TYPES;
    }

    @Override
    public boolean stopsAtUnknownType() {
        return false;
    }

    @Override
    protected boolean sameName(String name, String given) {
        return name.equals(given);
    }

    /** Several rules with commas between, to the letter: a space is part of the pattern. */
    @Override
    public List<Rule> rules(String argument) throws RefusedException {
        List<Rule> rules = new ArrayList<>();
        for (String item : split(argument, ',')) {
            rules.add(rule(item));
        }
        return rules;
    }

    private Rule rule(String item) throws RefusedException {
        int equals = item.indexOf('=');
        if (equals < 0) {
            throw new RefusedException(
                    "rule " + RefusedException.quoted(item) + ": no '=', expected PATTERN=TYPE; every comma starts"
                            + " another rule; commas cannot be escaped");
        }
        if (item.indexOf('\n', equals) >= 0) {
            throw new RefusedException(
                    "rule " + RefusedException.quoted(item) + ": the end of a line is a part of its type, it ends no"
                            + " rule; join the lines by commas, without comments");
        }
        try {
            return new Rule(item, compile(item.substring(0, equals)), type(item.substring(equals + 1)));
        } catch (RefusedException e) {
            throw new RefusedException(
                    "rule " + RefusedException.quoted(item) + ": " + e.getMessage() + lookAhead(item, equals));
        }
    }

    @Override
    protected EcmaScriptPattern compile(String pattern) throws RefusedException {
        return EcmaScriptPattern.of(pattern);
    }

    @Override
    protected List<TensorInfo> inOrder(List<TensorInfo> tensors) {
        return tensors;
    }

    @Override
    protected List<String> neverWith() {
        return NEVER;
    }

    @Override
    protected Mix mix(Model model, QuantizeOptions options) {
        return new IkLlamaCppMix(model, options);
    }

    @Override
    protected boolean usesRules(QuantizeOptions options) {
        return !options.base().isFloat() && !options.pure();
    }

    /** The mix is asked about every tensor, also where a rule or an option decides in the end. */
    @Override
    protected Choice choose(TensorInfo tensor, Mix mix, QuantizeOptions options) throws RefusedException {
        GgmlType wanted = options.base().type();
        Rule rule = null;
        TypeOption option = null;
        if (usesRules(options)) {
            GgmlType mixed = mix.type(tensor);
            rule = Rule.firstMatch(tensor.name(), options.rules());
            option = rule == null ? given(mix.option(tensor.name()), options) : null;
            wanted = rule != null ? rule.type() : option != null ? options.types().get(option) : mixed;
        }
        boolean fits = options.base().isFloat() && !options.pure() || fits(wanted, tensor.ne0());
        GgmlType type = fits ? wanted : fallback(wanted, tensor);
        if (usesRules(options) && isEmbedding(tensor)) {
            type = type.packed();
        }
        TypeOption last = given(lastWord(tensor.name()), options);
        if (last != null) {
            rule = null;
            option = last;
            wanted = options.types().get(last);
            type = wanted;
        }
        if (tensor.name().equals(TOKEN_EMBEDDINGS)) {
            type = type.packed();
        }
        return new Choice(type, wanted, rule, option, !fits);
    }

    private static boolean isEmbedding(TensorInfo tensor) {
        return tensor.name().equals(TOKEN_EMBEDDINGS)
                || tensor.name().equals(TypeOption.PER_LAYER_TOKEN_EMBEDDING.tensors());
    }

    /** The option that decides in the end; null if none is for the tensor. */
    private static TypeOption lastWord(String tensor) {
        return switch (tensor) {
            case "token_embd.weight" -> TypeOption.TOKEN_EMBEDDING;
            case "per_layer_token_embd.weight" -> TypeOption.PER_LAYER_TOKEN_EMBEDDING;
            case "output.weight" -> TypeOption.OUTPUT;
            default -> tensor.contains(TypeOption.ROUTER.tensors()) ? TypeOption.ROUTER : null;
        };
    }

    /** Only blocks of 256 and the types for BitNet are looked at. */
    private static boolean fits(GgmlType type, long columns) {
        boolean checked = BLOCKS_OF_64.contains(type) || type.blockSize() == 256 && !UNCHECKED.contains(type);
        return !checked || columns % type.blockSize() == 0;
    }

    private GgmlType fallback(GgmlType wanted, TensorInfo tensor) throws RefusedException {
        GgmlType fallback = wanted.fallback(program());
        if (fallback == null) {
            throw new RefusedException("tensor '" + tensor.name() + "': its rows of " + tensor.ne0()
                    + " are not whole blocks of " + wanted.blockSize() + ", and there is no fallback for type "
                    + nameOf(wanted) + "; give it another type by a rule");
        }
        return fallback;
    }

    @Override
    protected String whyNotRead(Imatrix imatrix) {
        return imatrix.origin().format() == Imatrix.Format.LEGACY
                ? null
                : "reads only the legacy format (.dat)";
    }

    @Override
    public List<String> exempt() {
        return NEED_NO_ENTRY;
    }

    /** Merged and split experts, gate and up, and the two ways to store multi-head latent attention. */
    @Override
    public List<String> entryNames(String tensor) {
        List<String> others = List.of();
        if (tensor.contains("ffn_up_exps.weight") || tensor.contains("ffn_gate_exps.weight")) {
            String start = tensor.substring(0, Math.max(tensor.indexOf("ffn_up_exps.weight"),
                    tensor.indexOf("ffn_gate_exps.weight")));
            others = List.of(start + "ffn_gate_up_exps.weight", start + "ffn_up_exps.weight");
        } else if (tensor.contains("ffn_gate_up_exps.weight")) {
            others = List.of(tensor.substring(0, tensor.indexOf("ffn_gate_up_exps.weight")) + "ffn_up_exps.weight");
        } else if (tensor.contains("ffn_gate.weight")) {
            others = List.of(tensor.substring(0, tensor.indexOf("ffn_gate.weight")) + "ffn_up.weight");
        } else if (tensor.contains(".attn_v_b.weight")) {
            others = List.of(tensor.substring(0, tensor.indexOf(".attn_v_b.weight")) + ".attn_kv_b.weight");
        } else if (tensor.contains(".attn_kv_b.weight")) {
            others = List.of(tensor.substring(0, tensor.indexOf(".attn_kv_b.weight")) + ".attn_v_b.weight");
        }
        List<String> names = new ArrayList<>(List.of(tensor));
        names.addAll(others);
        return names;
    }

    @Override
    protected void refuseWithoutImatrix(QuantizeOptions options) throws RefusedException {
        if (NEED_IMATRIX.contains(options.base()) && options.imatrix().isEmpty() && !options.ignoreImatrixRules()) {
            throw new RefusedException("ik_llama.cpp does not quantize to " + options.base()
                    + " without an importance matrix", Remedy.IMATRIX);
        }
    }

    @Override
    protected boolean toleratesMisfit(String tensor) {
        return tensor.equals(TOKEN_EMBEDDINGS);
    }

    @Override
    protected boolean looksAtEntriesInDryRun() {
        return true;
    }

    @Override
    public boolean joinsRules() {
        return true;
    }

    @Override
    protected boolean fusesGateAndUp() {
        return true;
    }

    /** It asserts that its mix can tell the layers apart, also where it uses no mix. */
    @Override
    protected boolean countsValues(Model model) {
        return !UNCOUNTED.contains(model.architecture());
    }
}
