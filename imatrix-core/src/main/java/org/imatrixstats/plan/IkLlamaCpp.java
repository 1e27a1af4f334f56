package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;

/** llama-quantize of ik_llama.cpp (src/llama-quantize.cpp, examples/quantize/quantize.cpp, August 2026). */
final class IkLlamaCpp extends Dialect {
    static final IkLlamaCpp INSTANCE = new IkLlamaCpp();

    /** Types that llama.cpp removed. */
    static final Set<GgmlType> KEPT = EnumSet.of(GgmlType.Q4_0_4X4, GgmlType.Q4_0_4X8, GgmlType.Q4_0_8X8,
            GgmlType.I2_S);
    private static final Set<GgmlType> OF_LLAMA_CPP_ALONE = EnumSet.of(GgmlType.TQ1_0, GgmlType.TQ2_0,
            GgmlType.NVFP4, GgmlType.Q2_0);
    /** A tensor with one of these in its name stays as it is. */
    private static final List<String> NEVER = List.of("_norm.weight", "ffn_gate_inp.weight", "ssm_conv1d",
            "ssm_x.weight", "ssm_dt.weight", "attn_rel_b.weight");
    private static final String TOKEN_EMBEDDINGS = "token_embd.weight";
    private static final List<String> NEED_NO_ENTRY = List.of(TOKEN_EMBEDDINGS, "output.weight");
    private static final List<GgmlType> NEED_ENTRY = List.of(GgmlType.IQ1_S, GgmlType.IQ1_S_R4, GgmlType.IQ1_M,
            GgmlType.IQ1_M_R4, GgmlType.IQ2_XXS, GgmlType.IQ2_XXS_R4, GgmlType.IQ2_XS, GgmlType.IQ2_XS_R4,
            GgmlType.IQ2_S, GgmlType.IQ2_S_R4, GgmlType.IQ1_KT, GgmlType.IQ2_KT);
    private static final Set<BaseType> NEED_IMATRIX = EnumSet.of(BaseType.IQ2_XS, BaseType.IQ2_XS_R4,
            BaseType.IQ2_XXS, BaseType.IQ2_XXS_R4, BaseType.IQ2_S, BaseType.Q2_K_S, BaseType.IQ1_S,
            BaseType.IQ1_S_R4, BaseType.IQ1_M, BaseType.IQ1_M_R4);
    private static final Set<GgmlType> BLOCKS_OF_64 = EnumSet.of(GgmlType.IQ1_BN, GgmlType.IQ2_BN,
            GgmlType.IQ2_BN_R4);
    /** Types of blocks of 256 whose shape nothing checks. */
    private static final Set<GgmlType> UNCHECKED = EnumSet.of(GgmlType.Q8_K_R16);

    /** A type that holds several rows at once. */
    private record Interleaved(GgmlType plain, int rows) {
    }

