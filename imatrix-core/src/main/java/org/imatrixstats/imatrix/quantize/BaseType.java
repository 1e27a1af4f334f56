package org.imatrixstats.imatrix.quantize;

import org.imatrixstats.gguf.GgmlType;

/**
 * The type that llama-quantize is asked for ({@code ftype}): a tensor type for most tensors and, for the mixes, better
 * ones for some. Names and tensor types as in QUANT_OPTIONS and llama_ftype_get_default_type of the programs, August 2026.
 */
public enum BaseType {
    Q1_0(GgmlType.Q1_0, In.LLAMA_CPP), //
    Q2_0(GgmlType.Q2_0, In.LLAMA_CPP), //
    Q4_0(GgmlType.Q4_0, In.BOTH), //
    Q4_1(GgmlType.Q4_1, In.BOTH), //
    MXFP4_MOE(GgmlType.MXFP4, In.LLAMA_CPP), //
    Q5_0(GgmlType.Q5_0, In.BOTH), //
    Q5_1(GgmlType.Q5_1, In.BOTH), //
    IQ2_XXS(GgmlType.IQ2_XXS, In.BOTH), //
    IQ2_XS(GgmlType.IQ2_XS, In.BOTH), //
    IQ2_S(GgmlType.IQ2_XS, In.BOTH), //
    IQ2_M(GgmlType.IQ2_S, In.BOTH), //
    IQ1_S(GgmlType.IQ1_S, In.BOTH), //
    IQ1_M(GgmlType.IQ1_M, In.BOTH), //
    TQ1_0(GgmlType.TQ1_0, In.LLAMA_CPP), //
    TQ2_0(GgmlType.TQ2_0, In.LLAMA_CPP), //
    Q2_K(GgmlType.Q2_K, In.BOTH), //
    Q2_K_S(GgmlType.Q2_K, In.BOTH), //
    IQ3_XXS(GgmlType.IQ3_XXS, In.BOTH), //
    IQ3_S(GgmlType.IQ3_S, In.BOTH), //
    IQ3_M(GgmlType.IQ3_S, In.BOTH), //
    IQ3_XS(GgmlType.IQ3_S, In.BOTH), //
    Q3_K_S(GgmlType.Q3_K, In.BOTH), //
    Q3_K_M(GgmlType.Q3_K, In.BOTH), //
    Q3_K_L(GgmlType.Q3_K, In.BOTH), //
    IQ4_NL(GgmlType.IQ4_NL, In.BOTH), //
    IQ4_XS(GgmlType.IQ4_XS, In.BOTH), //
    Q4_K_S(GgmlType.Q4_K, In.BOTH), //
    Q4_K_M(GgmlType.Q4_K, In.BOTH), //
    Q5_K_S(GgmlType.Q5_K, In.BOTH), //
    Q5_K_M(GgmlType.Q5_K, In.BOTH), //
    Q6_K(GgmlType.Q6_K, In.BOTH), //
    Q8_0(GgmlType.Q8_0, In.BOTH), //
    F16(GgmlType.F16, In.BOTH), //
    BF16(GgmlType.BF16, In.BOTH), //
    F32(GgmlType.F32, In.BOTH), //
    Q6_0(GgmlType.Q6_0, In.IK_LLAMA_CPP), //
    MXFP4(GgmlType.MXFP4, In.IK_LLAMA_CPP), //
    MXFP4_R8(GgmlType.MXFP4_R8, In.IK_LLAMA_CPP), //
    IQ2_XXS_R4(GgmlType.IQ2_XXS_R4, In.IK_LLAMA_CPP), //
    IQ2_XS_R4(GgmlType.IQ2_XS_R4, In.IK_LLAMA_CPP), //
    IQ2_M_R4(GgmlType.IQ2_S_R4, In.IK_LLAMA_CPP), //
    IQ1_S_R4(GgmlType.IQ1_S_R4, In.IK_LLAMA_CPP), //
    IQ1_M_R4(GgmlType.IQ1_M_R4, In.IK_LLAMA_CPP), //
    IQ1_BN(GgmlType.IQ1_BN, In.IK_LLAMA_CPP), //
    IQ2_BN(GgmlType.IQ2_BN, In.IK_LLAMA_CPP), //
    IQ2_BN_R4(GgmlType.IQ2_BN_R4, In.IK_LLAMA_CPP), //
    Q2_K_R4(GgmlType.Q2_K_R4, In.IK_LLAMA_CPP), //
    IQ3_KT(GgmlType.IQ3_KT, In.IK_LLAMA_CPP), //
    IQ4_KT(GgmlType.IQ4_KT, In.IK_LLAMA_CPP), //
    IQ3_XXS_R4(GgmlType.IQ3_XXS_R4, In.IK_LLAMA_CPP), //
    IQ3_S_R4(GgmlType.IQ3_S_R4, In.IK_LLAMA_CPP), //
    Q3_K_R4(GgmlType.Q3_K_R4, In.IK_LLAMA_CPP), //
    IQ4_NL_R4(GgmlType.IQ4_NL_R4, In.IK_LLAMA_CPP), //
    IQ4_XS_R8(GgmlType.IQ4_XS_R8, In.IK_LLAMA_CPP), //
    Q4_0_R8(GgmlType.Q4_0_R8, In.IK_LLAMA_CPP), //
    Q5_0_R4(GgmlType.Q5_0_R4, In.IK_LLAMA_CPP), //
    Q6_0_R4(GgmlType.Q6_0_R4, In.IK_LLAMA_CPP), //
    Q8_0_R8(GgmlType.Q8_0_R8, In.IK_LLAMA_CPP), //
    Q8_KV(GgmlType.Q8_KV, In.IK_LLAMA_CPP), //
    IQ4_KS(GgmlType.IQ4_KS, In.IK_LLAMA_CPP), //
    IQ4_KS_R4(GgmlType.IQ4_KS_R4, In.IK_LLAMA_CPP), //
    IQ5_KS_R4(GgmlType.IQ5_KS_R4, In.IK_LLAMA_CPP), //
    IQ4_KSS(GgmlType.IQ4_KSS, In.IK_LLAMA_CPP), //
    IQ5_KS(GgmlType.IQ5_KS, In.IK_LLAMA_CPP), //
    IQ2_K(GgmlType.IQ2_K, In.IK_LLAMA_CPP), //
    IQ2_K_R4(GgmlType.IQ2_K_R4, In.IK_LLAMA_CPP), //
    IQ2_KS(GgmlType.IQ2_KS, In.IK_LLAMA_CPP), //
    IQ1_KT(GgmlType.IQ1_KT, In.IK_LLAMA_CPP), //
    IQ2_KT(GgmlType.IQ2_KT, In.IK_LLAMA_CPP), //
    IQ2_KL(GgmlType.IQ2_KL, In.IK_LLAMA_CPP), //
    IQ3_KS(GgmlType.IQ3_KS, In.IK_LLAMA_CPP), //
    IQ3_K(GgmlType.IQ3_K, In.IK_LLAMA_CPP), //
    IQ3_K_R4(GgmlType.IQ3_K_R4, In.IK_LLAMA_CPP), //
    IQ3_KL(GgmlType.IQ3_K, In.IK_LLAMA_CPP), //
    IQ4_K(GgmlType.IQ4_K, In.IK_LLAMA_CPP), //
    IQ4_K_R4(GgmlType.IQ4_K_R4, In.IK_LLAMA_CPP), //
    IQ5_K(GgmlType.IQ5_K, In.IK_LLAMA_CPP), //
    IQ5_K_R4(GgmlType.IQ5_K_R4, In.IK_LLAMA_CPP), //
    IQ6_K(GgmlType.IQ6_K, In.IK_LLAMA_CPP), //
    Q4_K_R4(GgmlType.Q4_K_R4, In.IK_LLAMA_CPP), //
    Q5_K_R4(GgmlType.Q5_K_R4, In.IK_LLAMA_CPP), //
    Q6_K_R4(GgmlType.Q6_K_R4, In.IK_LLAMA_CPP), //
    Q8_K_R8(GgmlType.Q8_K_R8, In.IK_LLAMA_CPP), //
    Q8_KV_R8(GgmlType.Q8_KV_R8, In.IK_LLAMA_CPP), //
    Q4_0_4_4(GgmlType.Q4_0_4X4, In.IK_LLAMA_CPP), //
    Q4_0_4_8(GgmlType.Q4_0_4X8, In.IK_LLAMA_CPP), //
    Q4_0_8_8(GgmlType.Q4_0_8X8, In.IK_LLAMA_CPP), //
    BF16_R16(GgmlType.BF16_R16, In.IK_LLAMA_CPP);

    private enum In {
        LLAMA_CPP, IK_LLAMA_CPP, BOTH
    }

    private final GgmlType type;
    private final In in;

    BaseType(GgmlType type, In in) {
        this.type = type;
        this.in = in;
    }

    /** The type of the tensors that neither a rule nor the mix gives another. */
    public GgmlType type() {
        return type;
    }

    boolean inLlamaCpp() {
        return in != In.IK_LLAMA_CPP;
    }

    boolean inIkLlamaCpp() {
        return in != In.LLAMA_CPP;
    }

    /** Whether the programs look at rules and mixes: with these bases they only convert. */
    boolean isFloat() {
        return this == F16 || this == BF16 || this == F32;
    }
}
