package org.imatrixstats.llamacpp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.stats.Report;
import org.imatrixstats.numeric.Similarity;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/**
 * What {@code llama-imatrix --show-statistics} prints as proposed in llama.cpp PR 14891: mean, spread and comparisons on
 * E[x] where the file holds it; comparisons on float32 means with the nearest earlier layer that has data; float32
 * figures, NaN or 0 for what is undefined. A tensor that holds NaN or infinite values has no figures here, where the
 * program leaves those values out.
 */
public final class ExtendedStatistics {
    /** The number that stands for the output tensors, which come after all layers. */
    public static final int OUTPUT = Integer.MAX_VALUE;
    private static final int NO_LAYER = OUTPUT - 1;
    private static final float FLAT = 1e-10f;
    private static final float NO_ENERGY = 1e-10f;

    /** A row of the tensor table. */
    public record Row(String layer, String name, float mean, float stddev, float skewness, float kurtosis,
            float entropyNormalized, double sum, float gain, float l2Distance, float pearson, float covariance) {
    }

    /** A row of the layer table. */
    public record Layer(String layer, float sum, float gain, float l2Distance, float cosineSimilarity, float pearson,
            float covariance) {
    }

    /**
     * Both tables.
     *
     * @param withActivation whether all tensors hold E[x]: then there is a column for the L2 distance
     * @param layerCount     layers by number, without the output
     * @param gap            why there is no layer table; null if there is one
     */
    public record Tables(boolean withActivation, List<Row> rows, List<Layer> layers, int layerCount, String gap) {
    }

    private final Imatrix imatrix;
    private final List<TensorStats> tensors;
    private final Map<String, TensorStats> byName = new HashMap<>();
    private final int nextnStart;

    private ExtendedStatistics(Imatrix imatrix, Report report) {
        this.imatrix = imatrix;
        this.tensors = report.tensors().stream().filter(tensor -> tensor.elements() > 0)
                .sorted(Comparator.comparingInt((TensorStats tensor) -> number(tensor.name()))
                        .thenComparing(tensor -> tensor.name().kind()))
                .toList();
        tensors.forEach(tensor -> byName.put(tensor.name().name(), tensor));
        this.nextnStart = nextnStart();
    }

    public static Tables of(Imatrix imatrix, Report report, int threads) throws IOException {
        return new ExtendedStatistics(imatrix, report).tables(threads);
    }

    /** The block number, or where in the table a tensor without one stands. */
    private static int number(TensorName name) {
        return name.hasBlock() ? name.layer() : name.name().contains("output") ? OUTPUT : NO_LAYER;
    }

    private int nextnStart() {
        int last = tensors.stream().filter(tensor -> tensor.name().hasBlock()).mapToInt(tensor -> tensor.name().layer())
                .max().orElse(-1);
        long nextnLayers = imatrix.origin().nextnLayers().orElse(0);
        if (nextnLayers > 0 && last >= 0) {
            return (int) Math.max(0, last + 1 - nextnLayers);
        }
        return tensors.stream().filter(tensor -> tensor.name().kind().startsWith("nextn."))
                .mapToInt(tensor -> tensor.name().layer()).min().orElse(Integer.MAX_VALUE);
    }

    private String label(int number) {
        if (number < 0 || number >= NO_LAYER) {
            return "-";
        }
        return number >= nextnStart ? "mtp" + (number - nextnStart) : Integer.toString(number);
    }

    private Tables tables(int threads) throws IOException {
        Comparison[] comparisons = new Comparison[tensors.size()];
        Parallel.forEach(comparisons.length, threads, () -> null,
                (_, i) -> comparisons[i] = compareWithEarlier(tensors.get(i)));
        List<Row> rows = new ArrayList<>();
        SortedMap<Integer, LayerSums> layers = new TreeMap<>();
        for (int i = 0; i < comparisons.length; i++) {
            TensorStats tensor = tensors.get(i);
            rows.add(row(tensor, comparisons[i]));
            layers.computeIfAbsent(number(tensor.name()), _ -> new LayerSums()).add(tensor, comparisons[i]);
        }
        layers.remove(NO_LAYER);
        List<Layer> layerRows = new ArrayList<>();
        layers.forEach((number, sums) -> layerRows.add(sums.row(label(number), number > 0 && number != OUTPUT)));
        boolean withActivation = tensors.stream().allMatch(TensorStats::hasActivation);
        return new Tables(withActivation, rows, layerRows,
                (int) layers.keySet().stream().filter(number -> number != OUTPUT).count(), gap(layers));
    }

