package org.imatrixstats.ggml;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Weights per microsecond of each type: quantized with and without weights of the columns, and decoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
public class CodecBenchmark {
    private static final int ROWS = 4;
    private static final int COLUMNS = 4096;

    @Param({"F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ1_S",
        "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4",
        "NVFP4", "Q1_0", "Q2_0"})
    public GgmlType type;

    private final float[] values = new float[ROWS * COLUMNS];
    private final float[] weights = new float[COLUMNS];
    private final float[] decoded = new float[ROWS * COLUMNS];
    private Codec codec;
    private byte[] bytes;

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.02 * random.nextGaussian());
        }
        for (int i = 0; i < COLUMNS; i++) {
            weights[i] = (float) Math.exp(random.nextGaussian());
        }
        codec = Codecs.of(type);
        bytes = new byte[Math.toIntExact(ROWS * type.rowBytes(COLUMNS))];
        codec.quantize(values, 0, ROWS, COLUMNS, weights, bytes, 0);
    }

    /** Types that need weights get those of {@link #quantizeWithWeights}. */
    @Benchmark
    @OperationsPerInvocation(ROWS * COLUMNS)
    public byte[] quantize() {
        codec.quantize(values, 0, ROWS, COLUMNS, codec.requiresWeights() ? weights : null, bytes, 0);
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS * COLUMNS)
    public byte[] quantizeWithWeights() {
        codec.quantize(values, 0, ROWS, COLUMNS, weights, bytes, 0);
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS * COLUMNS)
    public float[] dequantize() {
        codec.dequantize(bytes, 0, ROWS, COLUMNS, decoded, 0);
        return decoded;
    }
}
