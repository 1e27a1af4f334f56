package org.imatrixstats.plan.llamacpp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Program;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.imatrix.Imatrix;
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
import org.imatrixstats.tensor.TensorName;

/** llama-quantize of llama.cpp (src/llama-quant.cpp, tools/quantize/quantize.cpp, v0.5.0). */
public final class LlamaCpp extends Dialect {
    /** A tensor with one of these in its name stays as it is. */
    private static final List<String> NEVER = List.of("_norm.weight", "ffn_gate_inp.weight",
            "ffn_gate_tid2eid.weight", "altup", "laurel", "per_layer_model_proj", "ssm_conv1d",
            "shortconv.conv.weight", "indexer.k_proj.weight", "indexer.q_proj.weight", "time_mix_first.weight",
            "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", "time_mix_v0.weight",
            "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight",
            "time_mix_a2.weight", "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight",
            "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight", "attn_rel_b.weight", ".position_embd",
            "sam.pos_embd", "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd", ".patch_merger", "a.rvq.codebook",
            "mm.a.code_embd");
    private static final String PER_LAYER_EMBEDDINGS = "per_layer_token_embd.weight";
    private static final List<String> NEED_NO_ENTRY = List.of("token_embd.weight", PER_LAYER_EMBEDDINGS,
            "output.weight");
    private static final int SMALL_BLOCK = 32;
    /** K-quants and i-quants; the older types, which these beat, only come in where a shape demands them. */
    private static final List<GgmlType> RECIPE_TYPES = List.of(GgmlType.IQ1_S, GgmlType.IQ1_M, GgmlType.IQ2_XXS,
            GgmlType.IQ2_XS, GgmlType.IQ2_S, GgmlType.Q2_K, GgmlType.IQ3_XXS, GgmlType.IQ3_S, GgmlType.Q3_K,
            GgmlType.IQ4_XS, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K, GgmlType.Q8_0);

    @Override
    protected Program program() {
        return Program.LLAMA_CPP;
    }

    @Override
    public List<GgmlType> recipeTypes() {
        return RECIPE_TYPES;
    }

    @Override
    public boolean stopsAtUnknownType() {
        return true;
    }

    @Override
    protected boolean sameName(String name, String given) {
        return name.equalsIgnoreCase(given);
    }

    /** One rule: all before the first {@code =} is the pattern. */
    @Override
    public List<Rule> rules(String argument) throws RefusedException {
        int equals = argument.indexOf('=');
        if (equals < 0) {
            throw new RefusedException("rule " + RefusedException.quoted(argument) + ": no '=', expected PATTERN=TYPE");
        }
        if (equals == 0) {
            throw new RefusedException(
                    "rule " + RefusedException.quoted(argument) + ": no pattern before '=', expected PATTERN=TYPE");
        }
        if (equals == argument.length() - 1) {
            throw new RefusedException(
                    "rule " + RefusedException.quoted(argument) + ": no type after '=', expected PATTERN=TYPE");
        }
        try {
            return List.of(new Rule(argument, compile(argument.substring(0, equals)),
                    type(argument.substring(equals + 1))));
        } catch (RefusedException e) {
            String list = argument.indexOf(',', equals) < 0 ? "" : "; no comma separates rules here: give each its own";
            throw new RefusedException(
                    "rule " + RefusedException.quoted(argument) + ": " + e.getMessage() + lookAhead(argument, equals)
                            + list);
        }
    }

    /** In lower case, escapes included: \D becomes \d. */
    @Override
    protected EcmaScriptPattern compile(String pattern) throws RefusedException {
        return EcmaScriptPattern.of(EcmaScriptPattern.lowerCase(pattern));
    }

    /** By block, those without one first, then by name. */
    @Override
    protected List<TensorInfo> inOrder(List<TensorInfo> tensors) {
        List<Placed> placed = new ArrayList<>(tensors.size());
        for (TensorInfo tensor : tensors) {
            placed.add(new Placed(TensorName.block(tensor.name()), tensor));
        }
        Collections.sort(placed);
        List<TensorInfo> ordered = new ArrayList<>(placed.size());
        for (Placed each : placed) {
            ordered.add(each.tensor);
        }
        return ordered;
    }

    /** A tensor with the number of its block, which is read from its name once. */
    private record Placed(int block, TensorInfo tensor) implements Comparable<Placed> {
        @Override
        public int compareTo(Placed other) {
            int order = Integer.compare(block, other.block);
            return order != 0 ? order : tensor.name().compareTo(other.tensor.name());
        }
    }

