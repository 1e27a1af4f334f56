package org.imatrixstats.plan.ikllamacpp;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Mix;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.TypeOption;
import org.imatrixstats.tensor.TensorInfo;

/**
 * The mixes of ik_llama.cpp (llama_tensor_get_type): which tensors of a base type get more bits. Its rules of thumb go by
 * parts of names, not by the categories of llama.cpp: {@code attn_k_b} of multi-head latent attention is an "attn_k" here.
 */
final class IkLlamaCppMix implements Mix {
    private static final Set<BaseType> OUTPUT_Q5_K = EnumSet.of(BaseType.IQ2_XXS, BaseType.IQ2_XS, BaseType.IQ3_XXS,
            BaseType.IQ1_S, BaseType.IQ2_S, BaseType.IQ2_M, BaseType.IQ1_M, BaseType.IQ2_K, BaseType.IQ3_K,
            BaseType.IQ2_KS, BaseType.IQ3_K_R4, BaseType.IQ3_KS, BaseType.IQ2_K_R4, BaseType.IQ3_XXS_R4,
            BaseType.IQ2_KL, BaseType.IQ2_M_R4, BaseType.IQ1_S_R4, BaseType.IQ1_M_R4, BaseType.IQ2_KT,
            BaseType.IQ3_KT, BaseType.IQ1_KT);
    private static final Set<BaseType> TIED_IQ5_K = EnumSet.of(BaseType.IQ3_S, BaseType.IQ3_M, BaseType.IQ3_KL,
            BaseType.IQ4_XS, BaseType.IQ3_S_R4, BaseType.IQ4_KS, BaseType.IQ4_KSS, BaseType.IQ4_KS_R4);
    private static final Set<GgmlType> GOOD_FOR_OUTPUT = EnumSet.of(GgmlType.Q8_0, GgmlType.Q8_0_R8, GgmlType.IQ6_K,
            GgmlType.Q6_K_R4, GgmlType.Q8_K_R8, GgmlType.Q8_KV, GgmlType.Q8_KV_R8);
    private static final Set<BaseType> LOWEST_WITH_EXPERTS = EnumSet.of(BaseType.IQ1_S_R4, BaseType.IQ1_M_R4,
            BaseType.IQ2_KT);
    private static final Set<BaseType> LOWEST = EnumSet.of(BaseType.IQ2_XXS, BaseType.IQ2_XS, BaseType.IQ1_S,
            BaseType.IQ2_S, BaseType.IQ2_M, BaseType.IQ1_M, BaseType.IQ2_KS, BaseType.IQ2_XXS_R4,
            BaseType.IQ2_XS_R4, BaseType.IQ2_M_R4);
    private static final Set<BaseType> UPPER_OF_LOWEST = EnumSet.of(BaseType.IQ2_S, BaseType.IQ2_M,
            BaseType.IQ2_M_R4);
    private static final Set<BaseType> Q5_K_ATTENTION_OUTPUT_OF_EXPERTS = EnumSet.of(BaseType.Q2_K, BaseType.IQ3_XS,
            BaseType.IQ3_XXS, BaseType.Q3_K_S, BaseType.Q3_K_M, BaseType.IQ4_NL, BaseType.Q4_K_S, BaseType.Q4_K_M,
            BaseType.IQ3_S, BaseType.IQ3_M, BaseType.IQ4_XS, BaseType.IQ4_K, BaseType.IQ4_KSS, BaseType.IQ4_KS,
            BaseType.IQ4_KS_R4, BaseType.IQ5_KS, BaseType.IQ5_KS_R4, BaseType.IQ2_K, BaseType.IQ3_K,
            BaseType.IQ3_KL, BaseType.Q4_K_R4, BaseType.IQ4_NL_R4, BaseType.IQ4_XS_R8, BaseType.Q3_K_R4,
            BaseType.IQ3_KT, BaseType.IQ3_KS, BaseType.Q2_K_R4, BaseType.IQ4_K_R4, BaseType.IQ3_K_R4,
            BaseType.IQ2_K_R4, BaseType.IQ3_XXS_R4, BaseType.IQ3_S_R4);
    private static final Set<BaseType> DOWN_Q5_K_WITHOUT_IMATRIX = EnumSet.of(BaseType.IQ4_NL, BaseType.IQ4_XS,
            BaseType.IQ4_KS, BaseType.IQ4_KSS, BaseType.IQ4_NL_R4, BaseType.IQ4_XS_R8);
    private static final long COLUMNS_OF_4B = 2560;
    private static final long LARGE_VOCABULARY = 127_999;

