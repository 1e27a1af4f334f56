package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the codec of every type, whatever its blocks look like. */
class CodecTest {
    static Stream<GgmlType> quantized() {
        return Arrays.stream(GgmlType.values()).filter(type -> Codecs.has(type) && Codecs.of(type).canQuantize());
    }

    static Stream<GgmlType> oneRowAtATime() {
        return quantized().filter(type -> Codecs.of(type).rowsPerGroup() == 1);
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void codecsKnowTheirType(GgmlType type) {
        assertEquals(type, Codecs.of(type).type());
    }

    @ParameterizedTest
    @MethodSource("oneRowAtATime")
    void rowsAreIndependent(GgmlType type) {
        Random random = new Random(1);
        int columns = 2 * Math.max(32, type.blockSize());
        int rows = 37;
        float[] x = gaussian(random, rows * columns);
        float[] weights = weights(random, columns);
        byte[] together = quantize(type, x, rows, columns, weights);
        int rowBytes = together.length / rows;
        for (int row = 0; row < rows; row++) {
            byte[] alone = quantize(type, Arrays.copyOfRange(x, row * columns, (row + 1) * columns), 1, columns,
                    weights);
            assertArrayEquals(alone, Arrays.copyOfRange(together, row * rowBytes, (row + 1) * rowBytes), "row " + row);
        }
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void placesInTheArraysDoNotMatter(GgmlType type) {
        Random random = new Random(2);
        int columns = Math.max(32, type.blockSize());
        int rows = Codecs.of(type).rowsPerGroup();
        float[] x = gaussian(random, rows * columns);
        float[] weights = weights(random, columns);
        byte[] expected = quantize(type, x, rows, columns, weights);
        float[] shifted = new float[x.length + 12];
        System.arraycopy(x, 0, shifted, 5, x.length);
        byte[] bytes = new byte[expected.length + 9];
        Codecs.of(type).quantize(shifted, 5, rows, columns, weights, bytes, 3);
        assertArrayEquals(expected, Arrays.copyOfRange(bytes, 3, 3 + expected.length));
        assertArrayEquals(new byte[3], Arrays.copyOf(bytes, 3));
        assertArrayEquals(new byte[6], Arrays.copyOfRange(bytes, 3 + expected.length, bytes.length));

        float[] decoded = new float[x.length + 12];
        Codecs.of(type).dequantize(bytes, 3, rows, columns, decoded, 5);
        assertArrayEquals(dequantize(type, expected, rows, columns), Arrays.copyOfRange(decoded, 5, 5 + x.length));
        assertArrayEquals(new float[5], Arrays.copyOf(decoded, 5));
        assertArrayEquals(new float[7], Arrays.copyOfRange(decoded, 5 + x.length, decoded.length));
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void zerosStayZeros(GgmlType type) {
        int columns = Math.max(32, type.blockSize());
        int rows = Codecs.of(type).rowsPerGroup();
        float[] weights = new float[columns];
        Arrays.fill(weights, 1);
        byte[] bytes = quantize(type, new float[rows * columns], rows, columns, weights);
        for (float value : dequantize(type, bytes, rows, columns)) {
            assertEquals(0, Math.abs(value));
        }
        assertEquals(-1, Codecs.of(type).invalidBlock(bytes, 0, rows, columns));
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
        "TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "Q1_0", "Q2_0"})
    void constantsDecodeToNearlyThemselves(GgmlType type) {
        int columns = 2 * Math.max(32, type.blockSize());
        for (float constant : new float[]{1, -0.37f}) {
            float[] x = new float[columns];
            Arrays.fill(x, constant);
            float[] decoded = dequantize(type, quantize(type, x, 1, columns, null), 1, columns);
            for (float value : decoded) {
                assertEquals(constant, value, 0.04f * Math.abs(constant));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q1_0", "TQ2_0", "TQ1_0"})
    void notANumberIsFoundInTheBlockThatHoldsIt(GgmlType type) {
        int block = type.blockSize();
        int columns = 4 * block;
        float[] x = gaussian(new Random(3), 2 * columns);
        int at = 6 * block - 1; // The last of a block, since some comparisons forget a NaN at the next value.
        x[at] = Float.NaN;
        byte[] bytes = quantize(type, x, 2, columns, null);
        assertEquals(5, Codecs.of(type).invalidBlock(bytes, 0, 2, columns));
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_1", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "F16", "Q8_0", "TQ1_0", "Q1_0"})
    void whatIsTooLargeForAHalfIsFound(GgmlType type) {
        int columns = type.blockSize() * 3;
        float[] x = gaussian(new Random(4), columns);
        Arrays.fill(x, type.blockSize(), 2 * type.blockSize(), 1e8f);
        x[type.blockSize()] = -1e10f;
        byte[] bytes = quantize(type, x, 1, columns, null);
        assertEquals(1, Codecs.of(type).invalidBlock(bytes, 0, 1, columns));
    }

    @Test
    void columnsThatAreNotWholeBlocksAreRefused() {
        Codec codec = Codecs.of(GgmlType.Q4_K);
        assertThrows(IllegalArgumentException.class,
                () -> codec.dequantize(new byte[288], 0, 1, 320, new float[320], 0));
    }

    @Test
    void typesThatNeedWeightsRefuseToDoWithout() {
        Codec codec = Codecs.of(GgmlType.IQ2_XXS);
        assertTrue(codec.requiresWeights());
        assertThrows(IllegalArgumentException.class,
                () -> codec.quantize(new float[256], 0, 1, 256, null, new byte[66], 0));
    }

    @Test
    void integersAndDoublesAreDecoded() {
        byte[] bytes = {1, 0, 0, 0, 0, 0, 0, (byte) 0x80, -1, -1, -1, -1, -1, -1, -1, -1};
        assertArrayEquals(new float[]{1, 0, 0, 0, 0, 0, 0, -128, -1, -1, -1, -1, -1, -1, -1, -1},
                dequantize(GgmlType.I8, bytes, 1, 16));
        assertArrayEquals(new float[]{1, 0, 0, -32768, -1, -1, -1, -1}, dequantize(GgmlType.I16, bytes, 1, 8));
        assertArrayEquals(new float[]{1, Integer.MIN_VALUE, -1, -1}, dequantize(GgmlType.I32, bytes, 1, 4));
        assertArrayEquals(new float[]{Long.MIN_VALUE, -1}, dequantize(GgmlType.I64, bytes, 1, 2));
        assertArrayEquals(new float[]{-0.0f, Float.NaN}, dequantize(GgmlType.F64, bytes, 1, 2));
        assertEquals(1, Codecs.of(GgmlType.F64).invalidBlock(bytes, 0, 1, 2));
        assertThrows(UnsupportedOperationException.class,
                () -> Codecs.of(GgmlType.I8).quantize(new float[1], 0, 1, 1, null, new byte[1], 0));
    }

    private static byte[] quantize(GgmlType type, float[] x, int rows, int columns, float[] weights) {
        byte[] bytes = new byte[Math.toIntExact(rows * type.rowBytes(columns))];
        Codecs.of(type).quantize(x, 0, rows, columns, weights, bytes, 0);
        return bytes;
    }

    private static float[] dequantize(GgmlType type, byte[] bytes, int rows, int columns) {
        float[] decoded = new float[rows * columns];
        Codecs.of(type).dequantize(bytes, 0, rows, columns, decoded, 0);
        return decoded;
    }

    private static float[] gaussian(Random random, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] weights(Random random, int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) Math.exp(random.nextGaussian());
        }
        return weights;
    }
}
