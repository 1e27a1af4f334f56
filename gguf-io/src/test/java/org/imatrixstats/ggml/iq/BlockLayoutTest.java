package org.imatrixstats.ggml.iq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.junit.jupiter.api.Test;

/** One block of each type, worked out by hand. Points are those of the grids in the resources. */
class BlockLayoutTest {
    @Test
    void iq4_nl() {
        Block block = new Block(GgmlType.IQ4_NL);
        block.put(0, 0x00, 0x38); // d = 0.5
        block.put(2, 0x0f); // value 0 has level 15, value 16 has level 0
        block.put(17, 0x89); // value 15 has level 9, value 31 has level 8
        block.decodesTo(0, 56.5f);
        block.decodesTo(16, -63.5f);
        block.decodesTo(15, 6.5f);
        block.decodesTo(31, 0.5f);
    }

    @Test
    void iq4_xs() {
        Block block = new Block(GgmlType.IQ4_XS);
        block.put(0, 0x00, 0x3c); // d = 1
        block.put(2, 0b0010, 0b11000000); // the high 2 bits of s: sub-block 0 has 2, sub-block 1 has 0, the last has 3
        block.put(4, 0x01); // the low 4 bits: sub-block 0 has 1, so its scale is 33 - 32; sub-block 1 has 0 - 32
        block.put(7, 0xf0); // the last has 15, so its scale is 63 - 32
        block.put(8, 0x10); // value 0 has level 0, value 16 has level 1
        block.put(24, 0x98); // in sub-block 1, value 0 has level 8, value 16 has level 9
        block.put(135, 0x70); // the last value has level 7
        block.decodesTo(0, -127);
        block.decodesTo(16, -104);
        block.decodesTo(32, -32);
        block.decodesTo(48, -13 * 32);
        block.decodesTo(255, -10 * 31);
    }

    @Test
    void iq3_s() {
        Block block = new Block(GgmlType.IQ3_S);
        block.put(0, 0x00, 0x40); // d = 2
        block.put(2, 1); // group 0 is point 1, 1000
        block.put(3, 255); // group 1 is point 511, 0077, with the ninth bit:
        block.put(66, 0b10);
        block.put(74, 0b1000_0001); // the signs of both: the first and the last value are negative
        block.put(106, 0x21); // s = 1, so the scale is 2 · 3; that of sub-block 1 is 2 · 5
        block.put(10, 1); // the first group of sub-block 1
        block.decodesTo(0, -18, 6, 6, 6, 6, 6, 90, -90);
        block.decodesTo(32, 30, 10, 10, 10);
        block.decodesTo(64, 2, 2, 2, 2);
    }

    @Test
    void iq3_xxs() {
        Block block = new Block(GgmlType.IQ3_XXS);
        block.put(0, 0x00, 0x44); // d = 4
        block.put(2, 1); // group 0 is point 1, 2000
        block.put(3, 255); // group 1 is point 255, 0367
        // Sub-block 0: the signs of values 0 and 1, those of value 8 and of value 15, since they are even; s = 1.
        block.put(66, 0b1000_0011, 0b0000_0000, 0, 0x10);
        block.decodesTo(0, -60, -12, 12, 12, 12, 84, 156, 186); // scale 4 · 3 / 4
        block.decodesTo(8, -12, 12, 12, 12, 12, 12, 12, -12);
        block.decodesTo(32, 4, 4, 4, 4); // scale 4 · 1 / 4
    }

    @Test
    void iq2_s() {
        Block block = new Block(GgmlType.IQ2_S);
        block.put(0, 0x00, 0x48); // d = 8
        block.put(2, 255); // group 0 is point 1023, 22222222
        block.put(3, 0); // group 1 is point 512, 11201001
        block.put(66, 0b1011); // the high 2 bits of both
        block.put(34, 0b0000_0001, 0b1000_0000); // signs: the first value of group 0, the last of group 1
        block.put(74, 0x01); // s = 1, so the scale is 8 · 3 / 8; that of sub-block 1 is 8 · 1 / 8
        block.decodesTo(0, -129, 129, 129, 129, 129, 129, 129, 129);
        block.decodesTo(8, 75, 75, 129, 24, 75, 24, 24, -75);
        block.decodesTo(16, 8, 8, 8, 8, 8, 8, 8, 8);
    }

