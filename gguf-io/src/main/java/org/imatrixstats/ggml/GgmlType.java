package org.imatrixstats.ggml;

import org.imatrixstats.tensor.ElementType;

/**
 * How the elements of a tensor are stored: blocks of {@code blockSize} elements in {@code bytesPerBlock} bytes; some
 * types have a few bytes more per row.
 *
 * <p>Identifiers and sizes as in ggml.h of llama.cpp, and from 97 on as in that of ik_llama.cpp. The identifiers 4, 5,
 * 31 to 33 and 36 to 38 belonged to types that llama.cpp removed; ik_llama.cpp kept some of them.
 */
public enum GgmlType implements ElementType {
    F32(0, "f32", 1, 4), //
    F16(1, "f16", 1, 2), //
    Q4_0(2, "q4_0", 32, 18), //
    Q4_1(3, "q4_1", 32, 20), //
    Q5_0(6, "q5_0", 32, 22), //
    Q5_1(7, "q5_1", 32, 24), //
    Q8_0(8, "q8_0", 32, 34), //
    Q8_1(9, "q8_1", 32, 36), //
    Q2_K(10, "q2_K", 256, 84), //
    Q3_K(11, "q3_K", 256, 110), //
    Q4_K(12, "q4_K", 256, 144), //
    Q5_K(13, "q5_K", 256, 176), //
    Q6_K(14, "q6_K", 256, 210), //
    Q8_K(15, "q8_K", 256, 292), //
    IQ2_XXS(16, "iq2_xxs", 256, 66), //
    IQ2_XS(17, "iq2_xs", 256, 74), //
    IQ3_XXS(18, "iq3_xxs", 256, 98), //
    IQ1_S(19, "iq1_s", 256, 50), //
    IQ4_NL(20, "iq4_nl", 32, 18), //
    IQ3_S(21, "iq3_s", 256, 110), //
    IQ2_S(22, "iq2_s", 256, 82), //
    IQ4_XS(23, "iq4_xs", 256, 136), //
    I8(24, "i8", 1, 1), //
    I16(25, "i16", 1, 2), //
    I32(26, "i32", 1, 4), //
    I64(27, "i64", 1, 8), //
    F64(28, "f64", 1, 8), //
    IQ1_M(29, "iq1_m", 256, 56), //
    BF16(30, "bf16", 1, 2), //
    TQ1_0(34, "tq1_0", 256, 54), //
    TQ2_0(35, "tq2_0", 256, 66), //
    MXFP4(39, "mxfp4", 32, 17), //
    NVFP4(40, "nvfp4", 64, 36), //
    Q1_0(41, "q1_0", 128, 18), //
    Q2_0(42, "q2_0", 64, 18), //
    // Of ik_llama.cpp alone.
    Q4_0_4X4(31, "q4_0_4x4", 32, 18), //
    Q4_0_4X8(32, "q4_0_4x8", 32, 18), //
    Q4_0_8X8(33, "q4_0_8x8", 32, 18), //
    I2_S(36, "i2_s", 1, 1), //
    Q8_0_X4(97, "q8_0_x4", 32, 34), //
    Q8_1_X4(98, "q8_1_x4", 32, 36), //
    Q8_2_X4(99, "q8_2_x4", 32, 36), //
    Q6_0(133, "q6_0", 32, 26), //
    IQ1_BN(134, "iq1_bn", 64, 13, 2), //
    IQ2_BN(135, "iq2_bn", 64, 16, 4), //
    Q8_K64(136, "q8_K64", 64, 68), //
    IQ2_K(137, "iq2_k", 256, 76), //
    IQ3_K(138, "iq3_k", 256, 110), //
    IQ4_K(139, "iq4_k", 256, 144), //
    IQ5_K(140, "iq5_k", 256, 176), //
    IQ6_K(141, "iq6_k", 256, 212), //
    IQ4_KS(144, "iq4_ks", 256, 136, 4), //
    IQ2_KS(145, "iq2_ks", 256, 70, 2), //
    IQ4_KSS(146, "iq4_kss", 256, 128, 4), //
    Q8_K16(147, "q8_K16", 64, 64, 20), //
    Q8_K32(148, "q8_K32", 256, 296), //
    Q8_KR8(149, "q8_KR8", 256, 296), //
    Q8_K128(150, "q8_K128", 128, 140), //
    Q8_KV(151, "q8_KV", 32, 32, 8), //
    IQ5_KS(152, "iq5_ks", 256, 168, 4), //
    IQ2_KT(153, "iq2_kt", 256, 68, 4), //
    IQ3_KT(154, "iq3_kt", 256, 100, 4), //
    IQ4_KT(155, "iq4_kt", 256, 128, 4), //
    IQ3_KS(156, "iq3_ks", 256, 102, 2), //
    IQ2_KL(157, "iq2_kl", 256, 86, 2), //
    IQ1_KT(158, "iq1_kt", 256, 56, 4), //
    Q4_0_R8(202, "q4_0_r8", 32, 18), //
    Q5_0_R4(206, "q5_0_r4", 32, 22), //
    Q8_0_R8(208, "q8_0_r8", 32, 34), //
    Q2_K_R4(210, "q2_k_r4", 256, 84), //
    Q3_K_R4(211, "q3_k_r4", 256, 110), //
    Q4_K_R4(212, "q4_k_r4", 256, 144), //
    Q5_K_R4(213, "q5_k_r4", 256, 176), //
    Q6_K_R4(214, "q6_k_r4", 256, 210), //
    IQ2_XXS_R4(216, "iq2_xxs_r4", 256, 66), //
    IQ2_XS_R4(217, "iq2_xs_r4", 256, 74), //
    IQ3_XXS_R4(218, "iq3_xxs_r4", 256, 98), //
    IQ1_S_R4(219, "iq1_s_r4", 32, 6, 2), //
    IQ4_NL_R4(220, "iq4_nl_r4", 32, 18), //
    IQ3_S_R4(221, "iq3_s_r4", 256, 110), //
    IQ2_S_R4(222, "iq2_s_r4", 256, 82), //
    IQ4_XS_R8(223, "iq4_xs_r8", 256, 136), //
    IQ1_M_R4(229, "iq1_m_r4", 32, 7, 2), //
    BF16_R16(230, "bf16_r16", 1, 2), //
    Q6_0_R4(233, "q6_0_r4", 32, 26), //
    IQ2_BN_R4(335, "iq2_bn_r4", 64, 16, 4), //
    IQ2_K_R4(337, "iq2_k_r4", 256, 76), //
    IQ3_K_R4(338, "iq3_k_r4", 256, 110), //
    IQ4_K_R4(339, "iq4_k_r4", 256, 144), //
    IQ5_K_R4(340, "iq5_k_r4", 256, 176), //
    IQ4_KS_R4(344, "iq4_ks_r4", 256, 136, 4), //
    IQ5_KS_R4(352, "iq5_ks_r4", 256, 168, 4), //
    MXFP4_R8(353, "mxfp4_r8", 32, 17), //
    Q8_K_R16(397, "q8_k_r16", 256, 258), //
    Q8_KV_R8(398, "q8_KV_r8", 32, 32, 4), //
    Q8_K_R8(399, "q8_k_r8", 256, 258);

