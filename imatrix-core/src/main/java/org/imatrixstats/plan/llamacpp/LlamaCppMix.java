package org.imatrixstats.plan.llamacpp;

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
import org.imatrixstats.tensor.TensorName;

/**
 * The mixes of llama.cpp (llama_tensor_get_type_impl): which tensors of a base type get more bits, by what they do and by
 * where they stand. "Where" counts the tensors that come here: one with a rule is not counted.
 */
final class LlamaCppMix implements Mix {
    private static final Set<BaseType> LOWEST = EnumSet.of(BaseType.IQ1_S, BaseType.IQ1_M, BaseType.IQ2_XXS,
            BaseType.IQ2_XS, BaseType.IQ2_S, BaseType.IQ2_M);
    private static final Set<BaseType> Q5_K_ATTENTION_OUTPUT_OF_8_EXPERTS = EnumSet.of(BaseType.Q2_K,
            BaseType.IQ3_XS, BaseType.IQ3_XXS, BaseType.IQ3_S, BaseType.IQ3_M, BaseType.Q3_K_S, BaseType.Q3_K_M,
            BaseType.IQ4_NL, BaseType.IQ4_XS, BaseType.Q4_K_S, BaseType.Q4_K_M);

    private final Model model;
    private final BaseType base;
    private final boolean hasImatrix;
    private final boolean hasOutput;
    private final boolean falcon;
    private final boolean eightExperts;
    /** How many tensors are values of attention, for the mixes that ask. */
    private final int values;
    private int value;
    private int down;
    private int gate;
    private int up;

    LlamaCppMix(Model model, QuantizeOptions options) {
        this.model = model;
        this.base = options.base();
        this.hasImatrix = options.imatrix().isPresent();
        this.hasOutput = model.hasOutput();
        this.falcon = model.architecture().equals("falcon");
        this.eightExperts = model.experts() == 8;
        this.values = base == BaseType.Q4_K_M || base == BaseType.Q5_K_M ? values(model) : 0;
    }

    private static int values(Model model) {
        return (int) model.tensors().stream().filter(tensor -> Category.of(tensor.name()).isValue()).count();
    }

    @Override
    public GgmlType type(TensorInfo tensor) throws RefusedException {
        Category category = Category.of(tensor.name());
        if (isOutput(category)) {
            return output(tensor);
        }
        if (base == BaseType.MXFP4_MOE) {
            return isExpert(tensor, category) ? GgmlType.MXFP4 : GgmlType.Q8_0;
        }
        if (category == Category.TOKEN_EMBEDDING) {
            return tokenEmbedding();
        }
        if (LOWEST.contains(base)) {
            return lowest(category);
        }
        return switch (category) {
            case ATTENTION_V, ATTENTION_QKV, ATTENTION_KV_B -> value();
            case ATTENTION_K -> eightExperts ? GgmlType.Q8_0 : queryOrKey();
            case ATTENTION_Q -> queryOrKey();
            case ATTENTION_OUTPUT -> attentionOutput();
            case FFN_DOWN -> down(layer(tensor, down++));
            case FFN_GATE -> gateOrUp(layer(tensor, gate++));
            case FFN_UP -> gateOrUp(layer(tensor, up++));
            default -> base.type();
        };
    }

    @Override
    public TypeOption option(String tensor) {
        return isOutput(Category.of(tensor)) ? TypeOption.OUTPUT : null;
    }

    private boolean isOutput(Category category) {
        return category == Category.OUTPUT || !hasOutput && category == Category.TOKEN_EMBEDDING;
    }

    /** Matrices of MLA have three dimensions too. */
    private boolean isExpert(TensorInfo tensor, Category category) {
        boolean feedForward = category == Category.FFN_UP || category == Category.FFN_GATE
                || category == Category.FFN_DOWN;
        return Model.matrices(tensor) > 1 && (feedForward || !model.architecture().equals("bailingmoe3"));
    }

    private GgmlType output(TensorInfo tensor) {
        if (base == BaseType.MXFP4_MOE || falcon || tensor.ne0() % base.type().blockSize() != 0) {
            return GgmlType.Q8_0;
        }
        if (LOWEST.contains(base) || base == BaseType.IQ3_XXS) {
            return GgmlType.Q5_K;
        }
        return base.type() == GgmlType.Q8_0 ? GgmlType.Q8_0 : GgmlType.Q6_K;
    }

    private GgmlType tokenEmbedding() {
        return switch (base) {
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS -> GgmlType.Q2_K;
            case IQ2_S, IQ2_M, IQ3_XXS -> GgmlType.IQ3_S;
            case TQ1_0, TQ2_0, Q2_0 -> GgmlType.Q4_K;
            default -> base.type();
        };
    }

