package org.imatrixstats.ggml.legacy;

/** The levels of q5_0 and q5_1: 4 bytes with the fifth bits of 32 levels, then 16 bytes with their low 4 bits. */
final class FiveBits {
    private FiveBits() {
    }

    static int fifth(byte[] from, int offset) {
        return from[offset] & 0xff | (from[offset + 1] & 0xff) << 8 | (from[offset + 2] & 0xff) << 16
                | from[offset + 3] << 24;
    }

    /** Level {@code i} of the first 16; the low bits begin at {@code offset}. */
    static int low(byte[] from, int offset, int fifth, int i) {
        return from[offset + i] & 15 | fifth >>> i << 4 & 16;
    }

    /** Level {@code 16 + i}. */
    static int high(byte[] from, int offset, int fifth, int i) {
        return from[offset + i] >> 4 & 15 | fifth >>> i + 12 & 16;
    }

    static void put(byte[] levels, byte[] into, int offset) {
        int fifth = 0;
        for (int i = 0; i < 16; i++) {
            int low = levels[i];
            int high = levels[16 + i];
            into[offset + 4 + i] = (byte) (low & 15 | high << 4);
            fifth |= (low >> 4 & 1) << i | (high >> 4 & 1) << 16 + i;
        }
        for (int i = 0; i < 4; i++) {
            into[offset + i] = (byte) (fifth >> 8 * i);
        }
    }
}
