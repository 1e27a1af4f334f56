package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ik_llama.cpp's encoders where values or weights are very small, very large, equal, or zero. */
class IkLlamaCppExtremesTest {
    private static final int COLUMNS = 512;

    static Stream<GgmlType> types() {
        return Arrays.stream(GgmlType.values())
                .filter(type -> Codecs.has(type) && Codecs.of(type, Program.IK_LLAMA_CPP).canQuantize())
                .filter(type -> type.id() >= GgmlType.Q6_0.id()
                        || !Codecs.of(type, Program.IK_LLAMA_CPP).getClass().equals(Codecs.of(type).getClass()));
    }

    /**
     * Beyond the range of half precision a scale becomes infinite, which the check of blocks finds. The exponent of a
     * block of mxfp4 wraps below 1e-37, in ggml too.
     */
    @ParameterizedTest
    @MethodSource("types")
    void encodesValuesOfAnySize(GgmlType type) {
        for (float size : new float[]{1e-44f, 1e-38f, 1e-30f, 1e-18f, 1e-9f, 1e-4f, 1e3f, 1e6f, 1e12f}) {
            float[] x = gaussian(7, rows(type) * COLUMNS, size);
            for (float[] weights : new float[][]{weights(1), weights(1e-12f), weights(1e12f)}) {
                byte[] bytes = encoded(type, x, weights);
                int invalid = Codecs.of(type).invalidBlock(bytes, 0, rows(type), COLUMNS);
                assertTrue(size > 100 || invalid < 0 || type == GgmlType.MXFP4_R8 && size < 1e-37f,
                        type + " of size " + size + ": block " + invalid);
                decoded(type, bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void errorsAreSmallAgainstTheValues(GgmlType type) {
        float[] x = gaussian(8, rows(type) * COLUMNS, 0.02f);
        float[] decoded = decoded(type, encoded(type, x, weights(1)));
        double error = 0;
        double energy = 0;
        for (int i = 0; i < x.length; i++) {
            error += Math.pow(x[i] - decoded[i], 2);
            energy += x[i] * x[i];
        }
        boolean isCoarse = type.ggmlName().startsWith("iq1") || type.ggmlName().startsWith("iq2_bn");
        assertTrue(error < (isCoarse ? 0.75 : 0.2) * energy, "relative error " + error / energy);
    }

    @ParameterizedTest
    @MethodSource("types")
    void zerosStayZerosAlsoAmongOtherBlocks(GgmlType type) {
        float[] x = gaussian(9, rows(type) * COLUMNS, 1);
        for (int row = 0; row < rows(type); row++) {
            Arrays.fill(x, row * COLUMNS, row * COLUMNS + COLUMNS / 2, 0);
        }
        float[] decoded = decoded(type, encoded(type, x, weights(1)));
        assertEquals(0, largest(decoded, 0, COLUMNS / 2), 0.15f);
        assertTrue(largest(decoded, COLUMNS / 2, COLUMNS) > 0.5f);
    }

    @ParameterizedTest
    @MethodSource("types")
    void weightsOfZeroDoNotSpoilABlock(GgmlType type) {
        float[] weights = weights(1);
        Arrays.fill(weights, 32, 64, 0);
        byte[] bytes = encoded(type, gaussian(10, rows(type) * COLUMNS, 0.1f), weights);
        assertEquals(-1, Codecs.of(type).invalidBlock(bytes, 0, rows(type), COLUMNS));
        assertTrue(largest(decoded(type, bytes), 0, COLUMNS) < 1);
    }

    private static int rows(GgmlType type) {
        return Codecs.of(type).rowsPerGroup();
    }

    /** Searches that change one code after the other could go on for ever. */
    private static byte[] encoded(GgmlType type, float[] x, float[] weights) {
        byte[] bytes = new byte[Math.toIntExact(rows(type) * type.rowBytes(COLUMNS))];
        assertTimeoutPreemptively(Duration.ofMinutes(2),
                () -> Codecs.of(type, Program.IK_LLAMA_CPP).quantize(x, 0, rows(type), COLUMNS, weights, bytes, 0));
        return bytes;
    }

    private static float[] decoded(GgmlType type, byte[] bytes) {
        float[] values = new float[rows(type) * COLUMNS];
        Codecs.of(type).dequantize(bytes, 0, rows(type), COLUMNS, values, 0);
        return values;
    }

    private static float largest(float[] x, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest;
    }

    private static float[] gaussian(int seed, int count, float size) {
        Random random = new Random(seed);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian() * size;
        }
        return x;
    }

    private static float[] weights(float size) {
        Random random = new Random(6);
        float[] weights = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            weights[i] = (float) Math.exp(random.nextGaussian()) * size;
        }
        return weights;
    }
}