    /** The program prints no layer table if a layer is missing. */
    private String gap(SortedMap<Integer, LayerSums> layers) {
        List<Integer> trunk = layers.keySet().stream().filter(number -> number < nextnStart && number != OUTPUT)
                .toList();
        if (trunk.isEmpty()) {
            return null;
        }
        int expected = trunk.getLast() - trunk.getFirst() + 1;
        return trunk.size() == expected
                ? null
                : "layer sequence gap detected (found " + trunk.size() + " layers in range " + trunk.getFirst() + "-"
                        + trunk.getLast() + ", expected " + expected + "); layer statistics will not be shown";
    }

    private Row row(TensorStats tensor, Comparison comparison) {
        boolean activation = tensor.hasActivation();
        float stddev = stddev(tensor, activation ? Statistic.ACTIVATION_STDDEV : Statistic.STDDEV);
        boolean flat = stddev <= FLAT;
        return new Row(label(number(tensor.name())), tensor.name().name(),
                figure(tensor, activation ? Statistic.ACTIVATION_MEAN : Statistic.MEAN), stddev,
                flat ? 0 : figure(tensor, activation ? Statistic.ACTIVATION_SKEWNESS : Statistic.SKEWNESS),
                flat ? 0 : figure(tensor, activation ? Statistic.ACTIVATION_KURTOSIS : Statistic.KURTOSIS),
                entropyNormalized(tensor), Statistic.SUM.of(tensor), gain(tensor, comparison),
                of(comparison, Similarity::l2Distance), of(comparison, ExtendedStatistics::pearson),
                of(comparison, similarity -> similarity.n() > 1 ? similarity.covariance() : Double.NaN));
    }

    /** The program takes the root of a variance that it has rounded to float32. */
    private static float stddev(TensorStats tensor, Statistic statistic) {
        double stddev = statistic.of(tensor);
        return (float) Math.sqrt((float) (stddev * stddev));
    }

    /** Percent, from two numbers in float32; 0 if all columns are zero. */
    private static float entropyNormalized(TensorStats tensor) {
        if (tensor.elements() < 2) {
            return Float.NaN;
        }
        boolean zero = Statistic.MIN.of(tensor) == 0 && Statistic.MAX.of(tensor) == 0;
        return zero
                ? 0
                : 100 * (figure(tensor, Statistic.ENTROPY) / (float) (Math.log(tensor.elements()) / Math.log(2)));
    }

    /** 1 if there is next to no energy in both layers. */
    private static float gain(TensorStats tensor, Comparison comparison) {
        if (comparison == null) {
            return Float.NaN;
        }
        double sum = Statistic.SUM.of(tensor);
        if (!comparison.hasEarlierEnergy()) {
            return sum <= NO_ENERGY ? 1 : Float.NaN;
        }
        return (float) (Math.sqrt(sum / tensor.elements())
                / Math.sqrt(Statistic.SUM.of(comparison.earlier) / comparison.earlier.elements()));
    }

    /** 0 if one of the two is constant. */
    private static double pearson(Similarity similarity) {
        boolean constantX = similarity.varianceX() == 0;
        return constantX == (similarity.varianceY() == 0) ? similarity.pearson() : 0;
    }

    /** 0 if one of the two is all zero. */
    private static double cosineSimilarity(Similarity similarity) {
        boolean zeroX = similarity.normX() == 0;
        return zeroX == (similarity.normY() == 0) ? similarity.cosineSimilarity() : 0;
    }

    private static float of(Comparison comparison, ToDoubleFunction<Similarity> figure) {
        return comparison == null ? Float.NaN : (float) figure.applyAsDouble(comparison.similarity);
    }

    private static float figure(TensorStats tensor, Statistic statistic) {
        return (float) statistic.of(tensor);
    }

    // ---- comparison with the earlier layer

    private record Comparison(TensorStats earlier, Similarity similarity) {
        boolean hasEarlierEnergy() {
            return Statistic.SUM.of(earlier) > NO_ENERGY;
        }

        boolean allZero() {
            return similarity.normX() == 0 && similarity.normY() == 0;
        }
    }

