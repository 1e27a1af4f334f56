package org.imatrixstats.tensor;

import java.math.BigInteger;

import org.imatrixstats.ggml.ElementType;

/**
 * The element types of safetensors and PyTorch, named as in safetensors where it has the type.
 *
 * <p>The 8-bit floats: <a href="https://arxiv.org/abs/2209.05433">FP8 Formats for Deep Learning</a> (E4M3, E5M2), their
 * FNUZ variants (one zero, one NaN, a bias of one more) by Graphcore and AMD, E8M0 and E2M1 by the
 * <a href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP Microscaling
 * Formats</a>.
 */
public enum DType implements ElementType {
    BOOL(8), //
    /** E2M1, two per byte, the first in the low half. */
    F4(4), //
    F6_E2M3(6), F6_E3M2(6), //
    U8(8), I8(8), //
    F8_E5M2(8), F8_E4M3(8), //
    /** A power of two: a scale, without sign. */
    F8_E8M0(8), //
    F8_E4M3FNUZ(8), F8_E5M2FNUZ(8), //
    I16(16), U16(16), F16(16), BF16(16), //
    I32(32), U32(32), F32(32), //
    /** Pairs of F32, F64, F16: a real and an imaginary part. */
    C64(64), //
    F64(64), I64(64), U64(64), //
    C128(128), C32(32), //
    /** Integers of PyTorch's quantized tensors, whose scales a tensor holds elsewhere. */
    QUINT8(8), QINT8(8), QINT32(32);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** The type of this name; null if there is none. */
    public static DType named(String name) {
        for (DType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    @Override
    public String label() {
        return name();
    }

    /** Elements that fill whole bytes: two of 4 bits, four of 6 bits. */
    @Override
    public int blockSize() {
        return bits % 8 == 0 ? 1 : bits == 4 ? 2 : 4;
    }

    @Override
    public int bytesPerBlock() {
        return bits * blockSize() / 8;
    }

    /** Bits of an element. */
    public int bits() {
        return bits;
    }

    /** Whether this class knows the values: how four 6-bit floats lie in three bytes is not defined anywhere. */
    public boolean isReadable() {
        return this != F6_E2M3 && this != F6_E3M2;
    }

    /**
     * Bytes of this many elements; a last byte that is not full does not count.
     *
     * @throws ArithmeticException if their bits exceed 63 bits
     */
    public long bytes(long elements) {
        return Math.multiplyExact(elements, (long) bits) / 8;
    }

    /**
     * The value of element {@code index} of bytes in little-endian order.
     *
     * @param at where in the bytes element 0 starts
     */
    public Value value(byte[] from, int at, int index) {
        int start = at + index * bytesPerBlock();
        return switch (this) {
            case BOOL -> new Value.Truth(from[start] != 0);
            case U8, QUINT8 -> Value.Whole.of(from[start] & 0xff);
            case I8, QINT8 -> Value.Whole.of(from[start]);
            case I16 -> Value.Whole.of((short) int16(from, start));
            case U16 -> Value.Whole.of(int16(from, start));
            case I32, QINT32 -> Value.Whole.of((int) integer(from, start, 4));
            case U32 -> Value.Whole.of(integer(from, start, 4));
            case I64 -> Value.Whole.of(integer(from, start, 8));
            case U64 -> new Value.Whole(unsigned(integer(from, start, 8)));
            case C32 -> new Value.Complex(float16(from, start), float16(from, start + 2));
            case C64 -> new Value.Complex(float32(from, start), float32(from, start + 4));
            case C128 -> new Value.Complex(float64(from, start), float64(from, start + 8));
            case F64 -> new Value.Real(float64(from, start));
            case F4, F16, BF16, F32, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ ->
                new Value.Real(real(from, at, index));
            case F6_E2M3, F6_E3M2 -> throw new IllegalArgumentException(this + " has no defined order of bits");
        };
    }

    private static BigInteger unsigned(long bits) {
        BigInteger value = BigInteger.valueOf(bits);
        return bits < 0 ? value.add(BigInteger.TWO.pow(64)) : value;
    }

    /**
     * Element {@code index} of bytes in little-endian order as a number; of a complex one its real part, of a boolean 0
     * or 1.
     */
    public double real(byte[] from, int at, int index) {
        int start = at + index * bytesPerBlock();
        return switch (this) {
            case F32, C64 -> float32(from, start);
            case BF16 -> Float.intBitsToFloat(int16(from, start) << 16);
            case F16, C32 -> float16(from, start);
            case F64, C128 -> float64(from, start);
            case F8_E4M3 -> (from[start] & 0x7f) == 0x7f ? Double.NaN : small(from[start] & 0xff, 3, 7, 4);
            case F8_E5M2 -> (from[start] & 0x7c) == 0x7c ? float16(from[start]) : small(from[start] & 0xff, 2, 15, 5);
            case F8_E4M3FNUZ -> from[start] == (byte) 0x80 ? Double.NaN : small(from[start] & 0xff, 3, 8, 4);
            case F8_E5M2FNUZ -> from[start] == (byte) 0x80 ? Double.NaN : small(from[start] & 0xff, 2, 16, 5);
            case F8_E8M0 -> (from[start] & 0xff) == 0xff ? Double.NaN : Math.scalb(1.0, (from[start] & 0xff) - 127);
            case F4 -> small(from[at + index / 2] >> index % 2 * 4 & 0xf, 1, 1, 2);
            case BOOL -> from[start] == 0 ? 0 : 1;
            case U8, QUINT8 -> from[start] & 0xff;
            case I8, QINT8 -> from[start];
            case I16 -> (short) int16(from, start);
            case U16 -> int16(from, start);
            case I32, QINT32 -> (int) integer(from, start, 4);
            case U32 -> integer(from, start, 4);
            case I64 -> integer(from, start, 8);
            case U64 -> unsigned(integer(from, start, 8)).doubleValue();
            case F6_E2M3, F6_E3M2 -> throw new IllegalArgumentException(this + " has no defined order of bits");
        };
    }

    /** E5M2 is the upper half of a 16-bit float. */
    private static double float16(byte upper) {
        return Float.float16ToFloat((short) (upper << 8));
    }

    /** A float of few bits: sign, exponent, mantissa. */
    private static double small(int bits, int mantissaBits, int bias, int exponentBits) {
        int mantissa = bits & (1 << mantissaBits) - 1;
        int exponent = bits >> mantissaBits & (1 << exponentBits) - 1;
        boolean negative = (bits >> mantissaBits + exponentBits & 1) != 0;
        double magnitude = exponent == 0
                ? Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((double) (mantissa + (1 << mantissaBits)), exponent - bias - mantissaBits);
        return negative ? -magnitude : magnitude;
    }

    private static float float16(byte[] from, int at) {
        return Float.float16ToFloat((short) int16(from, at));
    }

    private static float float32(byte[] from, int at) {
        return Float.intBitsToFloat((int) integer(from, at, 4));
    }

    private static double float64(byte[] from, int at) {
        return Double.longBitsToDouble(integer(from, at, 8));
    }

    private static int int16(byte[] from, int at) {
        return (int) integer(from, at, 2);
    }

    private static long integer(byte[] from, int at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | from[at + i] & 0xff;
        }
        return value;
    }

    /** Reverses the bytes of each element, or of each part of a complex one: from big-endian to little-endian order. */
    public void swapBytes(byte[] bytes, int at, int elements) {
        int width = this == C32 || this == C64 || this == C128 ? bytesPerBlock() / 2 : bytesPerBlock();
        for (int start = at; width > 1 && start < at + elements * bytesPerBlock(); start += width) {
            for (int low = start, high = start + width - 1; low < high; low++, high--) {
                byte swapped = bytes[low];
                bytes[low] = bytes[high];
                bytes[high] = swapped;
            }
        }
    }
}