    private final Model model;
    private final BaseType base;
    private final boolean hasImatrix;
    private final boolean hasOutput;
    private final boolean falcon;
    private final int group;
    private final int experts;
    private final int values;
    private final long columns;
    private int value;
    private int down;
    private int gate;
    private int up;

    IkLlamaCppMix(Model model, QuantizeOptions options) {
        this.model = model;
        this.base = options.base();
        this.hasImatrix = options.imatrix().isPresent();
        this.hasOutput = model.hasOutput();
        this.falcon = model.architecture().equals("falcon");
        this.group = model.queryGroup();
        this.experts = model.experts();
        this.columns = model.tensors().stream().filter(tensor -> tensor.name().equals("token_embd.weight"))
                .mapToLong(TensorInfo::ne0).findFirst().orElse(0);
        this.values = (int) model.tensors().stream().map(TensorInfo::name)
                .filter(name -> name.contains("attn_v.weight") || name.contains("attn_qkv.weight")).count();
    }

    @Override
    public GgmlType type(TensorInfo tensor) throws RefusedException {
        String name = tensor.name();
        if (isOutput(name)) {
            return output(tensor);
        }
        if (name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight")) {
            return tokenEmbedding();
        }
        if (LOWEST_WITH_EXPERTS.contains(base)) {
            return lowestForExperts(tensor, base != BaseType.IQ2_KT);
        }
        if (LOWEST.contains(base)) {
            return lowest(name);
        }
        if (name.contains("attn_v.weight")) {
            return value();
        }
        if (name.contains("attn_k")) {
            return experts >= 4 ? GgmlType.Q8_0 : key();
        }
        if (name.contains("attn_q")) {
            return query();
        }
        if (name.contains("ffn_down")) {
            return down(Mix.layer(tensor, down++, model));
        }
        if (name.contains("attn_output.weight")) {
            return attentionOutput();
        }
        if (name.contains("ffn_gate")) {
            return gateOrUp(Mix.layer(tensor, gate++, model));
        }
        return name.contains("ffn_up") ? gateOrUp(Mix.layer(tensor, up++, model)) : base.type();
    }

    /** The lowest base types look at one option for layers each. */
    @Override
    public TypeOption option(String tensor) {
        if (isOutput(tensor)) {
            return TypeOption.OUTPUT;
        }
        if (tensor.equals("token_embd.weight")) {
            return TypeOption.TOKEN_EMBEDDING;
        }
        if (tensor.equals("per_layer_token_embd.weight")) {
            return TypeOption.PER_LAYER_TOKEN_EMBEDDING;
        }
        TypeOption first = Arrays.stream(TypeOption.values())
                .filter(option -> !option.beatsRules() && tensor.contains(option.tensors())).findFirst().orElse(null);
        if (LOWEST_WITH_EXPERTS.contains(base)) {
            boolean other = experts >= 8 && tensor.contains("blk.0.ffn_down") || tensor.contains("_shexp.weight");
            return first == TypeOption.DOWN && !other ? first : null;
        }
        return LOWEST.contains(base) && first != TypeOption.ATTENTION_OUTPUT ? null : first;
    }

    private boolean isOutput(String tensor) {
        return tensor.equals("output.weight") || !hasOutput && tensor.equals("token_embd.weight");
    }

    private GgmlType output(TensorInfo tensor) {
        if (falcon || tensor.ne0() % 256 != 0) {
            return GgmlType.Q8_0;
        }
        if (OUTPUT_Q5_K.contains(base)) {
            return hasOutput ? GgmlType.Q5_K : GgmlType.IQ4_K;
        }
        if (base == BaseType.IQ2_XXS_R4 || base == BaseType.IQ2_XS_R4) {
            return hasOutput ? GgmlType.Q5_K_R4 : GgmlType.IQ4_K_R4;
        }
        if (TIED_IQ5_K.contains(base) && !hasOutput) {
            return GgmlType.IQ5_K;
        }
        return GOOD_FOR_OUTPUT.contains(base.type()) ? base.type() : GgmlType.Q6_K;
    }

