package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random rows through every codec and through ggml itself: {@code -Dggml.library=/path/to/libggml-base.so}, built without
 * -march, and {@code -Dggml.rounds=N} for more of them. Skipped without a library.
 */
class CodecOracleTest {
    private static final String LIBRARY = System.getProperty("ggml.library", "");
    private static final int ROUNDS = Integer.getInteger("ggml.rounds", 20);

    static Stream<GgmlType> types() {
        return Stream.concat(Stream.of(GgmlType.F32), CodecVectorsTest.types());
    }

    @ParameterizedTest
    @MethodSource("types")
    void givesTheSameBytes(GgmlType type) {
        assumeTrue(!LIBRARY.isEmpty(), "no ggml to compare with: -Dggml.library is not set");
        Random random = new Random(type.id());
        Codec codec = Codecs.of(type);
        for (int round = 0; round < ROUNDS; round++) {
            for (Values values : Values.values()) {
                for (Weights weights : Weights.values()) {
                    if (weights == Weights.NONE && codec.requiresWeights()) {
                        continue;
                    }
                    int columns = Math.max(32, type.blockSize()) * (1 + random.nextInt(4));
                    int rows = 1 + random.nextInt(random.nextInt(8) == 0 ? 12 : 3);
                    float[] x = values.of(random, rows * columns);
                    float[] w = weights.of(random, columns);
                    String what = type + " round " + round + ", " + values + " with weights " + weights;
                    byte[] bytes = new byte[Math.toIntExact(rows * type.rowBytes(columns))];
                    try {
                        codec.quantize(x, 0, rows, columns, w, bytes, 0);
                    } catch (ArithmeticException e) {
                        continue; // ggml ends the process. It would also end this one.
                    }
                    byte[] expected = Ggml.INSTANCE.quantize(type, x, rows, columns, w);
                    int difference = Arrays.mismatch(expected, bytes);
                    if (difference >= 0) {
                        fail(difference(type, what, x, expected, bytes, difference / type.bytesPerBlock()));
                    }
                    assertEquals(Ggml.INSTANCE.isValid(type, expected),
                            codec.invalidBlock(bytes, 0, rows, columns) < 0, what);
                    assertDecoded(type, what, expected, rows, columns);
                }
            }
            int columns = Math.max(32, type.blockSize()) * (1 + random.nextInt(4));
            byte[] arbitrary = new byte[Math.toIntExact(type.rowBytes(columns))];
            random.nextBytes(arbitrary);
            assertDecoded(type, type + " round " + round + ", arbitrary bytes", arbitrary, 1, columns);
            assertEquals(Ggml.INSTANCE.isValid(type, arbitrary),
                    codec.invalidBlock(arbitrary, 0, 1, columns) < 0, "arbitrary bytes");
        }
    }

