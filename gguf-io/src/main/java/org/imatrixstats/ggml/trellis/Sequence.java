package org.imatrixstats.ggml.trellis;

/**
 * The sequences of integers that codes stand for. A state begins with code + 4096 and is multiplied at each step; the
 * integer is the sum of the low six bits of its four bytes less 126, so from -126 to 126 and nearly normal.
 */
final class Sequence {
    static final int OFFSET = 4096;
    private static final int FACTOR = 0xCBAC1FED;

    private Sequence() {
    }

    /** Writes the first integers of a sequence times a scale. */
    static void decode(int start, float scale, int count, float[] into, int at) {
        int state = start;
        for (int i = 0; i < count; i++) {
            state *= FACTOR;
            into[at + i] = scale * sum(state);
        }
    }

    private static int sum(int state) {
        return ((state & 0x3f3f3f3f) * 0x01010101 >>> 24) - 126;
    }
}
