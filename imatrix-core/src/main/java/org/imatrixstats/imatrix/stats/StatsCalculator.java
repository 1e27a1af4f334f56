package org.imatrixstats.imatrix.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Parallel;
import org.imatrixstats.imatrix.TensorName;

/**
 * Computes all figures of an importance matrix.
 *
 * <p>The values are cut into chunks of fixed size, which threads take in any order; the sums of the chunks are merged in
 * their order, so that the answer is the same to the bit for any number of threads.
 */
public final class StatsCalculator {
    /** Values per chunk: what stays in the first-level caches while several loops pass over it. */
    private static final int CHUNK = 1 << 13;

    private final Imatrix imatrix;
    private final int threads;
    private final List<Job> jobs = new ArrayList<>();
    private final List<Chunk> chunks = new ArrayList<>();

    private StatsCalculator(Imatrix imatrix, int threads) {
        this.imatrix = imatrix;
        this.threads = threads;
    }

    /**
     * The figures of every tensor and layer, with all processors.
     *
     * @throws FormatException if the file is cut short meanwhile
     */
    public static Report report(Imatrix imatrix) throws IOException {
        return report(imatrix, Runtime.getRuntime().availableProcessors());
    }

    /** The same on a given number of threads, with the same answer. */
    public static Report report(Imatrix imatrix, int threads) throws IOException {
        return new StatsCalculator(imatrix, threads).report();
    }

    private Report report() throws IOException {
        plan();
        Parallel.forEach(chunks.size(), threads, Buffers::new, (buffers, i) -> accumulate(buffers, chunks.get(i)));
        for (Chunk chunk : chunks) {
            chunk.job.merge(chunk);
        }
        Parallel.forEach(chunks.size(), threads, Buffers::new, (buffers, i) -> countAbove(buffers, chunks.get(i)));
        for (Chunk chunk : chunks) {
            chunk.job.aboveOneSigma += chunk.aboveOneSigma;
        }
        List<TensorStats> tensors = tensors();
        return new Report(tensors, layers(tensors), warnings());
    }

    // ---- what is to be done

    /** One entry and the sums that are collected for it. */
    private static final class Job {
        final ImatrixEntry entry;
        final ImatrixEntry previous;
        final boolean byActivation;
        final Moments energy = new Moments();
        final Moments activation = new Moments();
        final Comoments withPrevious = new Comoments();
        long aboveOneSigma;

        /** @param previous the same tensor in the nearest earlier layer; null if there is none of the same size */
        Job(ImatrixEntry entry, ImatrixEntry previous) {
            this.entry = entry;
            this.previous = previous;
            this.byActivation = previous != null && entry.hasSums() && previous.hasSums();
        }

        void merge(Chunk chunk) {
            energy.merge(chunk.energy);
            activation.merge(chunk.activation);
            withPrevious.merge(chunk.withPrevious);
        }
    }

    /** The values {@code from} to {@code to} of one entry, and the sums over them. */
    private static final class Chunk {
        final Job job;
        final long from;
        final int length;
        final Moments energy = new Moments();
        final Moments activation = new Moments();
        final Comoments withPrevious = new Comoments();
        int aboveOneSigma;

        Chunk(Job job, long from, int length) {
            this.job = job;
            this.from = from;
            this.length = length;
        }
    }

    private static final class Buffers {
        final float[] values = new float[CHUNK];
        final float[] others = new float[CHUNK];
    }

    private void plan() {
        for (ImatrixEntry entry : imatrix.entries().values()) {
            Job job = new Job(entry, previous(entry));
            jobs.add(job);
            for (long from = 0; from < entry.size(); from += CHUNK) {
                chunks.add(new Chunk(job, from, (int) Math.min(CHUNK, entry.size() - from)));
            }
        }
        jobs.sort(Comparator.comparing(job -> job.entry.name(), TensorName.BY_LAYER));
    }

    private ImatrixEntry previous(ImatrixEntry entry) {
        ImatrixEntry earlier = imatrix.earlier(entry);
        return earlier != null && earlier.size() == entry.size() ? earlier : null;
    }

    // ---- walking the values

    @FunctionalInterface
    private interface Span {
        /** Columns {@code from} to {@code to} of a chunk, which share a count. */
        void take(int from, int to, int expert);
    }

    private static void forEachSpanWithData(Chunk chunk, Span span) {
        ImatrixEntry entry = chunk.job.entry;
        long columns = entry.columns();
        for (int from = 0; from < chunk.length;) {
            int expert = (int) ((chunk.from + from) / columns);
            int to = (int) Math.min(chunk.length, (expert + 1) * columns - chunk.from);
            if (entry.count(expert) > 0) {
                span.take(from, to, expert);
            }
            from = to;
        }
    }

    private void accumulate(Buffers buffers, Chunk chunk) throws FormatException {
        Job job = chunk.job;
        ImatrixEntry entry = job.entry;
        imatrix.squares(entry, chunk.from, buffers.values, chunk.length);
        forEachSpanWithData(chunk,
                (from, to, expert) -> Kernels.energy(buffers.values, from, to, entry.count(expert), chunk.energy));
        if (entry.hasSums()) {
            float[] sums = job.byActivation ? buffers.values : buffers.others;
            imatrix.sums(entry, chunk.from, sums, chunk.length);
            forEachSpanWithData(chunk,
                    (from, to, expert) -> Kernels.central(sums, from, to, entry.count(expert), chunk.activation));
        }
        if (job.previous != null) {
            comparePrevious(buffers, chunk);
        }
    }