    private GgmlType tokenEmbedding() {
        return switch (base) {
            case IQ2_XXS, IQ2_XS, IQ1_S, IQ1_M, IQ2_XXS_R4, IQ2_XS_R4, IQ1_S_R4, IQ1_M_R4 -> GgmlType.Q2_K;
            case IQ2_S, IQ2_M, IQ2_M_R4, IQ3_XXS, IQ3_KT -> GgmlType.IQ3_S;
            case IQ3_XXS_R4 -> GgmlType.IQ3_K;
            case IQ1_BN, IQ2_BN, IQ2_BN_R4 -> GgmlType.IQ4_NL;
            default -> base.type();
        };
    }

    /** @param interleaved choose types that hold four rows at once */
    private GgmlType lowestForExperts(TensorInfo tensor, boolean interleaved) throws RefusedException {
        String name = tensor.name();
        GgmlType iq4 = interleaved ? GgmlType.IQ4_K_R4 : GgmlType.IQ4_K;
        GgmlType iq3 = interleaved ? GgmlType.IQ3_K_R4 : GgmlType.IQ3_K;
        GgmlType q4 = interleaved ? GgmlType.Q4_K_R4 : GgmlType.Q4_K;
        boolean firstLayer = name.contains("blk.0.ffn_down") || name.contains("blk.0.ffn_gate")
                || name.contains("blk.0.ffn_up");
        if (name.contains("attn_v.weight")) {
            GgmlType least = interleaved ? GgmlType.Q2_K_R4 : GgmlType.Q2_K;
            return experts >= 4 || group >= 4 ? iq4 : group >= 2 ? iq3 : least;
        }
        if (experts >= 8 && name.contains("attn_k")) {
            return q4;
        }
        if (experts >= 8 && firstLayer) {
            return iq3;
        }
        if (experts >= 8 && name.contains("attn_q")) {
            return q4;
        }
        if (name.contains("attn_qkv.weight")) {
            return interleaved ? GgmlType.IQ2_K_R4 : GgmlType.IQ3_K;
        }
        if (name.contains("_shexp.weight")) {
            return iq4;
        }
        if (name.contains("ffn_down")) {
            boolean early = Mix.layer(tensor, down++, model) < model.layers() / 8;
            return !early ? base.type() : interleaved ? GgmlType.Q2_K_R4 : GgmlType.IQ3_K;
        }
        if (name.contains("attn_output.weight")) {
            GgmlType more = interleaved ? GgmlType.Q5_K_R4 : GgmlType.Q5_K;
            return experts >= 4 ? more : interleaved ? GgmlType.IQ2_K_R4 : GgmlType.IQ3_K;
        }
        return base.type();
    }

    private GgmlType lowest(String name) {
        boolean upper = UPPER_OF_LOWEST.contains(base);
        GgmlType more = upper ? GgmlType.IQ3_S : GgmlType.Q2_K;
        if (name.contains("attn_v.weight")) {
            return group >= 4 || experts >= 4 ? GgmlType.IQ4_K : group >= 2 || experts >= 2 ? GgmlType.IQ3_K : more;
        }
        if (experts >= 8 && (name.contains("attn_k") || name.contains("attn_q"))) {
            return GgmlType.Q4_K;
        }
        if (name.contains("attn_qkv.weight")) {
            return upper ? GgmlType.IQ3_XXS : GgmlType.IQ2_K;
        }
        if (name.contains("ffn_down")) {
            return down++ < model.layers() / 8 ? more : base.type();
        }
        if (name.contains("attn_output.weight")) {
            boolean lower = base == BaseType.IQ1_S || base == BaseType.IQ1_M;
            return experts >= 4
                    ? GgmlType.Q5_K
                    : lower ? GgmlType.IQ2_K : upper ? GgmlType.IQ3_S : base.type();
        }
        return base.type();
    }