    private Comparison compareWithEarlier(TensorStats tensor) throws FormatException {
        TensorStats earlier = earlier(tensor);
        if (earlier == null || earlier.entry().size() != tensor.entry().size()) {
            return null;
        }
        boolean activation = tensor.hasActivation() && earlier.hasActivation();
        Means x = new Means(imatrix, tensor.entry(), activation);
        Means y = new Means(imatrix, earlier.entry(), activation);
        double[] sums = new double[2];
        long n = x.forEachPair(y, (a, b) -> {
            sums[0] += a;
            sums[1] += b;
        });
        if (n == 0) {
            return null;
        }
        double meanX = sums[0] / n;
        double meanY = sums[1] / n;
        double[] s = new double[7];
        x.forEachPair(y, (a, b) -> {
            s[0] += a * b;
            s[1] += a * a;
            s[2] += b * b;
            s[3] += (a - meanX) * (b - meanY);
            s[4] += (a - meanX) * (a - meanX);
            s[5] += (b - meanY) * (b - meanY);
            s[6] += (a - b) * (a - b);
        });
        return new Comparison(earlier, new Similarity(n, s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
    }

    /** NextN layers are compared among themselves. */
    private TensorStats earlier(TensorStats tensor) {
        int first = tensor.name().layer() >= nextnStart ? nextnStart : 0;
        ImatrixEntry earlier = imatrix.earlier(tensor.entry());
        while (earlier != null && earlier.elements() == 0) {
            earlier = imatrix.earlier(earlier);
        }
        return earlier == null || earlier.name().layer() < first ? null : byName.get(earlier.name().name());
    }

    /** The means of one entry as float32, sum times the float32 reciprocal of the count. */
    private static final class Means {
        @FunctionalInterface
        private interface Pairs {
            void accept(double x, double y);
        }

        private final Imatrix imatrix;
        private final ImatrixEntry entry;
        private final boolean activation;
        private final float[] values = new float[Partition.BLOCK];

        Means(Imatrix imatrix, ImatrixEntry entry, boolean activation) {
            this.imatrix = imatrix;
            this.entry = entry;
            this.activation = activation;
        }

        private void read(Block block) throws FormatException {
            if (activation) {
                imatrix.inSum(entry, block.start(), values, block.length());
            } else {
                imatrix.inSum2(entry, block.start(), values, block.length());
            }
            for (Block.Span row : new Block(block.start(), block.length(), entry.columns())) {
                for (int i = row.from(); i < row.to(); i++) {
                    values[i] *= 1.0f / entry.count(row);
                }
            }
        }

        /** Calls back for all columns where both are finite; returns how many those were. */
        long forEachPair(Means other, Pairs pairs) throws FormatException {
            long n = 0;
            for (Block block : entry.values()) {
                read(block);
                other.read(block);
                for (int i = 0; i < block.length(); i++) {
                    if (Float.isFinite(values[i]) && Float.isFinite(other.values[i])) {
                        pairs.accept(values[i], other.values[i]);
                        n++;
                    }
                }
            }
            return n;
        }
    }

    /** What a layer pools. */
    private static final class LayerSums {
        private final List<Comparison> comparisons = new ArrayList<>();
        private float sum;
        private double energy;
        private double earlierEnergy;
        private long elements;
        private long earlierElements;

        void add(TensorStats tensor, Comparison comparison) {
            sum = (float) (sum + Statistic.SUM.of(tensor));
            if (comparison == null || comparison.allZero()) {
                return;
            }
            comparisons.add(comparison);
            if (comparison.hasEarlierEnergy()) {
                energy += Statistic.SUM.of(tensor);
                elements += tensor.elements();
                earlierEnergy += Statistic.SUM.of(comparison.earlier);
                earlierElements += comparison.earlier.elements();
            }
        }

        Layer row(String label, boolean compared) {
            if (!compared || comparisons.isEmpty()) {
                return new Layer(label, sum, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN);
            }
            Similarity pooled = Similarity.pool(comparisons.stream().map(Comparison::similarity).toList());
            return new Layer(label, sum,
                    (float) (Math.sqrt(energy / elements) / Math.sqrt(earlierEnergy / earlierElements)),
                    (float) pooled.l2Distance(), (float) cosineSimilarity(pooled), (float) pearson(pooled),
                    (float) pooled.covariance());
        }
    }
}