    /** Compares what {@code buffers.values} holds, sums of x² or of x, with the same of the earlier layer. */
    private void comparePrevious(Buffers buffers, Chunk chunk) throws FormatException {
        ImatrixEntry entry = chunk.job.entry;
        ImatrixEntry previous = chunk.job.previous;
        if (chunk.job.byActivation) {
            imatrix.sums(previous, chunk.from, buffers.others, chunk.length);
        } else {
            imatrix.squares(previous, chunk.from, buffers.others, chunk.length);
        }
        long previousColumns = previous.columns();
        forEachSpanWithData(chunk, (from, to, expert) -> {
            for (int start = from; start < to;) {
                int other = (int) ((chunk.from + start) / previousColumns);
                int end = (int) Math.min(to, (other + 1) * previousColumns - chunk.from);
                if (previous.count(other) > 0) {
                    Kernels.pairs(buffers.values, entry.count(expert), buffers.others, previous.count(other), start,
                            end, chunk.withPrevious);
                }
                start = end;
            }
        });
    }

    private void countAbove(Buffers buffers, Chunk chunk) throws FormatException {
        Moments energy = chunk.job.energy;
        double stddev = energy.stddev();
        if (!energy.defined() || stddev == 0) {
            return;
        }
        imatrix.squares(chunk.job.entry, chunk.from, buffers.values, chunk.length);
        forEachSpanWithData(chunk, (from, to, expert) -> chunk.aboveOneSigma += Kernels.aboveOneSigma(buffers.values,
                from, to, chunk.job.entry.count(expert), energy.mean, stddev));
    }

    // ---- putting it together

    private List<TensorStats> tensors() throws FormatException {
        Map<String, Job> byName = new HashMap<>();
        jobs.forEach(job -> byName.put(job.entry.name().name(), job));
        List<TensorStats> tensors = new ArrayList<>();
        Map<Input, List<Job>> firsts = new HashMap<>();
        for (Job job : jobs) {
            tensors.add(new TensorStats(job.entry, job.energy, job.entry.hasSums() ? job.activation : null,
                    job.energy.defined() ? job.aboveOneSigma / (double) job.energy.n : Double.NaN, earlier(job, byName),
                    sameInput(job, firsts)));
        }
        return tensors;
    }

    private static TensorStats.Earlier earlier(Job job, Map<String, Job> byName) {
        if (job.previous == null || job.withPrevious.n == 0) {
            return null;
        }
        Moments previous = byName.get(job.previous.name().name()).energy;
        return new TensorStats.Earlier(job.previous.name(),
                job.byActivation ? TensorStats.Basis.ACTIVATION : TensorStats.Basis.ENERGY,
                job.withPrevious.similarity(), previous.defined() ? previous.sum : Double.NaN, previous.n);
    }

    /** What tensors with the same input have in common, before their bytes are compared. */
    private record Input(int layer, long size, double sum, double m2) {
    }

    /** The first tensor of the layer that holds the same, bit for bit; null if that is the tensor itself. */
    private TensorName sameInput(Job job, Map<Input, List<Job>> firsts) throws FormatException {
        if (!job.entry.name().hasLayer() || !job.energy.defined()) {
            return null;
        }
        Input input = new Input(job.entry.name().layer(), job.entry.size(), job.energy.sum, job.energy.m2);
        List<Job> candidates = firsts.computeIfAbsent(input, _ -> new ArrayList<>());
        for (Job first : candidates) {
            if (imatrix.sameInput(first.entry, job.entry)) {
                return first.entry.name();
            }
        }
        candidates.add(job);
        return null;
    }

    private static List<LayerStats> layers(List<TensorStats> tensors) {
        TreeMap<Integer, List<TensorStats>> byLayer = new TreeMap<>();
        for (TensorStats tensor : tensors) {
            if (tensor.name().hasLayer() && tensor.elements() > 0) {
                byLayer.computeIfAbsent(tensor.name().layer(), _ -> new ArrayList<>()).add(tensor);
            }
        }
        List<LayerStats> layers = new ArrayList<>();
        byLayer.forEach((layer, members) -> layers.add(new LayerStats(layer, members)));
        return layers;
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (Job job : jobs) {
            String tensor = "tensor '" + job.entry.name() + "': ";
            if (job.entry.elements() == 0) {
                warnings.add(tensor + "holds no data, its figures are undefined");
            } else if (!job.energy.defined()) {
                warnings.add(tensor + "holds values that are NaN or infinite, its figures are undefined");
            } else if (job.entry.hasSums() && !job.activation.defined()) {
                warnings.add(tensor + "holds sums of x that are NaN or infinite, figures of E[x] are undefined");
            } else if (job.energy.min < 0) {
                warnings.add(tensor + "holds negative sums of squares, its entropy is undefined");
            }
        }
        return warnings;
    }
}