    private static final Map<GgmlType, Interleaved> INTERLEAVED = new EnumMap<>(Map.ofEntries(
            Map.entry(GgmlType.Q4_0_4X4, new Interleaved(GgmlType.Q4_0, 4)),
            Map.entry(GgmlType.Q4_0_4X8, new Interleaved(GgmlType.Q4_0, 4)),
            Map.entry(GgmlType.Q4_0_8X8, new Interleaved(GgmlType.Q4_0, 8)),
            Map.entry(GgmlType.Q4_0_R8, new Interleaved(GgmlType.Q4_0, 8)),
            Map.entry(GgmlType.Q5_0_R4, new Interleaved(GgmlType.Q5_0, 4)),
            Map.entry(GgmlType.Q6_0_R4, new Interleaved(GgmlType.Q6_0, 4)),
            Map.entry(GgmlType.Q8_0_R8, new Interleaved(GgmlType.Q8_0, 8)),
            Map.entry(GgmlType.Q2_K_R4, new Interleaved(GgmlType.Q2_K, 4)),
            Map.entry(GgmlType.Q3_K_R4, new Interleaved(GgmlType.Q3_K, 4)),
            Map.entry(GgmlType.Q4_K_R4, new Interleaved(GgmlType.Q4_K, 4)),
            Map.entry(GgmlType.Q5_K_R4, new Interleaved(GgmlType.Q5_K, 4)),
            Map.entry(GgmlType.Q6_K_R4, new Interleaved(GgmlType.Q6_K, 4)),
            Map.entry(GgmlType.IQ2_XXS_R4, new Interleaved(GgmlType.IQ2_XXS, 4)),
            Map.entry(GgmlType.IQ2_XS_R4, new Interleaved(GgmlType.IQ2_XS, 4)),
            Map.entry(GgmlType.IQ2_S_R4, new Interleaved(GgmlType.IQ2_S, 4)),
            Map.entry(GgmlType.IQ3_XXS_R4, new Interleaved(GgmlType.IQ3_XXS, 4)),
            Map.entry(GgmlType.IQ3_S_R4, new Interleaved(GgmlType.IQ3_S, 4)),
            Map.entry(GgmlType.IQ4_XS_R8, new Interleaved(GgmlType.IQ4_XS, 8)),
            Map.entry(GgmlType.IQ4_NL_R4, new Interleaved(GgmlType.IQ4_NL, 4)),
            Map.entry(GgmlType.IQ1_S_R4, new Interleaved(GgmlType.IQ1_S, 4)),
            Map.entry(GgmlType.IQ1_M_R4, new Interleaved(GgmlType.IQ1_M, 4)),
            Map.entry(GgmlType.IQ2_BN_R4, new Interleaved(GgmlType.IQ2_BN, 4)),
            Map.entry(GgmlType.IQ2_K_R4, new Interleaved(GgmlType.IQ2_K, 4)),
            Map.entry(GgmlType.IQ3_K_R4, new Interleaved(GgmlType.IQ3_K, 4)),
            Map.entry(GgmlType.IQ4_K_R4, new Interleaved(GgmlType.IQ4_K, 4)),
            Map.entry(GgmlType.IQ4_KS_R4, new Interleaved(GgmlType.IQ4_KS, 4)),
            Map.entry(GgmlType.IQ5_KS_R4, new Interleaved(GgmlType.IQ5_KS, 4)),
            Map.entry(GgmlType.IQ5_K_R4, new Interleaved(GgmlType.IQ5_K, 4)),
            Map.entry(GgmlType.MXFP4_R8, new Interleaved(GgmlType.MXFP4, 8)),
            Map.entry(GgmlType.Q8_KV_R8, new Interleaved(GgmlType.Q8_KV, 8)),
            Map.entry(GgmlType.Q8_K_R8, new Interleaved(GgmlType.Q8_0, 8)),
            Map.entry(GgmlType.BF16_R16, new Interleaved(GgmlType.BF16, 16))));

    private IkLlamaCpp() {
    }

    @Override
    public String name() {
        return "ik_llama.cpp";
    }

    @Override
    boolean knows(BaseType base) {
        return base.inIkLlamaCpp();
    }

    @Override
    boolean knows(GgmlType type) {
        return !OF_LLAMA_CPP_ALONE.contains(type);
    }

    @Override
    public String nameOf(GgmlType type) {
        return type == GgmlType.Q1_0 ? "q1_0_g128" : type.ggmlName();
    }

