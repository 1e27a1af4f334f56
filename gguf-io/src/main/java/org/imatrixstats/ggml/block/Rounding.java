package org.imatrixstats.ggml.block;

/** Conversions from float to int as the reference routines do them, also where C leaves the result open. */
public final class Rounding {
    /** The largest float below one half. */
    private static final float BELOW_HALF = 0.49999997f;

    private Rounding() {
    }

    /**
     * The nearest integer, ties to even: the addition rounds, and the integer is left in the low bits. Beyond ±4194303
     * and for NaN the result is arbitrary, but the same as in C.
     */
    public static int nearest(float value) {
        return (Float.floatToRawIntBits(value + 12582912f) & 0x7fffff) - 0x400000;
    }

    /**
     * The nearest integer, ties away from zero, as roundf gives it up to 2^23. Adding one half itself would lift
     * 0.49999997 to 1. What does not fit becomes as in {@link #truncate}.
     */
    public static int away(float value) {
        return truncate(value + Math.copySign(BELOW_HALF, value));
    }

    /** The low byte of {@link #truncate}. */
    public static byte lowByte(float value) {
        int i = (int) value;
        return (byte) (i == Integer.MAX_VALUE ? 0 : i);
    }

    /**
     * The integer part. NaN and what does not fit become the smallest integer, as on x86: its low byte is 0. Such
     * values arise where a scale is so small that its inverse is infinite.
     */
    public static int truncate(float value) {
        return Math.abs(value) < 0x1p31f ? (int) value : Integer.MIN_VALUE;
    }
}