    private static final GgmlType[] BY_ID = new GgmlType[400];
    static {
        for (GgmlType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final String ggmlName;
    private final int blockSize;
    private final int bytesPerBlock;
    private final int bytesPerRow;

    GgmlType(int id, String ggmlName, int blockSize, int bytesPerBlock) {
        this(id, ggmlName, blockSize, bytesPerBlock, 0);
    }

    GgmlType(int id, String ggmlName, int blockSize, int bytesPerBlock, int bytesPerRow) {
        this.id = id;
        this.ggmlName = ggmlName;
        this.blockSize = blockSize;
        this.bytesPerBlock = bytesPerBlock;
        this.bytesPerRow = bytesPerRow;
    }

    /** The type with this identifier; null if there is none. */
    public static GgmlType ofId(long id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[(int) id] : null;
    }

    public int id() {
        return id;
    }

    /** The name that ggml and the rules of the quantizers use. */
    public String ggmlName() {
        return ggmlName;
    }

    @Override
    public String label() {
        return ggmlName;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    @Override
    public int bytesPerRow() {
        return bytesPerRow;
    }

    /** Bytes of a row of this many elements, as the quantizers count them: what is no whole block is cut off. */
    public long rowBytes(long columns) {
        return columns / blockSize * bytesPerBlock + columns % blockSize * bytesPerBlock / blockSize + bytesPerRow;
    }
}