    private GgmlType value() {
        int number = value++;
        boolean grouped = group >= 2;
        boolean wide = group >= 4;
        if (experts >= 4) {
            return GgmlType.Q8_0;
        }
        if (is70B()) {
            return switch (base.type()) {
                case Q3_K, Q4_K -> GgmlType.Q5_K;
                case IQ3_K -> GgmlType.IQ5_K;
                default -> base.type();
            };
        }
        return switch (base) {
            case Q2_K -> wide ? GgmlType.Q4_K : GgmlType.Q3_K;
            case IQ2_K -> grouped ? GgmlType.IQ4_K : GgmlType.IQ3_K;
            case IQ2_K_R4 -> grouped ? GgmlType.IQ4_K_R4 : GgmlType.IQ3_K_R4;
            case IQ3_XXS -> wide
                    ? GgmlType.Q4_K
                    : grouped ? GgmlType.IQ3_K : hasImatrix ? GgmlType.IQ3_XXS : GgmlType.IQ3_S;
            case IQ3_XXS_R4 -> wide
                    ? GgmlType.Q4_K_R4
                    : grouped || !hasImatrix ? GgmlType.IQ3_K_R4 : GgmlType.IQ3_XXS_R4;
            case IQ3_KT -> wide ? GgmlType.IQ4_K : GgmlType.IQ3_K;
            case IQ4_KT -> wide ? GgmlType.IQ5_K : GgmlType.IQ4_K;
            case IQ3_M, IQ3_KL -> grouped ? GgmlType.IQ5_K : GgmlType.IQ4_K;
            case Q3_K_M -> number < 2 ? GgmlType.Q5_K : GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            case IQ3_XS, IQ3_S, IQ3_K -> grouped ? GgmlType.IQ4_K : base.type();
            case IQ3_S_R4, IQ3_K_R4 -> grouped ? GgmlType.IQ4_K_R4 : base.type();
            case IQ3_KS, IQ2_KL -> grouped ? GgmlType.IQ4_KS : base.type();
            case IQ4_NL, IQ4_XS, IQ4_NL_R4, IQ4_XS_R8, IQ4_KS, IQ4_KSS, IQ4_K, IQ4_K_R4 ->
                grouped ? GgmlType.IQ5_K : base.type();
            case IQ4_KS_R4 -> grouped ? GgmlType.IQ5_K_R4 : base.type();
            case Q2_K_S -> wide ? GgmlType.Q4_K : base.type();
            case Q2_K_R4 -> wide ? GgmlType.Q4_K_R4 : base.type();
            case Q4_K_M, Q5_K_M -> Mix.moreBits(number, values) ? GgmlType.Q6_K : wideValue();
            case Q4_K_S, Q4_K_R4 -> number < 4 ? GgmlType.Q5_K : wideValue();
            case Q5_K_S -> isLarge8B() ? GgmlType.Q6_K : base.type();
            case IQ5_K, IQ5_KS -> isLarge8B() ? GgmlType.IQ6_K : base.type();
            default -> wideValue();
        };
    }

    /** The value matrix is small if it has one head for four or more of queries. A step up costs little then. */
    private GgmlType wideValue() {
        boolean draft = model.architecture().equals("dflash-draft")
                && (base == BaseType.Q4_K_M || base == BaseType.Q5_K_M);
        if (group < 4 || draft) {
            return base.type();
        }
        return switch (base.type()) {
            case Q2_K, IQ3_XXS -> GgmlType.IQ3_S;
            case Q2_K_R4, IQ3_XXS_R4 -> GgmlType.IQ3_K_R4;
            case Q3_K, IQ3_S -> GgmlType.Q4_K;
            case IQ3_K -> GgmlType.IQ4_K;
            case IQ3_KS, IQ2_KL -> GgmlType.IQ4_KS;
            case IQ3_S_R4, Q3_K_R4 -> GgmlType.Q4_K_R4;
            case Q4_K, IQ4_XS, IQ4_NL, IQ4_NL_R4, IQ4_XS_R8 -> GgmlType.Q5_K;
            case IQ4_K, IQ4_KS -> GgmlType.IQ5_K;
            case Q5_K -> GgmlType.Q6_K;
            case IQ5_K, IQ5_KS -> GgmlType.IQ6_K;
            default -> base.type();
        };
    }

    /** A model that the program calls 8B (70B was dealt with), with the vocabulary of Llama 3. */
    private boolean isLarge8B() {
        boolean named8B = switch (model.architecture()) {
            case "llama" -> (model.layers() == 32 || model.layers() == 36) && experts != 8;
            case "qwen3", "qwen3vl" -> model.layers() == 36 && columns != COLUMNS_OF_4B;
            case "cohere2" -> model.layers() == 32;
            case "mistral3" -> model.layers() == 34;
            default -> false;
        };
        return model.vocabulary() >= LARGE_VOCABULARY && (named8B || is70B());
    }

    private boolean is70B() {
        return model.is70B() || model.architecture().equals("qwen2vl") && model.layers() == 80;
    }