    private static void assertDecoded(GgmlType type, String what, byte[] bytes, int rows, int columns) {
        float[] expected = Ggml.INSTANCE.dequantize(type, bytes, rows, columns);
        float[] decoded = new float[expected.length];
        Codecs.of(type).dequantize(bytes, 0, rows, columns, decoded, 0);
        for (int i = 0; i < expected.length; i++) {
            // The sign and the payload of a NaN hang on the compiler.
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(decoded[i])) {
                fail(what + ": value " + i + " decodes to " + decoded[i] + ", expected " + expected[i]);
            }
        }
    }

    private static String difference(GgmlType type, String what, float[] x, byte[] expected, byte[] bytes, int block) {
        int from = block * type.bytesPerBlock();
        int to = from + type.bytesPerBlock();
        int at = block * type.blockSize();
        return what + "\nblock " + block + "\nexpected "
                + HexFormat.of().formatHex(Arrays.copyOfRange(expected, from, to)) + "\nis       "
                + HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, to)) + "\nof "
                + Arrays.toString(Arrays.copyOfRange(x, at, at + type.blockSize()));
    }

    /** Distributions of values. */
    private enum Values {
        GAUSSIAN, HEAVY_TAILED, UNIFORM, POSITIVE, OFFSET, LEVELS, SPARSE, CONSTANT, ZERO, OUTLIER, TINY,
        HALF_TINY, SCALES, HUGE, POWERS, NOT_FINITE;

        float[] of(Random random, int count) {
            float[] x = new float[count];
            float constant = (float) random.nextGaussian();
            int exponent = random.nextInt(277) - 149;
            int period = 1 << random.nextInt(9);
            for (int i = 0; i < count; i++) {
                double gaussian = random.nextGaussian();
                x[i] = (float) switch (this) {
                    case GAUSSIAN -> 0.02 * gaussian;
                    case HEAVY_TAILED -> 0.02 * gaussian / Math.abs(random.nextGaussian());
                    case UNIFORM -> random.nextDouble() - 0.5;
                    case POSITIVE -> Math.abs(gaussian);
                    case OFFSET -> 1 + 0.001 * gaussian;
                    case LEVELS -> random.nextInt(5) - 2;
                    case SPARSE -> random.nextInt(8) == 0 ? gaussian : random.nextBoolean() ? 0.0 : -0.0;
                    case CONSTANT -> constant;
                    case ZERO -> random.nextBoolean() ? 0.0 : -0.0;
                    case OUTLIER -> random.nextInt(64) == 0 ? 1000 * gaussian : 0.01 * gaussian;
                    case HUGE -> Math.clamp(1e38 * gaussian, -Float.MAX_VALUE, Float.MAX_VALUE);
                    case TINY -> 1e-40 * gaussian;
                    case HALF_TINY -> 1e-7 * gaussian;
                    case SCALES -> gaussian * Math.pow(10, 6 * Math.sin(i / period));
                    // About powers of two, where logarithms round up.
                    case POWERS -> Math.scalb(1 - random.nextInt(40) * 0x1p-24, exponent) * (random.nextInt(3) - 1);
                    case NOT_FINITE -> random.nextInt(32) != 0
                            ? gaussian
                            : new double[]{Double.NaN, Double.POSITIVE_INFINITY,
                                Double.NEGATIVE_INFINITY}[random.nextInt(3)];
                };
            }
            return x;
        }
    }

    /** Weights of columns. */
    private enum Weights {
        NONE, ONE, LOG_NORMAL, SPARSE, ZERO, TINY, HUGE;

        float[] of(Random random, int count) {
            if (this == NONE) {
                return null;
            }
            float[] w = new float[count];
            for (int i = 0; i < count; i++) {
                double logNormal = Math.exp(random.nextGaussian());
                w[i] = (float) switch (this) {
                    case ONE -> 1;
                    case SPARSE -> random.nextInt(4) == 0 ? logNormal : 0;
                    case ZERO -> 0;
                    case TINY -> 1e-30 * logNormal;
                    case HUGE -> 1e20 * logNormal;
                    default -> logNormal;
                };
            }
            return w;
        }
    }

    /** ggml, called through the foreign-function interface. */
    @SuppressWarnings("restricted")
    private static final class Ggml {
        static final Ggml INSTANCE = new Ggml();
        /** Of the field to_float in struct ggml_type_traits. */
        private static final long TO_FLOAT = 40;

        private final Linker linker = Linker.nativeLinker();
        private final MethodHandle quantizeChunk;
        private final MethodHandle typeTraits;
        private final MethodHandle validate;

        private Ggml() {
            SymbolLookup library = SymbolLookup.libraryLookup(Path.of(LIBRARY), Arena.global());
            quantizeChunk = linker.downcallHandle(library.findOrThrow("ggml_quantize_chunk"),
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS));
            typeTraits = linker.downcallHandle(library.findOrThrow("ggml_get_type_traits"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            validate = linker.downcallHandle(library.findOrThrow("ggml_validate_row_data"), FunctionDescriptor.of(
                    ValueLayout.JAVA_BOOLEAN, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        }

        byte[] quantize(GgmlType type, float[] x, int rows, int columns, float[] weights) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment into = arena.allocate(rows * type.rowBytes(columns));
                MemorySegment importance = weights == null
                        ? MemorySegment.NULL
                        : arena.allocateFrom(ValueLayout.JAVA_FLOAT, weights);
                long written = (long) quantizeChunk.invokeExact(type.id(),
                        arena.allocateFrom(ValueLayout.JAVA_FLOAT, x), into, 0L, (long) rows, (long) columns,
                        importance);
                assertEquals(into.byteSize(), written);
                return into.toArray(ValueLayout.JAVA_BYTE);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        float[] dequantize(GgmlType type, byte[] bytes, int rows, int columns) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                MemorySegment traits = (MemorySegment) typeTraits.invokeExact(type.id());
                MemorySegment toFloat = traits.reinterpret(TO_FLOAT + 8).get(ValueLayout.ADDRESS, TO_FLOAT);
                if (type == GgmlType.F32) { // It has no routine.
                    return from.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                }
                MemorySegment into = arena.allocate(ValueLayout.JAVA_FLOAT, (long) rows * columns);
                MethodHandle handle = linker.downcallHandle(toFloat, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
                handle.invokeExact(from, into, (long) rows * columns);
                return into.toArray(ValueLayout.JAVA_FLOAT);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        boolean isValid(GgmlType type, byte[] bytes) {
            try (Arena arena = Arena.ofConfined()) {
                return (boolean) validate.invokeExact(type.id(),
                        arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), (long) bytes.length);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
