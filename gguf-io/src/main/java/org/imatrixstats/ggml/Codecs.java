package org.imatrixstats.ggml;

import org.imatrixstats.ggml.fp4.MXFP4;
import org.imatrixstats.ggml.fp4.NVFP4;
import org.imatrixstats.ggml.interleaved.InterleavedCodec;
import org.imatrixstats.ggml.interleaved.Interleaving;
import org.imatrixstats.ggml.interleaved.Q8_KV_R8;
import org.imatrixstats.ggml.interleaved.Q8_K_R;
import org.imatrixstats.ggml.iq.IQ1_M;
import org.imatrixstats.ggml.iq.IQ1_M_R4;
import org.imatrixstats.ggml.iq.IQ1_S;
import org.imatrixstats.ggml.iq.IQ1_S_R4;
import org.imatrixstats.ggml.iq.IQ2_S;
import org.imatrixstats.ggml.iq.IQ2_XS;
import org.imatrixstats.ggml.iq.IQ2_XXS;
import org.imatrixstats.ggml.iq.IQ3_S;
import org.imatrixstats.ggml.iq.IQ3_XXS;
import org.imatrixstats.ggml.iq.IQ4_NL;
import org.imatrixstats.ggml.iq.IQ4_XS;
import org.imatrixstats.ggml.iqk.IQ1_BN;
import org.imatrixstats.ggml.iqk.IQ2_BN;
import org.imatrixstats.ggml.iqk.IQ2_K;
import org.imatrixstats.ggml.iqk.IQ2_KL;
import org.imatrixstats.ggml.iqk.IQ2_KS;
import org.imatrixstats.ggml.iqk.IQ3_K;
import org.imatrixstats.ggml.iqk.IQ3_KS;
import org.imatrixstats.ggml.iqk.IQ4_K;
import org.imatrixstats.ggml.iqk.IQ4_KS;
import org.imatrixstats.ggml.iqk.IQ4_KSS;
import org.imatrixstats.ggml.iqk.IQ5_K;
import org.imatrixstats.ggml.iqk.IQ5_KS;
import org.imatrixstats.ggml.iqk.IQ6_K;
import org.imatrixstats.ggml.ik.Q6_0;
import org.imatrixstats.ggml.iqk.Q8_KV;
import org.imatrixstats.ggml.k.Q2_K;
import org.imatrixstats.ggml.k.Q3_K;
import org.imatrixstats.ggml.k.Q4_K;
import org.imatrixstats.ggml.k.Q5_K;
import org.imatrixstats.ggml.k.Q6_K;
import org.imatrixstats.ggml.legacy.Q1_0;
import org.imatrixstats.ggml.legacy.Q2_0;
import org.imatrixstats.ggml.legacy.Q4_0;
import org.imatrixstats.ggml.legacy.Q4_1;
import org.imatrixstats.ggml.legacy.Q5_0;
import org.imatrixstats.ggml.legacy.Q5_1;
import org.imatrixstats.ggml.legacy.Q8_0;
import org.imatrixstats.ggml.plain.BF16;
import org.imatrixstats.ggml.plain.F16;
import org.imatrixstats.ggml.plain.F32;
import org.imatrixstats.ggml.plain.F64;
import org.imatrixstats.ggml.plain.Integers;
import org.imatrixstats.ggml.ternary.TQ1_0;
import org.imatrixstats.ggml.ternary.TQ2_0;
import org.imatrixstats.ggml.trellis.IQ1_KT;
import org.imatrixstats.ggml.trellis.IQ2_KT;
import org.imatrixstats.ggml.trellis.IQ3_KT;
import org.imatrixstats.ggml.trellis.IQ4_KT;

/** The codec of each tensor type. */
public final class Codecs {
    private Codecs() {
    }

    /** Whether {@link #of} has a codec for this type. */
    public static boolean has(GgmlType type) {
        return find(type) != null;
    }

    /** @throws IllegalArgumentException if the type has no codec; see {@link #has} */
    public static Codec of(GgmlType type) {
        Codec codec = find(type);
        if (codec == null) {
            throw new IllegalArgumentException("no codec for " + type.ggmlName());
        }
        return codec;
    }

