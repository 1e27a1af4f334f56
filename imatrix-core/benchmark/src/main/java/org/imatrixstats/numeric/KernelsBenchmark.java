package org.imatrixstats.numeric;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds per value of each loop of {@link Kernels}, beside the least that a loop over floats can do: copying them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
public class KernelsBenchmark {
    private static final int BLOCK = 1 << 16;
    private static final double COUNT = 1000;

    private final float[] values = new float[BLOCK];
    private final float[] others = new float[BLOCK];
    private final float[] copy = new float[BLOCK];
    private final Kernels kernels = new Kernels();

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < BLOCK; i++) {
            values[i] = (float) (COUNT * Math.exp(2 * random.nextGaussian()));
            others[i] = (float) (COUNT * Math.exp(2 * random.nextGaussian()));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public float[] floorCopy() {
        System.arraycopy(values, 0, copy, 0, BLOCK);
        return copy;
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public Moments energy() {
        return kernels.energy(values, 0, BLOCK, COUNT);
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public Moments central() {
        return kernels.central(values, 0, BLOCK, COUNT);
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public int aboveOneSigma() {
        return Kernels.aboveOneSigma(values, 0, BLOCK, COUNT, 7, 50);
    }

    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public Comoments pairs() {
        return kernels.pairs(values, COUNT, others, COUNT, 0, BLOCK);
    }
}