    @Test
    void iq2_xs() {
        Block block = new Block(GgmlType.IQ2_XS);
        block.put(0, 0x00, 0x48); // d = 8
        block.put(2, 2, 0b0000_0010); // group 0 is point 2, 11000000; value 0 is negative, so value 7 is, too
        block.put(4, 0xff, 0b0000_0111); // group 1 is point 511, 22222222; values 0 and 1 are negative
        block.put(66, 0x10); // s = 0, so the scale is 8 · 1 / 8; that of sub-block 1 is 8 · 3 / 8
        block.decodesTo(0, -25, 25, 8, 8, 8, 8, 8, -8);
        block.decodesTo(8, -43, -43, 43, 43, 43, 43, 43, 43);
        block.decodesTo(16, 24, 24, 24, 24, 24, 24, 24, 24);
    }

    @Test
    void iq2_xxs() {
        Block block = new Block(GgmlType.IQ2_XXS);
        block.put(0, 0x00, 0x48); // d = 8
        block.put(2, 1, 255); // groups 0 and 1 are point 1, 20000000, and point 255, 01001222
        // Signs of values 0 and 1, of value 8, and of value 15, since they are even; s = 15.
        block.put(6, 0b1000_0011, 0, 0, 0xf0);
        block.decodesTo(0, -43 * 31, -8 * 31, 8 * 31, 8 * 31, 8 * 31, 8 * 31, 8 * 31, 8 * 31);
        block.decodesTo(8, -8 * 31, 25 * 31, 8 * 31, 8 * 31, 25 * 31, 43 * 31, 43 * 31, -43 * 31);
        block.decodesTo(32, 8, 8, 8, 8, 8, 8, 8, 8);
    }

    @Test
    void iq1_s() {
        Block block = new Block(GgmlType.IQ1_S);
        block.put(0, 0x00, 0x48); // d = 8
        block.put(2, 1, 0); // group 0 is point 1, 20000000; group 1 is point 1024, 12011111, with its high 3 bits:
        block.put(34, 0b0010_0000, 0b0001_0000); // s = 1, so the scale is 8 · 3; up by 1/8
        block.put(36, 0, 0b1000_0000); // sub-block 1: scale 8, down by 1/8
        block.decodesTo(0, 27, -21, -21, -21, -21, -21, -21, -21);
        block.decodesTo(8, 3, 27, -21, 3, 3, 3, 3, 3);
        block.decodesTo(32, -9, -9, -9, -9, -9, -9, -9, -9);
    }

    @Test
    void iq1_m() {
        Block block = new Block(GgmlType.IQ1_M);
        block.put(0, 1, 0); // group 0 is point 1, 20000000; group 1 is point 1024, 12011111, with its high 3 bits:
        block.put(32, 0b1100_0000); // up by 1/8, and down by 1/8
        // d = 8 is 0x4800 in the highest 4 bits of four words, its lowest first. s = 1 for sub-block 0, 7 for the last.
        block.put(48, 0x01, 0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x4e);
        block.decodesTo(0, 27, -21, -21, -21, -21, -21, -21, -21);
        block.decodesTo(8, -3, 21, -27, -3, -3, -3, -3, -3);
        block.decodesTo(16, -7, -7, -7, -7, -7, -7, -7, -7);
        block.decodesTo(240, -105, -105, -105, -105, -105, -105, -105, -105);
    }

    /** A block of zeros, with some bytes set. */
    private static final class Block {
        private final Codec codec;
        private final byte[] bytes;

        Block(GgmlType type) {
            codec = Codecs.of(type);
            bytes = new byte[type.bytesPerBlock()];
        }

        void put(int offset, int... values) {
            for (int i = 0; i < values.length; i++) {
                bytes[offset + i] = (byte) values[i];
            }
        }

        void decodesTo(int at, float... expected) {
            int size = codec.type().blockSize();
            float[] values = new float[size];
            codec.dequantize(bytes, 0, 1, size, values, 0);
            assertArrayEquals(expected, Arrays.copyOfRange(values, at, at + expected.length));
        }
    }
}
