package org.imatrixstats.recipe.residual;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** The energy that tensors write for the inputs of an importance matrix: Σ W_ij² E[x_j²]. */
final class StreamEnergy {
    private static final String VERSION = "energies 1";
    /** Values of a tensor that count in the digest, at its start and at its end. */
    private static final int DIGESTED = 64;

    private final TensorSource source;
    private final Imatrix imatrix;

    StreamEnergy(TensorSource source, Imatrix imatrix) {
        this.source = source;
        this.imatrix = imatrix;
    }

    /**
     * A tensor that is read.
     *
     * @param entry  what is known of its inputs; null for Σ W²
     * @param shares how much the output of each matrix counts
     */
    record Written(TensorInfo tensor, ImatrixEntry entry, double[] shares) {
        static Written plain(TensorInfo tensor) {
            double[] shares = new double[Math.toIntExact(tensor.matrices())];
            Arrays.fill(shares, 1);
            return new Written(tensor, null, shares);
        }

        long rows() {
            return tensor.rows() / shares.length;
        }
    }

    /** One matrix of a tensor. */
    private record Matrix(Written of, int number) {
    }

    /** Values of a block, and sums by column. */
    private static final class Worker {
        private float[] values = new float[0];
        private double[] columns = new double[0];

        double[] columns(int width) {
            if (columns.length == width) {
                Arrays.fill(columns, 0);
            } else {
                columns = new double[width];
            }
            return columns;
        }

        float[] values(int length) {
            values = values.length < length ? new float[length] : values;
            return values;
        }
    }

    /** The energy of each tensor by its name: from the cache, or from its values. */
    Map<String, Double> of(List<Written> tensors, int threads, FigureCache cache, LongFunction<LongConsumer> progress)
            throws IOException {
        String key = cache.isUsed() ? digest(tensors) : "";
        double[][] kept = cache.read(key);
        double[] energies = kept != null && kept.length == 1 && kept[0].length == tensors.size()
                ? kept[0]
                : read(tensors, threads, progress);
        if (kept == null) {
            cache.write(key, new double[][]{energies});
        }
        Map<String, Double> byName = new HashMap<>();
        for (int i = 0; i < energies.length; i++) {
            byName.put(tensors.get(i).tensor.name(), energies[i]);
        }
        return byName;
    }

    private double[] read(List<Written> tensors, int threads, LongFunction<LongConsumer> progress) throws IOException {
        List<Matrix> matrices = new ArrayList<>();
        for (Written tensor : tensors) {
            for (int i = 0; i < tensor.shares.length; i++) {
                if (tensor.shares[i] != 0) {
                    matrices.add(new Matrix(tensor, i));
                }
            }
        }
        List<Partition> grid = Partition.grid(matrices, matrix -> matrix.of.rows(), matrix -> matrix.of.tensor.ne0());
        LongConsumer done = progress.apply(grid.stream().mapToLong(Partition::size).sum());
        List<Double> sums = Parallel.fold(grid, threads, Worker::new,
                (worker, part) -> energy(worker, matrices.get(part.item()), part), Double::sum,
                part -> done.accept(part.size()));
        Map<Written, Double> energies = new HashMap<>();
        for (int i = 0; i < sums.size(); i++) {
            Matrix matrix = matrices.get(i);
            energies.merge(matrix.of, matrix.of.shares[matrix.number] * sums.get(i), Double::sum);
        }
        return tensors.stream().mapToDouble(tensor -> energies.getOrDefault(tensor, 0.0)).toArray();
    }

    private double energy(Worker worker, Matrix matrix, Partition part) throws IOException {
        TensorInfo tensor = matrix.of.tensor;
        int width = Math.toIntExact(tensor.ne0());
        double[] columns = worker.columns(width);
        for (Block block : part.wholeRows(Partition.BLOCK)) {
            float[] values = worker.values(block.length());
            long row = matrix.number * matrix.of.rows() + block.start() / width;
            source.readRows(tensor, row, block.length() / width, values, 0);
            for (int from = 0; from < block.length(); from += width) {
                addSquares(values, from, columns);
            }
        }
        double[] means = matrix.of.entry == null ? null : means(imatrix, matrix.of.entry, matrix.number, width);
        double energy = 0;
        for (int j = 0; j < width; j++) {
            energy += means == null ? columns[j] : columns[j] * means[j];
        }
        return energy;
    }

    private static void addSquares(float[] values, int from, double[] columns) {
        for (int j = 0; j < columns.length; j++) {
            columns[j] += (double) values[from + j] * values[from + j];
        }
    }

    /** E[x²] of the inputs of one matrix; 0 where no token reached it. */
    static double[] means(Imatrix imatrix, ImatrixEntry entry, int matrix, int columns) throws FormatException {
        float[] sums = new float[columns];
        imatrix.inSum2(entry, (long) matrix * columns, sums, columns);
        long count = count(entry, matrix);
        double[] means = new double[columns];
        for (int j = 0; j < columns; j++) {
            means[j] = count == 0 ? 0 : sums[j] / (double) count;
        }
        return means;
    }

    /** The count of one matrix. Some files have one count for all. */
    static long count(ImatrixEntry entry, int matrix) {
        return entry.count(entry.experts() == 1 ? 0 : matrix);
    }

    /** Of the tensors, of the ends of their data, and of their inputs. */
    private String digest(List<Written> tensors) throws FormatException {
        MessageDigest sha256 = sha256();
        sha256.update(VERSION.getBytes(StandardCharsets.UTF_8));
        for (Written each : tensors) {
            TensorInfo tensor = each.tensor;
            sha256.update(("\n" + tensor.name() + " " + tensor.type().label() + " " + tensor.dims() + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            int width = Math.toIntExact(tensor.ne0());
            float[] row = new float[width];
            for (long number : new long[]{0, tensor.rows() - 1}) {
                source.readRows(tensor, number, 1, row, 0);
                add(sha256, row, Math.min(DIGESTED, width));
            }
            for (int matrix = 0; each.entry != null && matrix < each.shares.length; matrix++) {
                float[] sums = new float[width];
                imatrix.inSum2(each.entry, (long) matrix * width, sums, width);
                sha256.update(ByteBuffer.allocate(2 * Double.BYTES).putDouble(each.shares[matrix])
                        .putLong(count(each.entry, matrix)).array());
                add(sha256, sums, width);
            }
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, 16);
    }

    private static void add(MessageDigest digest, float[] values, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count);
        bytes.asFloatBuffer().put(values, 0, count);
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
