package org.imatrixstats.llamacpp;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;

/**
 * What {@code llama-imatrix --show-statistics} of llama.cpp prints: every sum is a float32 that takes one value after the
 * other, CosSim is taken on the raw sums of all experts laid end to end and only against block − 1, and 0 stands for
 * what is undefined.
 */
public final class ClassicStatistics {
    /**
     * A row of the tensor table.
     *
     * @param layer  block number as a string, "-" without one
     * @param tensor the part of the name before "weight"
     */
    public record Row(String layer, String tensor, float sum, float min, float max, float mean, float stddev,
            float active, long elements, float entropy, float zd, float cosineSimilarity) {

        /** Entropy in percent of its maximum. */
        public float entropyNormalized() {
            return elements > 0 ? (float) (100.0f * (entropy / (Math.log(elements) / Math.log(2)))) : 0;
        }
    }

    /** A row of the layer table: means weighted by elements. */
    public record Layer(int layer, float sum, float zd, float cosineSimilarity) {
    }

    private static final float ACTIVE_ABOVE = 1e-5f;

    private final Imatrix imatrix;
    private final float[] values = new float[Partition.BLOCK];
    private final float[] others = new float[Partition.BLOCK];

    private ClassicStatistics(Imatrix imatrix) {
        this.imatrix = imatrix;
    }

    /** The rows in the order of the program: by tensor, the largest sum first. Entries without data have none. */
    public static List<Row> rows(Imatrix imatrix, int threads) throws IOException {
        List<ImatrixEntry> entries = imatrix.entries().values().stream().filter(entry -> entry.elements() > 0).toList();
        Row[] rows = new Row[entries.size()];
        Parallel.forEach(rows.length, threads, () -> new ClassicStatistics(imatrix),
                (worker, i) -> rows[i] = worker.row(entries.get(i)));
        Arrays.sort(rows,
                Comparator.comparing(Row::tensor).thenComparing(Comparator.comparing(Row::sum).reversed()));
        return List.of(rows);
    }

    /** The layer table, from the rows in their order. */
    public static List<Layer> layers(List<Row> rows) {
        Map<Integer, LayerSums> layers = new TreeMap<>();
        for (Row row : rows) {
            if (!row.layer.equals("-")) {
                layers.computeIfAbsent(Integer.valueOf(row.layer), _ -> new LayerSums()).add(row);
            }
        }
        return layers.entrySet().stream().map(layer -> layer.getValue().row(layer.getKey())).toList();
    }

    private static final class LayerSums {
        private float sum;
        private float zd;
        private float cosineSimilarity;
        private long elements;

        void add(Row row) {
            sum += row.elements * row.sum;
            zd += row.elements * row.zd;
            cosineSimilarity += row.elements * row.cosineSimilarity;
            elements += row.elements;
        }

        Layer row(int layer) {
            return new Layer(layer, sum / elements, zd / elements, cosineSimilarity / elements);
        }
    }

    private Row row(ImatrixEntry entry) throws FormatException {
        Sums sums = new Sums();
        forEachMean(entry, sums::add);
        long elements = entry.elements();
        float mean = sums.total / elements;
        float stddev = (float) Math.sqrt(Math.max(0, sums.inSum2 / elements - mean * mean));
        Spread spread = new Spread(sums.total, mean, stddev);
        forEachMean(entry, spread::add);
        TensorName name = entry.name();
        return new Row(name.hasBlock() ? Integer.toString(name.layer()) : "-", tensorPart(name.name()), sums.total,
                sums.min, sums.max, mean, stddev, 1 - (float) sums.inactive / elements, elements, spread.entropy,
                (float) spread.above / elements, cosineSimilarity(entry));
    }

    private static final class Sums {
        private float total;
        private float inSum2;
        private float min = Float.POSITIVE_INFINITY;
        private float max = Float.NEGATIVE_INFINITY;
        private long inactive;

        void add(float x) {
            total += x;
            inSum2 += x * x;
            min = Math.min(min, x);
            max = Math.max(max, x);
            inactive += Math.abs(x) <= ACTIVE_ABOVE ? 1 : 0;
        }
    }

    private static final class Spread {
        private final float total;
        private final float mean;
        private final float stddev;
        private float entropy;
        private long above;

        Spread(float total, float mean, float stddev) {
            this.total = total;
            this.mean = mean;
            this.stddev = stddev;
        }

        void add(float x) {
            float p = x / total;
            if (total > 0 && p > 0) {
                entropy -= p * (float) (Math.log(p) / Math.log(2));
            }
            above += stddev > 0 && (x - mean) / stddev > 1 ? 1 : 0;
        }
    }

    @FunctionalInterface
    private interface FloatConsumer {
        void accept(float x);
    }

    private void forEachMean(ImatrixEntry entry, FloatConsumer consumer) throws FormatException {
        for (Block block : entry.values()) {
            imatrix.inSum2(entry, block.start(), values, block.length());
            for (Block.Span row : block) {
                for (int i = row.from(); i < row.to() && entry.count(row) > 0; i++) {
                    consumer.accept(values[i] / entry.count(row));
                }
            }
        }
    }

    private float cosineSimilarity(ImatrixEntry entry) throws FormatException {
        ImatrixEntry previous = entry.name().hasBlock()
                ? imatrix.entries().get(entry.name().inLayer(entry.name().layer() - 1))
                : null;
        if (previous == null || previous.elements() == 0) {
            return 0;
        }
        float dot = 0;
        float norm = 0;
        float previousNorm = 0;
        long size = Math.min(entry.size(), previous.size());
        for (Block block : Partition.ofValues(size)) {
            imatrix.inSum2(entry, block.start(), values, block.length());
            imatrix.inSum2(previous, block.start(), others, block.length());
            for (int i = 0; i < block.length(); i++) {
                dot += values[i] * others[i];
                norm += values[i] * values[i];
                previousNorm += others[i] * others[i];
            }
        }
        return dot / ((float) Math.sqrt(norm) * (float) Math.sqrt(previousNorm));
    }

    private static String tensorPart(String name) {
        List<String> parts = List.of(name.split("\\."));
        int weight = parts.indexOf("weight");
        return weight > 0 ? parts.get(weight - 1) : name;
    }
}
