package org.imatrixstats.plan;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Program;

/**
 * The type that llama-quantize is asked for ({@code ftype}): a tensor type for most tensors and, for the mixes, better
 * ones for some. Numbers, names and tensor types as in llama_ftype, QUANT_OPTIONS and llama_ftype_get_default_type of the
 * programs: llama.cpp v0.5.0, ik_llama.cpp of August 2026.
 */
public enum BaseType {
    Q1_0(40, GgmlType.Q1_0, In.LLAMA_CPP), //
    Q2_0(41, GgmlType.Q2_0, In.LLAMA_CPP), //
    Q4_0(2, GgmlType.Q4_0, In.BOTH), //
    Q4_1(3, GgmlType.Q4_1, In.BOTH), //
    MXFP4_MOE(38, GgmlType.MXFP4, In.LLAMA_CPP), //
    Q5_0(8, GgmlType.Q5_0, In.BOTH), //
    Q5_1(9, GgmlType.Q5_1, In.BOTH), //
    IQ2_XXS(19, GgmlType.IQ2_XXS, In.BOTH), //
    IQ2_XS(20, GgmlType.IQ2_XS, In.BOTH), //
    IQ2_S(28, GgmlType.IQ2_XS, In.BOTH), //
    IQ2_M(29, GgmlType.IQ2_S, In.BOTH), //
    IQ1_S(24, GgmlType.IQ1_S, In.BOTH), //
    IQ1_M(31, GgmlType.IQ1_M, In.BOTH), //
    TQ1_0(36, GgmlType.TQ1_0, In.LLAMA_CPP), //
    TQ2_0(37, GgmlType.TQ2_0, In.LLAMA_CPP), //
    Q2_K(10, GgmlType.Q2_K, In.BOTH), //
    Q2_K_S(21, GgmlType.Q2_K, In.BOTH), //
    IQ3_XXS(23, GgmlType.IQ3_XXS, In.BOTH), //
    IQ3_S(26, GgmlType.IQ3_S, In.BOTH), //
    IQ3_M(27, GgmlType.IQ3_S, In.BOTH), //
    IQ3_XS(22, GgmlType.IQ3_S, In.BOTH), //
    Q3_K_S(11, GgmlType.Q3_K, In.BOTH), //
    Q3_K_M(12, GgmlType.Q3_K, In.BOTH), //
    Q3_K_L(13, GgmlType.Q3_K, In.BOTH), //
    IQ4_NL(25, GgmlType.IQ4_NL, In.BOTH), //
    IQ4_XS(30, GgmlType.IQ4_XS, In.BOTH), //
    Q4_K_S(14, GgmlType.Q4_K, In.BOTH), //
    Q4_K_M(15, GgmlType.Q4_K, In.BOTH), //
    Q5_K_S(16, GgmlType.Q5_K, In.BOTH), //
    Q5_K_M(17, GgmlType.Q5_K, In.BOTH), //
    Q6_K(18, GgmlType.Q6_K, In.BOTH), //
    Q8_0(7, GgmlType.Q8_0, In.BOTH), //
    F16(1, GgmlType.F16, In.BOTH), //
    BF16(32, GgmlType.BF16, In.BOTH), //
    F32(0, GgmlType.F32, In.BOTH), //
    Q6_0(135, GgmlType.Q6_0, In.IK_LLAMA_CPP), //
    MXFP4(38, GgmlType.MXFP4, In.IK_LLAMA_CPP), //
    MXFP4_R8(351, GgmlType.MXFP4_R8, In.IK_LLAMA_CPP), //
    IQ2_XXS_R4(219, GgmlType.IQ2_XXS_R4, In.IK_LLAMA_CPP), //
    IQ2_XS_R4(220, GgmlType.IQ2_XS_R4, In.IK_LLAMA_CPP), //
    IQ2_M_R4(229, GgmlType.IQ2_S_R4, In.IK_LLAMA_CPP), //
    IQ1_S_R4(224, GgmlType.IQ1_S_R4, In.IK_LLAMA_CPP), //
    IQ1_M_R4(231, GgmlType.IQ1_M_R4, In.IK_LLAMA_CPP), //
    IQ1_BN(136, GgmlType.IQ1_BN, In.IK_LLAMA_CPP), //
    IQ2_BN(137, GgmlType.IQ2_BN, In.IK_LLAMA_CPP), //
    IQ2_BN_R4(337, GgmlType.IQ2_BN_R4, In.IK_LLAMA_CPP), //
    Q2_K_R4(210, GgmlType.Q2_K_R4, In.IK_LLAMA_CPP), //
    IQ3_KT(152, GgmlType.IQ3_KT, In.IK_LLAMA_CPP), //
    IQ4_KT(153, GgmlType.IQ4_KT, In.IK_LLAMA_CPP), //
    IQ3_XXS_R4(223, GgmlType.IQ3_XXS_R4, In.IK_LLAMA_CPP), //
    IQ3_S_R4(226, GgmlType.IQ3_S_R4, In.IK_LLAMA_CPP), //
    Q3_K_R4(211, GgmlType.Q3_K_R4, In.IK_LLAMA_CPP), //
    IQ4_NL_R4(225, GgmlType.IQ4_NL_R4, In.IK_LLAMA_CPP), //
    IQ4_XS_R8(230, GgmlType.IQ4_XS_R8, In.IK_LLAMA_CPP), //
    Q4_0_R8(202, GgmlType.Q4_0_R8, In.IK_LLAMA_CPP), //
    Q5_0_R4(208, GgmlType.Q5_0_R4, In.IK_LLAMA_CPP), //
    Q6_0_R4(335, GgmlType.Q6_0_R4, In.IK_LLAMA_CPP), //
    Q8_0_R8(207, GgmlType.Q8_0_R8, In.IK_LLAMA_CPP), //
    Q8_KV(149, GgmlType.Q8_KV, In.IK_LLAMA_CPP), //
    IQ4_KS(145, GgmlType.IQ4_KS, In.IK_LLAMA_CPP), //
    IQ4_KS_R4(345, GgmlType.IQ4_KS_R4, In.IK_LLAMA_CPP), //
    IQ5_KS_R4(350, GgmlType.IQ5_KS_R4, In.IK_LLAMA_CPP), //
    IQ4_KSS(148, GgmlType.IQ4_KSS, In.IK_LLAMA_CPP), //
    IQ5_KS(150, GgmlType.IQ5_KS, In.IK_LLAMA_CPP), //
    IQ2_K(138, GgmlType.IQ2_K, In.IK_LLAMA_CPP), //
    IQ2_K_R4(338, GgmlType.IQ2_K_R4, In.IK_LLAMA_CPP), //
    IQ2_KS(147, GgmlType.IQ2_KS, In.IK_LLAMA_CPP), //
    IQ1_KT(156, GgmlType.IQ1_KT, In.IK_LLAMA_CPP), //
    IQ2_KT(151, GgmlType.IQ2_KT, In.IK_LLAMA_CPP), //
    IQ2_KL(155, GgmlType.IQ2_KL, In.IK_LLAMA_CPP), //
    IQ3_KS(154, GgmlType.IQ3_KS, In.IK_LLAMA_CPP), //
    IQ3_K(139, GgmlType.IQ3_K, In.IK_LLAMA_CPP), //
    IQ3_K_R4(339, GgmlType.IQ3_K_R4, In.IK_LLAMA_CPP), //
    IQ3_KL(146, GgmlType.IQ3_K, In.IK_LLAMA_CPP), //
    IQ4_K(140, GgmlType.IQ4_K, In.IK_LLAMA_CPP), //
    IQ4_K_R4(340, GgmlType.IQ4_K_R4, In.IK_LLAMA_CPP), //
    IQ5_K(141, GgmlType.IQ5_K, In.IK_LLAMA_CPP), //
    IQ5_K_R4(341, GgmlType.IQ5_K_R4, In.IK_LLAMA_CPP), //
    IQ6_K(142, GgmlType.IQ6_K, In.IK_LLAMA_CPP), //
    Q4_K_R4(214, GgmlType.Q4_K_R4, In.IK_LLAMA_CPP), //
    Q5_K_R4(216, GgmlType.Q5_K_R4, In.IK_LLAMA_CPP), //
    Q6_K_R4(218, GgmlType.Q6_K_R4, In.IK_LLAMA_CPP), //
    Q8_K_R8(399, GgmlType.Q8_K_R8, In.IK_LLAMA_CPP), //
    Q8_KV_R8(398, GgmlType.Q8_KV_R8, In.IK_LLAMA_CPP), //
    Q4_0_4_4(33, GgmlType.Q4_0_4X4, In.IK_LLAMA_CPP), //
    Q4_0_4_8(34, GgmlType.Q4_0_4X8, In.IK_LLAMA_CPP), //
    Q4_0_8_8(35, GgmlType.Q4_0_8X8, In.IK_LLAMA_CPP), //
    BF16_R16(232, GgmlType.BF16_R16, In.IK_LLAMA_CPP);

    private enum In {
        LLAMA_CPP, IK_LLAMA_CPP, BOTH
    }

    private final int number;
    private final GgmlType type;
    private final In in;

    BaseType(int number, GgmlType type, In in) {
        this.number = number;
        this.type = type;
        this.in = in;
    }

    /** The number that the programs take in place of the name, and write as general.file_type. */
    public int number() {
        return number;
    }

    /** The type of the tensors that neither a rule nor the mix gives another. */
    public GgmlType type() {
        return type;
    }

    boolean isIn(Program program) {
        return in == In.BOTH || (in == In.LLAMA_CPP) == (program == Program.LLAMA_CPP);
    }

    /** Whether the programs only convert to it. They use neither rules nor mixes then. */
    public boolean isFloat() {
        return this == F16 || this == BF16 || this == F32 || this == BF16_R16;
    }
}