    @Override
    protected List<String> neverWith() {
        return NEVER;
    }

    @Override
    protected Mix mix(Model model, QuantizeOptions options) {
        return new LlamaCppMix(model, options);
    }

    @Override
    protected boolean usesRules(QuantizeOptions options) {
        return !options.base().isFloat();
    }

    /**
     * An option beats all, the shape included, except that a rule beats the option for token embeddings at those per layer.
     * A rule beats the mix. Rules and mix are ignored if the base type is not quantized.
     */
    @Override
    protected Choice choose(TensorInfo tensor, Mix mix, QuantizeOptions options) throws RefusedException {
        Rule rule = Rule.firstMatch(tensor.name(), options.rules());
        TypeOption last = options.types().isEmpty() ? null : given(lastWord(tensor.name(), rule), options);
        if (last != null) {
            return new Choice(options.types().get(last), options.types().get(last), null, last, false);
        }
        GgmlType base = options.base().type();
        if (!usesRules(options)) {
            return new Choice(base, base, null, null, false);
        }
        boolean mixes = rule == null && !options.pure();
        TypeOption option = mixes && !options.types().isEmpty() ? given(mix.option(tensor.name()), options) : null;
        GgmlType wanted = rule != null
                ? rule.type()
                : option != null ? options.types().get(option) : mixes ? mix.type(tensor) : base;
        boolean fits = tensor.ne0() % wanted.blockSize() == 0;
        return new Choice(fits ? wanted : fallback(wanted, tensor), wanted, rule, option, !fits);
    }

    /** The option that decides in the end; null if none is for the tensor. */
    private static TypeOption lastWord(String tensor, Rule rule) {
        return switch (Category.of(tensor)) {
            case TOKEN_EMBEDDING ->
                rule != null && tensor.equals(PER_LAYER_EMBEDDINGS) ? null : TypeOption.TOKEN_EMBEDDING;
            case OUTPUT -> TypeOption.OUTPUT;
            default -> null;
        };
    }

    /** Types of small blocks have no smaller one to fall back to: the tensor becomes F16. */
    private GgmlType fallback(GgmlType wanted, TensorInfo tensor) throws RefusedException {
        if (wanted.blockSize() <= SMALL_BLOCK) {
            return GgmlType.F16;
        }
        GgmlType fallback = wanted.fallback(program());
        if (fallback == null) {
            throw new RefusedException("tensor '" + tensor.name() + "': its rows of " + tensor.ne0()
                    + " are not whole blocks of " + wanted.blockSize()
                    + ", and no tensor type fallback is defined for type " + nameOf(wanted)
                    + "; give it another type by a rule");
        }
        return tensor.ne0() % fallback.blockSize() == 0 ? fallback : GgmlType.F16;
    }

    @Override
    protected String whyNotRead(Imatrix imatrix) {
        if (imatrix.origin().format() == Imatrix.Format.LEGACY) {
            return null;
        }
        if (imatrix.keyType(Imatrix.DATASETS).isEmpty() || imatrix.keyType(Imatrix.CHUNK_COUNT).isEmpty()
                || imatrix.keyType(Imatrix.CHUNK_SIZE).isEmpty()) {
            return "refuses a file without imatrix.datasets, imatrix.chunk_count or imatrix.chunk_size";
        }
        boolean numbers = imatrix.keyType(Imatrix.CHUNK_COUNT).filter(ValueType.UINT32::equals).isPresent()
                && imatrix.keyType(Imatrix.CHUNK_SIZE).filter(ValueType.UINT32::equals).isPresent();
        return numbers
                ? null
                : "aborts where imatrix.chunk_count or imatrix.chunk_size is not a uint32";
    }

    @Override
    public List<String> exempt() {
        return NEED_NO_ENTRY;
    }

    @Override
    public List<String> entryNames(String tensor) {
        return List.of(tensor);
    }

    /** Only the real run does. */
    @Override
    protected void refuseWithoutImatrix(QuantizeOptions options) {
    }

    @Override
    protected boolean toleratesMisfit(String tensor) {
        return Category.of(tensor) == Category.TOKEN_EMBEDDING;
    }

    @Override
    protected boolean looksAtEntriesInDryRun() {
        return false;
    }

    @Override
    protected Optional<String> buildsWithLastRule() {
        return Optional.of("from 2025-07-13 to 2026-01-22");
    }

    @Override
    protected Optional<String> buildsWithoutRulesOfBase() {
        return Optional.of("from 2026-01-22 to 2026-05-01");
    }
}