    /**
     * The codec with the encoder of a program. For most types that both have, they write other bytes; they decode alike.
     *
     * @throws IllegalArgumentException if the type has no codec; see {@link #has}
     */
    public static Codec of(GgmlType type, Program program) {
        return program == Program.IK_LLAMA_CPP ? ofIkLlamaCpp(type) : of(type);
    }

    private static Codec ofIkLlamaCpp(GgmlType type) {
        return switch (type) {
            case Q4_0 -> new org.imatrixstats.ggml.ik.Q4_0();
            case Q5_0 -> new org.imatrixstats.ggml.ik.Q5_0();
            case Q2_K -> new org.imatrixstats.ggml.ik.Q2_K();
            case Q4_K -> new org.imatrixstats.ggml.ik.Q4_K();
            case Q5_K -> new org.imatrixstats.ggml.ik.Q5_K();
            case Q6_K -> new org.imatrixstats.ggml.ik.Q6_K();
            case IQ4_NL -> new org.imatrixstats.ggml.ik.IQ4_NL();
            case IQ4_XS -> new org.imatrixstats.ggml.ik.IQ4_XS();
            case IQ1_M -> new org.imatrixstats.ggml.ik.IQ1_M();
            default -> of(type);
        };
    }

    /** Codecs hold no state and load their tables at first use, so they cost nothing to make. */
    private static Codec find(GgmlType type) {
        return switch (type) {
            case F32 -> new F32();
            case F16 -> new F16();
            case BF16 -> new BF16();
            case Q4_0 -> new Q4_0();
            case Q4_1 -> new Q4_1();
            case Q5_0 -> new Q5_0();
            case Q5_1 -> new Q5_1();
            case Q8_0 -> new Q8_0();
            case Q2_K -> new Q2_K();
            case Q3_K -> new Q3_K();
            case Q4_K -> new Q4_K();
            case Q5_K -> new Q5_K();
            case Q6_K -> new Q6_K();
            case IQ1_S -> new IQ1_S();
            case IQ1_M -> new IQ1_M();
            case IQ2_XXS -> new IQ2_XXS();
            case IQ2_XS -> new IQ2_XS();
            case IQ2_S -> new IQ2_S();
            case IQ3_XXS -> new IQ3_XXS();
            case IQ3_S -> new IQ3_S();
            case IQ4_NL -> new IQ4_NL();
            case IQ4_XS -> new IQ4_XS();
            case TQ1_0 -> new TQ1_0();
            case TQ2_0 -> new TQ2_0();
            case MXFP4 -> new MXFP4();
            case NVFP4 -> new NVFP4();
            case Q1_0 -> new Q1_0();
            case Q2_0 -> new Q2_0();
            case F64 -> new F64();
            case I8, I16, I32, I64 -> new Integers(type);
            default -> findOfIkLlamaCpp(type);
        };
    }

    private static Codec findOfIkLlamaCpp(GgmlType type) {
        return switch (type) {
            case IQ2_K -> new IQ2_K();
            case IQ3_K -> new IQ3_K();
            case IQ4_K -> new IQ4_K();
            case IQ5_K -> new IQ5_K();
            case IQ6_K -> new IQ6_K();
            case IQ2_KS -> new IQ2_KS();
            case IQ3_KS -> new IQ3_KS();
            case IQ4_KS -> new IQ4_KS();
            case IQ5_KS -> new IQ5_KS();
            case IQ4_KSS -> new IQ4_KSS();
            case IQ2_KL -> new IQ2_KL();
            case Q6_0 -> new Q6_0();
            case IQ1_BN -> new IQ1_BN();
            case IQ2_BN -> new IQ2_BN();
            case Q8_KV -> new Q8_KV();
            case IQ1_KT -> new IQ1_KT();
            case IQ2_KT -> new IQ2_KT();
            case IQ3_KT -> new IQ3_KT();
            case IQ4_KT -> new IQ4_KT();
            case IQ1_S_R4 -> new IQ1_S_R4();
            case IQ1_M_R4 -> new IQ1_M_R4();
            case Q8_K_R8, Q8_K_R16 -> new Q8_K_R(type);
            case Q8_KV_R8 -> new Q8_KV_R8();
            default -> findInterleaved(type);
        };
    }

    private static Codec findInterleaved(GgmlType type) {
        GgmlType packed = Interleaving.packed(type);
        return packed == null ? null : new InterleavedCodec(type, ofIkLlamaCpp(packed));
    }
}
