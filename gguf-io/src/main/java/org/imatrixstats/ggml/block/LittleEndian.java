package org.imatrixstats.ggml.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Integers and floats in little-endian bytes. */
public final class LittleEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {
    }

    /** An unsigned 16-bit integer. */
    public static int getU16(byte[] from, int offset) {
        return (short) SHORT.get(from, offset) & 0xffff;
    }

    public static void putU16(byte[] into, int offset, int value) {
        SHORT.set(into, offset, (short) value);
    }

    public static int getI32(byte[] from, int offset) {
        return (int) INT.get(from, offset);
    }

    public static void putI32(byte[] into, int offset, int value) {
        INT.set(into, offset, value);
    }

    public static float getF32(byte[] from, int offset) {
        return (float) FLOAT.get(from, offset);
    }

    public static void putF32(byte[] into, int offset, float value) {
        FLOAT.set(into, offset, value);
    }
}