    @Override
    boolean sameName(String name, String given) {
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
            throw new RefusedException("rule " + quoted(item) + ": no '=', expected PATTERN=TYPE; every comma starts"
                    + " another rule, there is no way to escape one");
        }
        if (item.indexOf('\n', equals) >= 0) {
            throw new RefusedException("rule " + quoted(item) + ": the end of a line is a part of its type, it ends no"
                    + " rule; join the lines by commas, without comments");
        }
        try {
            return new Rule(item, compile(item.substring(0, equals)), type(item.substring(equals + 1)));
        } catch (RefusedException e) {
            throw new RefusedException("rule " + quoted(item) + ": " + e.getMessage() + lookAhead(item, equals));
        }
    }

    @Override
    EcmaScriptPattern compile(String pattern) throws RefusedException {
        return EcmaScriptPattern.of(pattern);
    }

    @Override
    List<TensorInfo> inOrder(List<TensorInfo> tensors) {
        return tensors;
    }

    @Override
    List<String> neverWith() {
        return NEVER;
    }

    @Override
    Mix mix(Model model, QuantizeOptions options) {
        return new IkLlamaCppMix(model, options);
    }

    @Override
    boolean usesRules(QuantizeOptions options) {
        return !options.base().isFloat() && !options.pure();
    }

    /** The mix is asked about every tensor, also where a rule or an option decides in the end. */
    @Override
    Choice choose(TensorInfo tensor, Mix mix, QuantizeOptions options) throws RefusedException {
        GgmlType wanted = options.base().type();
        Rule rule = null;
        TypeOption option = null;
        if (usesRules(options)) {
            GgmlType mixed = mix.type(tensor);
            rule = firstMatch(tensor.name(), options.rules());
            option = rule == null ? given(mix.option(tensor.name()), options) : null;
            wanted = rule != null ? rule.type() : option != null ? options.types().get(option) : mixed;
        }
        boolean fits = options.base().isFloat() && !options.pure() || fits(wanted, tensor.ne0());
        GgmlType type = fits ? wanted : fallback(wanted, tensor);
        if (usesRules(options) && isEmbedding(tensor)) {
            type = plain(type);
        }
        TypeOption last = given(lastWord(tensor.name()), options);
        if (last != null) {
            rule = null;
            option = last;
            wanted = options.types().get(last);
            type = wanted;
        }
        if (tensor.name().equals(TOKEN_EMBEDDINGS)) {
            type = plain(type);
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
        return switch (wanted) {
            case IQ1_S, IQ1_M, IQ1_KT, IQ2_XXS, IQ2_XXS_R4, IQ2_XS, IQ2_XS_R4, IQ2_S, IQ2_S_R4, IQ2_KS, IQ2_K,
                    IQ2_K_R4, IQ2_KL, IQ2_KT, IQ3_XXS, IQ3_XXS_R4, IQ3_S, IQ3_S_R4, IQ3_KS, IQ3_K, IQ3_K_R4, IQ3_KT,
                    Q2_K, Q2_K_R4, Q3_K, Q3_K_R4, IQ4_KSS, IQ4_KS, IQ4_KS_R4, IQ4_XS, IQ4_XS_R8, IQ4_KT ->
                GgmlType.IQ4_NL;
            case IQ4_K, IQ4_K_R4, Q4_K, Q4_K_R4, IQ5_KS, IQ5_KS_R4 -> GgmlType.Q5_0;
            case IQ5_K, IQ5_K_R4, Q5_K, Q5_K_R4 -> GgmlType.Q6_0;
            case IQ6_K, Q6_K, Q6_K_R4, Q8_K_R8 -> GgmlType.Q8_0;
            default -> throw new RefusedException("tensor '" + tensor.name() + "': its rows of " + tensor.ne0()
                    + " are not whole blocks of " + wanted.blockSize() + ", and there is no fallback for type "
                    + nameOf(wanted) + "; give it another type by a rule");
        };
    }

    private static GgmlType plain(GgmlType type) {
        return INTERLEAVED.containsKey(type) ? INTERLEAVED.get(type).plain() : type;
    }

    @Override
    GgmlType interleaved(GgmlType type, TensorInfo tensor) {
        Interleaved interleaved = INTERLEAVED.get(type);
        long rows = tensor.dims().size() > 1 ? tensor.dims().get(1) : 1;
        return interleaved == null || rows % interleaved.rows() == 0 ? type : interleaved.plain();
    }

    @Override
    boolean isInterleaved(GgmlType type) {
        return INTERLEAVED.containsKey(type);
    }

    @Override
    String whyNotRead(Imatrix imatrix) {
        return imatrix.origin().format() == Imatrix.Format.LEGACY
                ? null
                : "reads the legacy format (.dat) alone; 'imatrix-stats convert' makes it";
    }

    @Override
    public List<GgmlType> needEntry() {
        return NEED_ENTRY;
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
    void refuseWithoutImatrix(QuantizeOptions options) throws RefusedException {
        if (NEED_IMATRIX.contains(options.base()) && options.imatrix().isEmpty() && !options.ignoreImatrixRules()) {
            throw new RefusedException("ik_llama.cpp does not quantize to " + options.base()
                    + " without an importance matrix; give one with --imatrix, or --ignore-imatrix-rules");
        }
    }

    @Override
    boolean toleratesMisfit(String tensor) {
        return tensor.equals(TOKEN_EMBEDDINGS);
    }

    @Override
    boolean looksAtEntriesInDryRun() {
        return true;
    }
}