    private GgmlType lowest(Category category) {
        boolean upper = base == BaseType.IQ2_S || base == BaseType.IQ2_M;
        GgmlType more = upper ? GgmlType.IQ3_S : GgmlType.Q2_K;
        return switch (category) {
            case ATTENTION_V, ATTENTION_QKV, ATTENTION_KV_B ->
                model.queryGroup() >= 4 || model.experts() >= 4 ? GgmlType.Q4_K : more;
            case ATTENTION_K -> eightExperts ? GgmlType.Q4_K : base.type();
            case FFN_DOWN -> down++ < model.layers() / 8 ? more : base.type();
            case ATTENTION_OUTPUT -> {
                if (eightExperts) {
                    yield GgmlType.Q5_K;
                }
                boolean lower = base == BaseType.IQ1_S || base == BaseType.IQ1_M;
                yield lower ? GgmlType.IQ2_XXS : upper ? GgmlType.IQ3_S : base.type();
            }
            default -> base.type();
        };
    }

    private GgmlType value() {
        boolean grouped = model.queryGroup() >= 4;
        GgmlType type = switch (base) {
            case Q2_K -> grouped ? GgmlType.Q4_K : GgmlType.Q3_K;
            case Q2_K_S, IQ3_XS, IQ3_S -> grouped ? GgmlType.Q4_K : base.type();
            case IQ3_XXS -> grouped ? GgmlType.Q4_K : hasImatrix ? GgmlType.IQ3_XXS : GgmlType.IQ3_S;
            case IQ3_M -> GgmlType.Q4_K;
            case Q3_K_M -> value < 2 ? GgmlType.Q5_K : GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            case IQ4_NL, IQ4_XS -> grouped ? GgmlType.Q5_K : base.type();
            case Q4_K_M, Q5_K_M -> Mix.moreBits(value, values) ? GgmlType.Q6_K : base.type();
            case Q4_K_S -> value < 4 ? GgmlType.Q5_K : base.type();
            default -> base.type();
        };
        value++;
        if (eightExperts) {
            return GgmlType.Q8_0;
        }
        return is70B() && (type == GgmlType.Q3_K || type == GgmlType.Q4_K) ? GgmlType.Q5_K : type;
    }

    private boolean is70B() {
        return switch (model.architecture()) {
            case "jais2" -> model.layers() == 68;
            case "llama-embed" -> model.layers() == 80 && model.queryGroup() != 1 && !eightExperts;
            default -> model.is70B();
        };
    }

    private GgmlType queryOrKey() {
        return switch (base) {
            case IQ3_XS -> GgmlType.IQ3_XXS;
            case IQ3_XXS -> GgmlType.IQ2_S;
            default -> base.type();
        };
    }

    private GgmlType attentionOutput() {
        if (falcon) {
            return base == BaseType.Q3_K_L ? GgmlType.Q4_K : base.type();
        }
        if (eightExperts) {
            return Q5_K_ATTENTION_OUTPUT_OF_8_EXPERTS.contains(base) ? GgmlType.Q5_K : base.type();
        }
        return switch (base) {
            case Q2_K -> GgmlType.Q3_K;
            case IQ3_XXS -> GgmlType.IQ3_S;
            case Q3_K_M, IQ3_M -> GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            default -> base.type();
        };
    }

    private GgmlType down(int layer) {
        int layers = model.layers();
        boolean first = layer < layers / 8;
        return switch (base) {
            case Q2_K -> GgmlType.Q3_K;
            case Q2_K_S -> first ? GgmlType.Q4_K : base.type();
            case IQ3_XXS -> hasImatrix ? base.type() : first ? GgmlType.Q4_K : GgmlType.Q3_K;
            case Q3_K_M -> layer < layers / 16
                    ? GgmlType.Q5_K
                    : !falcon || Mix.moreBits(layer, layers) ? GgmlType.Q4_K : GgmlType.Q3_K;
            case IQ3_M -> first || eightExperts && Mix.moreBits(layer, layers) ? GgmlType.Q4_K : base.type();
            case Q3_K_L -> falcon ? GgmlType.Q4_K : GgmlType.Q5_K;
            case Q4_K_M -> falcon
                    ? layer < layers / 16
                            ? GgmlType.Q6_K
                            : Mix.moreBits(layer, layers) ? GgmlType.Q5_K : GgmlType.Q4_K
                    : Mix.moreBits(layer, layers) ? GgmlType.Q6_K : base.type();
            case IQ4_NL, IQ4_XS -> first && !hasImatrix ? GgmlType.Q5_K : base.type();
            case Q5_K_M -> Mix.moreBits(layer, layers) ? GgmlType.Q6_K : base.type();
            case Q4_K_S -> !falcon && first ? GgmlType.Q5_K : base.type();
            case Q4_0 -> hasImatrix && first ? GgmlType.Q4_1 : base.type();
            case Q5_0 -> hasImatrix && first ? GgmlType.Q5_1 : base.type();
            default -> base.type();
        };
    }

    private GgmlType gateOrUp(int layer) {
        int layers = model.layers();
        boolean middle = layer >= layers / 8 && layer < 7 * layers / 8;
        return base == BaseType.IQ3_XS && middle ? GgmlType.IQ3_XXS : base.type();
    }

    /** The number of the layer: by count, or by name where there are experts. */
    private int layer(TensorInfo tensor, int counted) throws RefusedException {
        return Mix.layer(tensor, counted, model);
    }
}
