package org.imatrixstats.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes plain floating-point numbers, in either byte order. */
public final class Floats {
    // Constants: a handle that the compiler does not know makes a loop ten times as slow.
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Floats() {
    }

    /** Decodes {@code count} IEEE half-precision numbers. */
    public static void f16(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        if (order == ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.float16ToFloat((short) SHORTS.get(from, offset + 2 * i));
            }
        } else {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.float16ToFloat(Short.reverseBytes((short) SHORTS.get(from, offset + 2 * i)));
            }
        }
    }

    /** Decodes {@code count} bfloat16 numbers, the upper halves of float32. */
    public static void bf16(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        if (order == ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.intBitsToFloat((short) SHORTS.get(from, offset + 2 * i) << 16);
            }
        } else {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float
                        .intBitsToFloat(Short.reverseBytes((short) SHORTS.get(from, offset + 2 * i)) << 16);
            }
        }
    }

    /** Decodes {@code count} float32 numbers. */
    public static void f32(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        if (order == ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.intBitsToFloat((int) INTS.get(from, offset + 4 * i));
            }
        } else {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.intBitsToFloat(Integer.reverseBytes((int) INTS.get(from, offset + 4 * i)));
            }
        }
    }

    /** Decodes {@code count} float64 numbers, rounded to float32. */
    public static void f64(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            long bits = (long) LONGS.get(from, offset + 8 * i);
            into[at + i] = (float) Double
                    .longBitsToDouble(order == ByteOrder.LITTLE_ENDIAN ? bits : Long.reverseBytes(bits));
        }
    }
}
