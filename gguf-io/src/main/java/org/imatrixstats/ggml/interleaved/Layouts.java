package org.imatrixstats.ggml.interleaved;

import static org.imatrixstats.ggml.GgmlType.*;

import org.imatrixstats.ggml.GgmlType;

/**
 * Where the interleaved types keep each bit. Values are counted from 0 within a block of 32 or 256. A group of four
 * rows has four bytes of each row in turn, so that 16 bytes hold values 0 to 3 of all rows, and so on; which of the
 * values of 32 share a byte differs. Numbers are offsets of bytes.
 */
final class Layouts {
    private Layouts() {
    }

    static GgmlType packed(GgmlType type) {
        return switch (type) {
            case Q4_0_4X4, Q4_0_4X8, Q4_0_8X8, Q4_0_R8 -> Q4_0;
            case Q5_0_R4 -> Q5_0;
            case Q6_0_R4 -> Q6_0;
            case Q8_0_R8 -> Q8_0;
            case BF16_R16 -> BF16;
            case MXFP4_R8 -> MXFP4;
            case Q2_K_R4 -> Q2_K;
            case Q3_K_R4 -> Q3_K;
            case Q4_K_R4 -> Q4_K;
            case Q5_K_R4 -> Q5_K;
            case Q6_K_R4 -> Q6_K;
            case IQ4_NL_R4 -> IQ4_NL;
            case IQ4_XS_R8 -> IQ4_XS;
            case IQ2_XXS_R4 -> IQ2_XXS;
            case IQ2_XS_R4 -> IQ2_XS;
            case IQ2_S_R4 -> IQ2_S;
            case IQ3_XXS_R4 -> IQ3_XXS;
            case IQ3_S_R4 -> IQ3_S;
            case IQ2_BN_R4 -> IQ2_BN;
            case IQ2_K_R4 -> IQ2_K;
            case IQ3_K_R4 -> IQ3_K;
            case IQ4_K_R4 -> IQ4_K;
            case IQ5_K_R4 -> IQ5_K;
            case IQ4_KS_R4 -> IQ4_KS;
            case IQ5_KS_R4 -> IQ5_KS;
            default -> null;
        };
    }

    static BitOrder of(GgmlType type) {
        return switch (type) {
            case Q4_0_4X4 -> signedNibbles(type, 4, 4);
            case Q4_0_4X8 -> signedNibbles(type, 4, 8);
            case Q4_0_8X8 -> signedNibbles(type, 8, 8);
            case Q4_0_R8 -> bytesOfFour(type, 2);
            case MXFP4_R8 -> bytesOfFour(type, 1);
            case Q8_0_R8 -> q8_0(type);
            case BF16_R16 -> bf16(type);
            case IQ4_NL_R4 -> iq4_nl(type);
            case Q5_0_R4 -> q5_0(type);
            case Q6_0_R4 -> q6_0(type);
            case IQ2_BN_R4 -> iq2_bn(type);
            case Q2_K_R4 -> q2_k(type);
            case Q3_K_R4 -> q3_k(type);
            case Q4_K_R4 -> q4_k(type, false);
            case Q5_K_R4 -> q4_k(type, true);
            case Q6_K_R4 -> q6_k(type);
            case IQ4_XS_R8 -> iq4_xs(type);
            case IQ4_KS_R4 -> iq_ks(type, false);
            case IQ5_KS_R4 -> iq_ks(type, true);
            case IQ2_K_R4 -> iq2_k(type);
            case IQ3_K_R4 -> iq3_k(type);
            case IQ4_K_R4 -> iq4_k(type, false);
            case IQ5_K_R4 -> iq4_k(type, true);
            case IQ2_XXS_R4 -> iq2_xxs(type);
            case IQ2_XS_R4 -> iq2_xs(type);
            case IQ2_S_R4 -> iq2_s(type);
            case IQ3_XXS_R4 -> iq3_xxs(type);
            case IQ3_S_R4 -> iq3_s(type);
            default -> throw new IllegalArgumentException(type.ggmlName() + " holds no other type");
        };
    }

    // Where the bits of value v of row k are in groups of four rows, in bits from the first byte of the quants.

    /** 4 bits: values 0 and 8, 16 and 24, 4 and 12, 20 and 28 share a byte. */
    private static int nibble(int k, int v) {
        return 8 * (64 * (v / 32) + 32 * (v / 4 % 2) + 16 * (v / 16 % 2) + 4 * k + v % 4) + 4 * (v / 8 % 2);
    }

    /** 2 bits: values 0, 4, 8, 12 share a byte. */
    private static int pair(int k, int v) {
        return 8 * (32 * (v / 32) + 16 * (v / 16 % 2) + 4 * k + v % 4) + 2 * (v / 4 % 4);
    }

