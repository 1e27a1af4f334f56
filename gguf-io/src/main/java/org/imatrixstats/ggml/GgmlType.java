package org.imatrixstats.ggml;

/**
 * The tensor types of both programs. A line here has all that is known of a type: its identifier, name, elements per block
 * and bytes per block, and where it differs from the rest: the programs that have it, bytes per row beside the blocks, the
 * type whose rows it packs, what takes its place where its blocks do not fit, whether it demands an importance matrix.
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
    Q8_1(9, "q8_1", 32, 36, both().noTarget()), //
    Q2_K(10, "q2_K", 256, 84, both().fallback(Fallback.Q4_0_OR_IQ4_NL)), //
    Q3_K(11, "q3_K", 256, 110, both().fallback(Fallback.Q4_0_OR_IQ4_NL)), //
    Q4_K(12, "q4_K", 256, 144, both().fallback(Fallback.Q5_0)), //
    Q5_K(13, "q5_K", 256, 176, both().fallback(Fallback.Q5_1_OR_Q6_0)), //
    Q6_K(14, "q6_K", 256, 210, both().fallback(Fallback.Q8_0)), //
    Q8_K(15, "q8_K", 256, 292, both().noTarget()), //
    IQ2_XXS(16, "iq2_xxs", 256, 66, both().fallback(Fallback.IQ4_NL).needsEntry().crashesWithoutEntry()), //
    IQ2_XS(17, "iq2_xs", 256, 74, both().fallback(Fallback.IQ4_NL).needsEntry().crashesWithoutEntry()), //
    IQ3_XXS(18, "iq3_xxs", 256, 98, both().fallback(Fallback.IQ4_NL).needsEntryInLlamaCpp()), //
    IQ1_S(19, "iq1_s", 256, 50, both().fallback(Fallback.IQ4_NL).needsEntry().crashesWithoutEntry()), //
    IQ4_NL(20, "iq4_nl", 32, 18), //
    IQ3_S(21, "iq3_s", 256, 110, both().fallback(Fallback.IQ4_NL)), //
    IQ2_S(22, "iq2_s", 256, 82, both().fallback(Fallback.IQ4_NL).needsEntry()), //
    IQ4_XS(23, "iq4_xs", 256, 136, both().fallback(Fallback.IQ4_NL)), //
    I8(24, "i8", 1, 1, both().noTarget()), //
    I16(25, "i16", 1, 2, both().noTarget()), //
    I32(26, "i32", 1, 4, both().noTarget()), //
    I64(27, "i64", 1, 8, both().noTarget()), //
    F64(28, "f64", 1, 8, both().noTarget()), //
    IQ1_M(29, "iq1_m", 256, 56, both().fallback(Fallback.IQ4_NL).needsEntry()), //
    BF16(30, "bf16", 1, 2), //
    TQ1_0(34, "tq1_0", 256, 54, llamaCpp().fallback(Fallback.Q4_0)), //
    TQ2_0(35, "tq2_0", 256, 66, llamaCpp().fallback(Fallback.Q4_0)), //
    MXFP4(39, "mxfp4", 32, 17), //
    NVFP4(40, "nvfp4", 64, 36, llamaCpp()), //
    Q1_0(41, "q1_0", 128, 18, both().ikName("q1_0_g128")), //
    Q2_0(42, "q2_0", 64, 18, llamaCpp().fallback(Fallback.Q4_0)), //
    // In ik_llama.cpp alone.
    Q4_0_4X4(31, "q4_0_4x4", 32, 18, ik().packs(Q4_0, 4)), //
    Q4_0_4X8(32, "q4_0_4x8", 32, 18, ik().packs(Q4_0, 4)), //
    Q4_0_8X8(33, "q4_0_8x8", 32, 18, ik().packs(Q4_0, 8)), //
    I2_S(36, "i2_s", 1, 1, ik().noTarget()), //
    Q8_0_X4(97, "q8_0_x4", 32, 34, ik().noTarget()), //
    Q8_1_X4(98, "q8_1_x4", 32, 36, ik().noTarget()), //
    Q8_2_X4(99, "q8_2_x4", 32, 36, ik().noTarget()), //
    Q6_0(133, "q6_0", 32, 26, ik()), //
    IQ1_BN(134, "iq1_bn", 64, 13, ik().perRow(2)), //
    IQ2_BN(135, "iq2_bn", 64, 16, ik().perRow(4)), //
    Q8_K64(136, "q8_K64", 64, 68, ik().noTarget()), //
    IQ2_K(137, "iq2_k", 256, 76, ik().fallback(Fallback.IQ4_NL)), //
    IQ3_K(138, "iq3_k", 256, 110, ik().fallback(Fallback.IQ4_NL)), //
    IQ4_K(139, "iq4_k", 256, 144, ik().fallback(Fallback.Q5_0)), //
    IQ5_K(140, "iq5_k", 256, 176, ik().fallback(Fallback.Q5_1_OR_Q6_0)), //
    IQ6_K(141, "iq6_k", 256, 212, ik().fallback(Fallback.Q8_0)), //
    IQ4_KS(144, "iq4_ks", 256, 136, ik().perRow(4).fallback(Fallback.IQ4_NL)), //
    IQ2_KS(145, "iq2_ks", 256, 70, ik().perRow(2).fallback(Fallback.IQ4_NL)), //
    IQ4_KSS(146, "iq4_kss", 256, 128, ik().perRow(4).fallback(Fallback.IQ4_NL)), //
    Q8_K16(147, "q8_K16", 64, 64, ik().perRow(20).noTarget()), //
    Q8_K32(148, "q8_K32", 256, 296, ik().noTarget()), //
    Q8_KR8(149, "q8_KR8", 256, 296, ik().noTarget()), //
    Q8_K128(150, "q8_K128", 128, 140, ik().noTarget()), //
    Q8_KV(151, "q8_KV", 32, 32, ik().perRow(8)), //
    IQ5_KS(152, "iq5_ks", 256, 168, ik().perRow(4).fallback(Fallback.Q5_0)), //
    IQ2_KT(153, "iq2_kt", 256, 68, ik().perRow(4).fallback(Fallback.IQ4_NL).needsEntry()), //
    IQ3_KT(154, "iq3_kt", 256, 100, ik().perRow(4).fallback(Fallback.IQ4_NL)), //
    IQ4_KT(155, "iq4_kt", 256, 128, ik().perRow(4).fallback(Fallback.IQ4_NL)), //
    IQ3_KS(156, "iq3_ks", 256, 102, ik().perRow(2).fallback(Fallback.IQ4_NL)), //
    IQ2_KL(157, "iq2_kl", 256, 86, ik().perRow(2).fallback(Fallback.IQ4_NL)), //
    IQ1_KT(158, "iq1_kt", 256, 56, ik().perRow(4).fallback(Fallback.IQ4_NL).needsEntry()), //
    Q4_0_R8(202, "q4_0_r8", 32, 18, ik().packs(Q4_0, 8)), //
    Q5_0_R4(206, "q5_0_r4", 32, 22, ik().packs(Q5_0, 4)), //
    Q8_0_R8(208, "q8_0_r8", 32, 34, ik().packs(Q8_0, 8)), //
    Q2_K_R4(210, "q2_k_r4", 256, 84, ik().packs(Q2_K, 4)), //
    Q3_K_R4(211, "q3_k_r4", 256, 110, ik().packs(Q3_K, 4)), //
    Q4_K_R4(212, "q4_k_r4", 256, 144, ik().packs(Q4_K, 4)), //
    Q5_K_R4(213, "q5_k_r4", 256, 176, ik().packs(Q5_K, 4)), //
    Q6_K_R4(214, "q6_k_r4", 256, 210, ik().packs(Q6_K, 4)), //
    IQ2_XXS_R4(216, "iq2_xxs_r4", 256, 66, ik().packs(IQ2_XXS, 4)), //
    IQ2_XS_R4(217, "iq2_xs_r4", 256, 74, ik().packs(IQ2_XS, 4)), //
    IQ3_XXS_R4(218, "iq3_xxs_r4", 256, 98, ik().packs(IQ3_XXS, 4)), //
    IQ1_S_R4(219, "iq1_s_r4", 32, 6, ik().perRow(2).packs(IQ1_S, 4)), //
    IQ4_NL_R4(220, "iq4_nl_r4", 32, 18, ik().packs(IQ4_NL, 4)), //
    IQ3_S_R4(221, "iq3_s_r4", 256, 110, ik().packs(IQ3_S, 4)), //
    IQ2_S_R4(222, "iq2_s_r4", 256, 82, ik().packs(IQ2_S, 4)), //
    IQ4_XS_R8(223, "iq4_xs_r8", 256, 136, ik().packs(IQ4_XS, 8)), //
    IQ1_M_R4(229, "iq1_m_r4", 32, 7, ik().perRow(2).packs(IQ1_M, 4)), //
    BF16_R16(230, "bf16_r16", 1, 2, ik().packs(BF16, 16)), //
    Q6_0_R4(233, "q6_0_r4", 32, 26, ik().packs(Q6_0, 4)), //
    IQ2_BN_R4(335, "iq2_bn_r4", 64, 16, ik().perRow(4).packs(IQ2_BN, 4)), //
    IQ2_K_R4(337, "iq2_k_r4", 256, 76, ik().packs(IQ2_K, 4)), //
    IQ3_K_R4(338, "iq3_k_r4", 256, 110, ik().packs(IQ3_K, 4)), //
    IQ4_K_R4(339, "iq4_k_r4", 256, 144, ik().packs(IQ4_K, 4)), //
    IQ5_K_R4(340, "iq5_k_r4", 256, 176, ik().packs(IQ5_K, 4)), //
    IQ4_KS_R4(344, "iq4_ks_r4", 256, 136, ik().perRow(4).packs(IQ4_KS, 4)), //
    IQ5_KS_R4(352, "iq5_ks_r4", 256, 168, ik().perRow(4).packs(IQ5_KS, 4)), //
    MXFP4_R8(353, "mxfp4_r8", 32, 17, ik().packs(MXFP4, 8)), //
    Q8_K_R16(397, "q8_k_r16", 256, 258, ik()), //
    Q8_KV_R8(398, "q8_KV_r8", 32, 32, ik().perRow(4).packs(Q8_KV, 8)), //
    Q8_K_R8(399, "q8_k_r8", 256, 258, ik().packs(Q8_0, 8).fallback(Fallback.Q8_0));

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
    private final Facts facts;

    GgmlType(int id, String ggmlName, int blockSize, int bytesPerBlock) {
        this(id, ggmlName, blockSize, bytesPerBlock, both());
    }

    GgmlType(int id, String ggmlName, int blockSize, int bytesPerBlock, Facts facts) {
        this.id = id;
        this.ggmlName = ggmlName;
        this.blockSize = blockSize;
        this.bytesPerBlock = bytesPerBlock;
        this.facts = facts;
    }

    private static Facts both() {
        return new Facts(true, true);
    }

    private static Facts llamaCpp() {
        return new Facts(true, false);
    }

    private static Facts ik() {
        return new Facts(false, true);
    }

    /** What a type has beside its name and the size of its blocks. */
    private static final class Facts {
        private final boolean inLlamaCpp;
        private final boolean inIkLlamaCpp;
        private String ikName;
        private int bytesPerRow;
        private GgmlType packed;
        private int rows = 1;
        private boolean target = true;
        private Fallback fallback = Fallback.NONE;
        private boolean needsEntryInLlamaCpp;
        private boolean needsEntryInIkLlamaCpp;
        private boolean crashesWithoutEntry;

        Facts(boolean inLlamaCpp, boolean inIkLlamaCpp) {
            this.inLlamaCpp = inLlamaCpp;
            this.inIkLlamaCpp = inIkLlamaCpp;
        }

        Facts ikName(String name) {
            ikName = name;
            return this;
        }

        Facts perRow(int bytes) {
            bytesPerRow = bytes;
            return this;
        }

        /** It holds the rows of another type, so many at a time, and has its fallback and its demands. */
        Facts packs(GgmlType type, int rowsAtATime) {
            packed = type;
            rows = rowsAtATime;
            fallback = type.facts.fallback;
            needsEntryInIkLlamaCpp = type.facts.needsEntryInIkLlamaCpp;
            return this;
        }

        Facts noTarget() {
            target = false;
            return this;
        }

        Facts fallback(Fallback other) {
            fallback = other;
            return this;
        }

        Facts needsEntry() {
            needsEntryInLlamaCpp = inLlamaCpp;
            needsEntryInIkLlamaCpp = inIkLlamaCpp;
            return this;
        }

        Facts needsEntryInLlamaCpp() {
            needsEntryInLlamaCpp = true;
            return this;
        }

        Facts crashesWithoutEntry() {
            crashesWithoutEntry = true;
            return this;
        }
    }

    /** The types that take the place of one whose blocks do not divide the rows, where the programs differ by theirs. */
    private enum Fallback {
        NONE, IQ4_NL, Q4_0, Q4_0_OR_IQ4_NL, Q5_0, Q5_1_OR_Q6_0, Q8_0;

        /** Constants of an enum cannot name later ones of another that is being made. */
        GgmlType in(Program program) {
            boolean llamaCpp = program == Program.LLAMA_CPP;
            return switch (this) {
                case NONE -> null;
                case IQ4_NL -> GgmlType.IQ4_NL;
                case Q4_0 -> GgmlType.Q4_0;
                case Q4_0_OR_IQ4_NL -> llamaCpp ? GgmlType.Q4_0 : GgmlType.IQ4_NL;
                case Q5_0 -> GgmlType.Q5_0;
                case Q5_1_OR_Q6_0 -> llamaCpp ? GgmlType.Q5_1 : GgmlType.Q6_0;
                case Q8_0 -> GgmlType.Q8_0;
            };
        }
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
        return facts.bytesPerRow;
    }

    /** Whether a program has the type. */
    public boolean isIn(Program program) {
        return program == Program.LLAMA_CPP ? facts.inLlamaCpp : facts.inIkLlamaCpp;
    }

    /** The name of the type in a program. */
    public String nameIn(Program program) {
        return program == Program.IK_LLAMA_CPP && facts.ikName != null ? facts.ikName : ggmlName;
    }

    /** Whether weights can be quantized to it: not to integers, nor to types for products of vectors. */
    public boolean isTarget() {
        return facts.target;
    }

    public boolean isInteger() {
        return this == I8 || this == I16 || this == I32 || this == I64;
    }

    /** The type whose rows it holds, several at a time; the type itself if it holds single rows. */
    public GgmlType packed() {
        return facts.packed == null ? this : facts.packed;
    }

    /** Rows that it holds at a time; 1 if it does not interleave rows. */
    public int interleavedRows() {
        return facts.rows;
    }

    /** The type that a program takes where the blocks of this one do not divide the rows; null if it then refuses. */
    public GgmlType fallback(Program program) {
        return facts.fallback.in(program);
    }

    /** Whether a program demands an entry of an importance matrix for it. */
    public boolean needsEntry(Program program) {
        return program == Program.LLAMA_CPP ? facts.needsEntryInLlamaCpp : facts.needsEntryInIkLlamaCpp;
    }

    /** Whether ggml stops without an entry, also where the program does not demand one. */
    public boolean crashesWithoutEntry() {
        return facts.crashesWithoutEntry;
    }

    /** Bits of its blocks, without what it has per row. */
    public double bitsPerWeight() {
        return 8.0 * bytesPerBlock / blockSize;
    }

    /** Bytes of a row of this many elements, as the quantizers count them: a part of a block is cut off. */
    public long rowBytes(long columns) {
        return columns / blockSize * bytesPerBlock + columns % blockSize * bytesPerBlock / blockSize
                + facts.bytesPerRow;
    }
}