    private GgmlType key() {
        return switch (base) {
            case IQ3_XS -> GgmlType.IQ3_XXS;
            case IQ3_XXS, IQ3_XXS_R4 -> GgmlType.IQ2_S;
            default -> base.type();
        };
    }

    private GgmlType query() {
        return switch (base) {
            case Q5_K_S -> isLarge8B() ? GgmlType.Q4_K : base.type();
            case IQ5_K -> isLarge8B() ? GgmlType.IQ4_K : base.type();
            case IQ5_KS -> isLarge8B() ? GgmlType.IQ4_KS : base.type();
            default -> key();
        };
    }

    private GgmlType down(int layer) {
        int layers = model.layers();
        boolean first = layer < layers / 8;
        boolean more = Mix.moreBits(layer, layers);
        if (DOWN_Q5_K_WITHOUT_IMATRIX.contains(base)) {
            return first && !hasImatrix ? GgmlType.Q5_K : base.type();
        }
        return switch (base) {
            case Q2_K -> GgmlType.Q3_K;
            case Q2_K_S -> first ? GgmlType.Q4_K : base.type();
            case Q2_K_R4 -> first ? GgmlType.Q4_K_R4 : base.type();
            case IQ3_XXS -> hasImatrix ? base.type() : first ? GgmlType.Q4_K : GgmlType.Q3_K;
            case IQ3_KT -> hasImatrix ? base.type() : first ? GgmlType.IQ4_K : GgmlType.IQ3_K;
            case IQ3_XXS_R4 -> hasImatrix ? base.type() : first ? GgmlType.Q4_K_R4 : GgmlType.IQ3_K_R4;
            case Q3_K_M -> layer < layers / 16
                    ? GgmlType.Q5_K
                    : !falcon || more ? GgmlType.Q4_K : GgmlType.Q3_K;
            case IQ3_M -> first || experts >= 4 && more ? GgmlType.IQ4_K : base.type();
            case Q3_K_L -> falcon ? GgmlType.Q4_K : GgmlType.Q5_K;
            case IQ3_KL -> more ? GgmlType.IQ4_KS : GgmlType.IQ3_K;
            case Q4_K_M -> falcon
                    ? layer < layers / 16 ? GgmlType.Q6_K : more ? GgmlType.Q5_K : GgmlType.Q4_K
                    : more ? GgmlType.Q6_K : base.type();
            case IQ4_KS_R4 -> first && !hasImatrix ? GgmlType.Q5_K_R4 : base.type();
            case Q5_K_M -> more ? GgmlType.Q6_K : base.type();
            case Q4_K_S, Q4_K_R4 -> !falcon && first ? GgmlType.Q5_K : base.type();
            case Q4_0 -> hasImatrix && first ? GgmlType.Q4_1 : base.type();
            case Q5_0 -> hasImatrix && first ? GgmlType.Q5_1 : base.type();
            case Q4_0_R8 -> hasImatrix && first ? GgmlType.IQ4_NL_R4 : base.type();
            default -> base.type();
        };
    }

    private GgmlType attentionOutput() {
        if (falcon) {
            return base == BaseType.Q3_K_L ? GgmlType.Q4_K : base.type();
        }
        if (experts >= 4) {
            return Q5_K_ATTENTION_OUTPUT_OF_EXPERTS.contains(base)
                    ? GgmlType.Q5_K
                    : base == BaseType.IQ2_KL ? GgmlType.IQ4_KS : base.type();
        }
        return switch (base) {
            case Q2_K -> GgmlType.Q3_K;
            case IQ3_XXS -> GgmlType.IQ3_S;
            case IQ3_KT -> group >= 4 ? GgmlType.IQ3_K : base.type();
            case IQ3_XXS_R4, IQ2_K_R4 -> GgmlType.IQ3_K_R4;
            case Q3_K_M -> GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            case IQ3_M -> GgmlType.IQ4_K;
            case IQ2_K -> GgmlType.IQ3_K;
            case IQ3_KL -> GgmlType.IQ4_KS;
            default -> base.type();
        };
    }

    private GgmlType gateOrUp(int layer) {
        int layers = model.layers();
        boolean middle = layer >= layers / 8 && layer < 7 * layers / 8;
        if (base == BaseType.IQ3_XS && middle) {
            return GgmlType.IQ3_XXS;
        }
        return base == BaseType.IQ3_KL && Mix.moreBits(layer, layers) ? GgmlType.IQ4_KS : base.type();
    }
}