    /** 1 bit: values 0, 4, 8 ... 28 share a byte. */
    private static int single(int k, int v) {
        return 8 * (16 * (v / 32) + 4 * k + v % 4) + v / 4 % 8;
    }

    /** The first bit of item i when two items share a byte, the second being {@code half} items behind. */
    private static int nibbleOf(int i, int half) {
        return 8 * (i % half) + 4 * (i / half);
    }

    /** The first bit of item i when four items share a byte. */
    private static int pairOf(int i, int quarter) {
        return 8 * (i % quarter) + 2 * (i / quarter);
    }

    // Where the row-by-row types keep value v, in bits from the first byte of the quants.

    /** 4 bits of 32 values: values 0 and 16 share a byte. */
    private static int nibbleOf32(int v) {
        return 8 * (16 * (v / 32) + v % 16) + 4 * (v / 16 % 2);
    }

    /** 4 bits of 64 values: values 0 and 32 share a byte. */
    private static int nibbleOf64(int v) {
        return 8 * (32 * (v / 64) + v % 32) + 4 * (v / 32 % 2);
    }

    /** 2 bits of 128 values: values 0, 32, 64, 96 share a byte. */
    private static int pairOf128(int v) {
        return 8 * (32 * (v / 128) + v % 32) + 2 * (v / 32 % 4);
    }

    /** 1 bit of 256 values: values 0, 32, 64 ... 224 share a byte. */
    private static int singleOf256(int v) {
        return 8 * (v % 32) + v / 32;
    }

    private static void halves(BitOrder b, int from, int to) {
        for (int k = 0; k < b.rows; k++) {
            b.bytes(k, from, to + 2 * k, 2);
        }
    }

    // The first interleaved types: runs of bytes of each row in turn, with the highest bit of each quant inverted.

    private static BitOrder signedNibbles(GgmlType type, int rows, int run) {
        BitOrder b = new BitOrder(type, packed(type), rows, 32).flip(0x88);
        halves(b, 0, 0);
        for (int k = 0; k < rows; k++) {
            for (int i = 0; i < 16; i += run) {
                b.bytes(k, 2 + i, 2 * rows + rows * i + run * k, run);
            }
        }
        return b;
    }

    // Eight rows and more.

    private static BitOrder bytesOfFour(GgmlType type, int scale) {
        BitOrder b = new BitOrder(type, packed(type), 8, 32);
        for (int k = 0; k < 8; k++) {
            b.bytes(k, 0, scale * k, scale);
            for (int i = 0; i < 16; i += 4) {
                b.bytes(k, scale + i, 8 * scale + 8 * i + 4 * k, 4);
            }
        }
        return b;
    }

