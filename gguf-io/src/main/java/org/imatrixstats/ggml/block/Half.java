package org.imatrixstats.ggml.block;

/** IEEE half precision numbers in little-endian bytes, as most blocks store their scales. */
public final class Half {
    private Half() {
    }

    public static float get(byte[] from, int offset) {
        return Float.float16ToFloat(bits(from, offset));
    }

    /** Rounds to the nearest half, ties to even. */
    public static void put(byte[] into, int offset, float value) {
        short bits = of(value);
        into[offset] = (byte) bits;
        into[offset + 1] = (byte) (bits >> 8);
    }

    /** Whether this is neither infinite nor NaN. */
    public static boolean isFinite(byte[] from, int offset) {
        return (bits(from, offset) & 0x7c00) != 0x7c00;
    }

    /**
     * The bits of the nearest half. Every NaN becomes the same one, with its sign. Float.floatToFloat16 would keep part
     * of the payload.
     */
    public static short of(float value) {
        if (value != value) {
            return (short) (Float.floatToRawIntBits(value) >>> 16 & 0x8000 | 0x7e00);
        }
        return Float.floatToFloat16(value);
    }

    private static short bits(byte[] from, int offset) {
        return (short) (from[offset] & 0xff | from[offset + 1] << 8);
    }
}
