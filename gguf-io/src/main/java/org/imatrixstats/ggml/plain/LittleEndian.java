package org.imatrixstats.ggml.plain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in little-endian bytes. */
final class LittleEndian {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {
    }

    /** A signed number of one to eight bytes. */
    static long get(byte[] from, int offset, int bytes) {
        long value = from[offset + bytes - 1];
        for (int i = bytes - 2; i >= 0; i--) {
            value = value << 8 | from[offset + i] & 0xff;
        }
        return value;
    }

    /** Copies the bits of floats: unlike Float.floatToRawIntBits, integers can then be worked on in vectors. */
    static void copy(float[] from, int at, int[] bits) {
        MemorySegment.copy(MemorySegment.ofArray(from), 4L * at, MemorySegment.ofArray(bits), 0, 4L * bits.length);
    }
}