    private static BitOrder q8_0(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 8, 32);
        halves(b, 0, 0);
        for (int k = 0; k < 8; k++) {
            for (int i = 0; i < 32; i += 4) {
                b.bytes(k, 2 + i, 16 + 8 * i + 4 * k, 4);
            }
        }
        return b;
    }

    private static BitOrder bf16(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 16, 2);
        for (int k = 0; k < 16; k++) {
            b.bytes(k, 0, 4 * k, 4);
        }
        return b;
    }

    private static BitOrder iq4_xs(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 8, 256);
        halves(b, 0, 0);
        for (int k = 0; k < 8; k++) {
            for (int i = 0; i < 8; i++) {
                b.bits(k, 8 * 2 + 2 * i, 8 * 16 + pairOf(8 * i + k, 16), 2);
                b.bits(k, 8 * 4 + 4 * i, 8 * 32 + nibbleOf(8 * i + k, 32), 4);
            }
            for (int v = 0; v < 256; v++) {
                int to = 8 * (64 + 128 * (v / 32) + 32 * (v / 8 % 4) + 4 * k + v % 4) + 4 * (v / 4 % 2);
                b.bits(k, 8 * 8 + nibbleOf32(v), to, 4);
            }
        }
        return b;
    }

    // Four rows of 32 or 64 values.

    private static BitOrder iq4_nl(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 32);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int v = 0; v < 32; v++) {
                b.bits(k, 8 * 2 + nibbleOf32(v), 8 * 8 + nibble(k, v), 4);
            }
        }
        return b;
    }

    private static BitOrder q5_0(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 32);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int v = 0; v < 32; v++) {
                b.bits(k, 8 * 2 + v, 8 * (8 + 4 * k + v % 4) + 4 * (v / 8 % 2) + 2 * (v / 4 % 2) + v / 16, 1);
                b.bits(k, 8 * 6 + nibbleOf32(v), 8 * 24 + nibble(k, v), 4);
            }
        }
        return b;
    }

    private static BitOrder q6_0(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 32);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int v = 0; v < 32; v++) {
                b.bits(k, 8 * (2 + v % 8) + 4 * (v / 8 % 2) + 2 * (v / 16),
                        8 * (8 + 16 * (v / 16) + 4 * k + v % 4) + 4 * (v / 8 % 2) + 2 * (v / 4 % 2), 2);
                b.bits(k, 8 * 10 + nibbleOf32(v), 8 * 40 + nibble(k, v), 4);
            }
        }
        return b;
    }

    private static BitOrder iq2_bn(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 64);
        for (int k = 0; k < 4; k++) {
            for (int v = 0; v < 64; v++) {
                b.bits(k, 8 * (v % 16) + 2 * (v / 16), 8 * (16 * (v / 16) + 4 * k + v % 4) + 2 * (v / 4 % 4), 2);
            }
        }
        return b;
    }

    // Four rows of 256 values.

    private static BitOrder q2_k(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 80, 0);
        halves(b, 82, 8);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                b.bytes(k, i, 16 + 4 * i + k, 1);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, 8 * 16 + pairOf128(v), 8 * 80 + pair(k, v), 2);
            }
        }
        return b;
    }

    private static BitOrder q3_k(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 108, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                int place = 4 * i + k;
                b.bits(k, 8 * 104 + pairOf(i, 4), 8 * 8 + pairOf(place, 16), 2);
                b.bits(k, 8 * 96 + nibbleOf(i, 8), 8 * 24 + nibbleOf(place, 32), 4);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, singleOf256(v), 8 * 56 + single(k, v), 1);
                b.bits(k, 8 * 32 + pairOf128(v), 8 * 184 + pair(k, v), 2);
            }
        }
        return b;
    }

    /** Also q5_K, which has a fifth bit between the scales and the others. */
    private static BitOrder q4_k(GgmlType type, boolean hasFifthBit) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 0, 0);
        halves(b, 2, 8);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                int place = 4 * i + k;
                int low = 8 * (32 + place);
                int high = 8 * 16 + nibbleOf(place, 16);
                // Scales and minima of 6 bits: those of the last four blocks have their high bits with the first four.
                int scale = 8 * (i < 4 ? 4 + i : 8 + i);
                int min = i < 4 ? 8 * (8 + i) : 8 * (8 + i) + 4;
                b.bits(k, scale, low, 4);
                b.bits(k, i < 4 ? scale + 4 : 8 * i + 6, high, 2);
                b.bits(k, min, low + 4, 4);
                b.bits(k, i < 4 ? min + 4 : 8 * (4 + i) + 6, high + 2, 2);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, 8 * (hasFifthBit ? 48 : 16) + nibbleOf64(v), 8 * (hasFifthBit ? 192 : 64) + nibble(k, v), 4);
                if (hasFifthBit) {
                    int to = 8 * (64 + 16 * (v / 32) + 4 * k + v % 4) + 4 * (v / 16 % 2) + 2 * (v / 4 % 2) + v / 8 % 2;
                    b.bits(k, 8 * 16 + singleOf256(v), to, 1);
                }
            }
        }
        return b;
    }

    private static BitOrder q6_k(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 208, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                b.bytes(k, 192 + i, 8 + 4 * i + k, 1);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, 8 * 128 + pairOf128(v),
                        8 * (72 + 32 * (v / 32) + 16 * (v / 16 % 2) + 4 * k + v % 4) + 4 * (v / 4 % 2)
                                + 2 * (v / 8 % 2),
                        2);
                b.bits(k, 8 * (64 * (v / 128) + v % 64) + 4 * (v / 64 % 2), 8 * 328 + nibble(k, v), 4);
            }
        }
        return b;
    }

    private static BitOrder iq_ks(GgmlType type, boolean hasFifthBit) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                b.bytes(k, i, 4 * i + k, 1);
            }
            if (hasFifthBit) {
                fiveBits(b, k, 8, 136, 32, 544);
            } else {
                for (int v = 0; v < 256; v++) {
                    b.bits(k, 8 * 8 + nibbleOf32(v), 8 * 32 + nibble(k, v), 4);
                }
            }
        }
        return b;
    }

    private static void fiveBits(BitOrder b, int k, int low, int high, int toLow, int toHigh) {
        for (int v = 0; v < 256; v++) {
            b.bits(k, 8 * low + nibbleOf64(v), 8 * toLow + nibble(k, v), 4);
            int to = 8 * (toHigh + 16 * (v / 32) + 4 * k + v % 4) + 4 * (v / 4 % 2) + 2 * (v / 16 % 2) + v / 8 % 2;
            b.bits(k, 8 * high + singleOf256(v), to, 1);
        }
    }

    /** The scale d and the choice of levels: byte k has it for the even blocks of 16, byte 4 + k for the odd ones. */
    private static BitOrder iqk(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                b.bits(k, 8 * 2 + i, 8 * (8 + k + 4 * (i % 2)) + i / 2, 1);
            }
        }
        return b;
    }

    private static BitOrder iq2_k(GgmlType type) {
        BitOrder b = iqk(type);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                b.bits(k, 8 * 4 + 4 * i, 8 * 16 + nibbleOf(4 * i + k, 32), 4);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, 8 * 12 + pairOf128(v), 8 * 48 + pair(k, v), 2);
            }
        }
        return b;
    }

    private static BitOrder iq3_k(GgmlType type) {
        BitOrder b = iqk(type);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                int place = 4 * i + k;
                b.bits(k, 8 * 4 + i, 8 * (16 + place % 8) + place / 8, 1);
                b.bits(k, 8 * 6 + 4 * i, 8 * 24 + nibbleOf(place, 32), 4);
            }
            for (int v = 0; v < 256; v++) {
                b.bits(k, 8 * 14 + pairOf128(v), 8 * 56 + pair(k, v), 2);
                b.bits(k, 8 * 78 + singleOf256(v), 8 * 312 + single(k, v), 1);
            }
        }
        return b;
    }

    private static BitOrder iq4_k(GgmlType type, boolean hasFifthBit) {
        BitOrder b = iqk(type);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 16; i++) {
                b.bits(k, 8 * 4 + 2 * i, 8 * 16 + pairOf(4 * i + k, 16), 2);
                b.bits(k, 8 * 8 + 4 * i, 8 * 32 + nibbleOf(4 * i + k, 32), 4);
            }
            if (hasFifthBit) {
                fiveBits(b, k, 16, 144, 64, 576);
            } else {
                for (int v = 0; v < 256; v++) {
                    b.bits(k, 8 * 16 + nibbleOf32(v), 8 * 64 + nibble(k, v), 4);
                }
            }
        }
        return b;
    }

    // Grid types.

    private static BitOrder iq2_xxs(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256).signs(SignCodes.IQ2_XXS);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                b.bytes(k, 2 + 8 * i, 136 + 16 * i + 4 * k, 4);
                signsAndScale(b, k, 6 + 8 * i, 8 + 16 * i + 4 * k);
            }
        }
        return b;
    }

    private static BitOrder iq3_xxs(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256).signs(SignCodes.IQ3_XXS);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                b.bytes(k, 2 + 8 * i, 136 + 32 * i + 8 * k, 8);
                signsAndScale(b, k, 66 + 4 * i, 8 + 16 * i + 4 * k);
            }
        }
        return b;
    }

    /** Four sign codes of 7 bits and a scale of 4 become four bytes with a bit of the scale and a code each. */
    private static void signsAndScale(BitOrder b, int k, int from, int to) {
        for (int i = 0; i < 4; i++) {
            b.bits(k, 8 * from + 28 + i, 8 * (to + i), 1);
            b.bits(k, 8 * from + 7 * i, 8 * (to + i) + 1, 7);
        }
    }

    private static BitOrder iq2_xs(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256).signs(SignCodes.IQ2_XS);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                b.bytes(k, 2 + 8 * i, 8 + 32 * i + 8 * k, 8);
                b.bytes(k, 66 + i, 264 + 4 * i + k, 1);
            }
        }
        return b;
    }

    private static BitOrder iq2_s(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                b.bytes(k, 2 + 4 * i, 8 + 16 * i + 4 * k, 4);
                b.bytes(k, 34 + 4 * i, 168 + 16 * i + 4 * k, 4);
                b.bytes(k, 66 + i, 136 + 4 * i + k, 1);
                b.bytes(k, 74 + i, 296 + 4 * i + k, 1);
            }
        }
        return b;
    }

    private static BitOrder iq3_s(GgmlType type) {
        BitOrder b = new BitOrder(type, packed(type), 4, 256);
        halves(b, 0, 0);
        for (int k = 0; k < 4; k++) {
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < 8; j++) {
                    b.bytes(k, 2 + 8 * i + j, 8 + 32 * i + k + 8 * (j % 4) + 4 * (j / 4), 1);
                }
                b.bytes(k, 66 + i, 264 + 4 * i + k, 1);
                for (int v = 0; v < 32; v++) {
                    b.bits(k, 8 * (74 + 4 * i) + v, 8 * (296 + 16 * i + 4 * k + v % 4) + v / 4, 1);
                }
                b.bits(k, 8 * 106 + 4 * i, 8 * 424 + nibbleOf(4 * i + k, 16), 4);
            }
        }
        return b;
    }
}
