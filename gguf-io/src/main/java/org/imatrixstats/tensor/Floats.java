package org.imatrixstats.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes plain floating-point numbers, in either byte order. */
public final class Floats {
    private Floats() {
    }

    /** Decodes {@code count} IEEE half-precision numbers. */
    public static void f16(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        VarHandle shorts = MethodHandles.byteArrayViewVarHandle(short[].class, order);
        for (int i = 0; i < count; i++) {
            into[at + i] = Float.float16ToFloat((short) shorts.get(from, offset + 2 * i));
        }
    }

    /** Decodes {@code count} bfloat16 numbers, the upper halves of float32. */
    public static void bf16(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        VarHandle shorts = MethodHandles.byteArrayViewVarHandle(short[].class, order);
        for (int i = 0; i < count; i++) {
            into[at + i] = Float.intBitsToFloat((short) shorts.get(from, offset + 2 * i) << 16);
        }
    }

    /** Decodes {@code count} float32 numbers. */
    public static void f32(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        VarHandle floats = MethodHandles.byteArrayViewVarHandle(float[].class, order);
        for (int i = 0; i < count; i++) {
            into[at + i] = (float) floats.get(from, offset + 4 * i);
        }
    }

    /** Decodes {@code count} float64 numbers, rounded to float32. */
    public static void f64(byte[] from, int offset, ByteOrder order, float[] into, int at, int count) {
        VarHandle doubles = MethodHandles.byteArrayViewVarHandle(double[].class, order);
        for (int i = 0; i < count; i++) {
            into[at + i] = (float) (double) doubles.get(from, offset + 8 * i);
        }
    }
}
