package org.imatrixstats.ggml.interleaved;

import org.imatrixstats.ggml.block.LittleEndian;

/**
 * How a type stores the signs of eight values in 7 bits. The number of negative values is even. Row by row the code
 * is the first seven signs, and the eighth follows from their parity. In interleaved rows bit i is the parity of the
 * first i + 1 signs.
 */
enum SignCodes {
    NONE(0, 0, 0) {
        @Override
        void convert(byte[] block, int at, boolean toPrefix) {
        }
    },
    /** Words of 32 bits with four codes and a scale of 4 bits, each after 4 bytes of grid indexes. */
    IQ2_XXS(6, 8, 8) {
        @Override
        void convert(byte[] block, int at, boolean toPrefix) {
            words(block, at, toPrefix);
        }
    },
    /** The same words one after the other. */
    IQ3_XXS(66, 4, 8) {
        @Override
        void convert(byte[] block, int at, boolean toPrefix) {
            words(block, at, toPrefix);
        }
    },
    /** Words of 16 bits: a grid index of 9 bits and a code. */
    IQ2_XS(2, 2, 32) {
        @Override
        void convert(byte[] block, int at, boolean toPrefix) {
            int word = LittleEndian.getU16(block, at);
            LittleEndian.putU16(block, at, word & 511 | recoded(word >> 9, toPrefix) << 9);
        }
    };

    private final int first;
    private final int distance;
    private final int count;

    SignCodes(int first, int distance, int count) {
        this.first = first;
        this.distance = distance;
        this.count = count;
    }

    abstract void convert(byte[] block, int at, boolean toPrefix);

    void toPrefix(byte[] block, int at) {
        convertAll(block, at, true);
    }

    void toParity(byte[] block, int at) {
        convertAll(block, at, false);
    }

    private void convertAll(byte[] block, int at, boolean toPrefix) {
        for (int i = 0; i < count; i++) {
            convert(block, at + first + i * distance, toPrefix);
        }
    }

    private static void words(byte[] block, int at, boolean toPrefix) {
        int word = LittleEndian.getI32(block, at);
        int result = word & 0xf0000000;
        for (int shift = 0; shift < 28; shift += 7) {
            result |= recoded(word >> shift & 127, toPrefix) << shift;
        }
        LittleEndian.putI32(block, at, result);
    }

    private static int recoded(int code, boolean toPrefix) {
        if (!toPrefix) {
            return (code ^ code << 1) & 127;
        }
        int prefix = code ^ code << 1;
        prefix ^= prefix << 2;
        return (prefix ^ prefix << 4) & 127;
    }
}
