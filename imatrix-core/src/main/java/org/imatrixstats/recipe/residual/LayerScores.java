package org.imatrixstats.recipe.residual;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorName;

/**
 * How important each layer is, from a file: the log of ik_llama.cpp's {@code llama-imatrix --layer-similarity}, or a table of
 * scores. The scores take the place of the residual shares of the blocks (docs/statistics.md).
 *
 * @param file    where they are from
 * @param measure what the numbers are
 * @param layers  by number
 */
public record LayerScores(String file, Measure measure, SortedMap<Integer, LayerScore> layers) {
    /** Half of the last digit that the log has of a similarity of nearly 1. */
    private static final double LAST_DIGIT = 5e-7;

    /** What the numbers of a file are. */
    public enum Measure {
        /** The cosine of the angle between what goes into a block and what comes out: 1 if the block changes nothing. */
        SIMILARITY("cosine similarities"),
        /** Any number of at least 0 that is larger for layers that count more. */
        VALUE("scores");

        private final String label;

        Measure(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /**
     * What an error in each tensor costs by these scores.
     *
     * @param weights by the name of the tensor
     * @param missing layers with a block that the file has no number for: their residual shares stand in
     */
    public record Weights(Map<String, Double> weights, List<Integer> missing) {
    }

    /**
     * Reads a log or a table.
     *
     * @throws FormatException if the file is neither, or damaged: with the line
     */
    public static LayerScores read(ByteSource file) throws IOException {
        String text = TextFile.read(file, "the log of llama-imatrix --layer-similarity or a table of scores");
        if (LayerSimilarityLog.isOne(text)) {
            return new LayerScores(file.name(), Measure.SIMILARITY, LayerSimilarityLog.read(file.name(), text));
        }
        return table(Csv.read(file));
    }

    private static LayerScores table(Csv csv) throws FormatException {
        String column = List.of("cos_sim", "cosine_similarity", "lim", "value", "score", "importance").stream()
                .filter(csv::has).findFirst().orElse(null);
        if (column == null || !csv.has("layer")) {
            throw csv.unexpectedColumns(
                    "layer,value or layer,cos_sim or layer,lim, or the log of llama-imatrix --layer-similarity");
        }
        boolean lim = column.equals("lim");
        Measure measure = lim || column.startsWith("cos") ? Measure.SIMILARITY : Measure.VALUE;
        SortedMap<Integer, LayerScore> layers = new TreeMap<>();
        for (Csv.Row row : csv.rows()) {
            long layer = csv.count(row, "layer");
            if (layer > Integer.MAX_VALUE) {
                throw csv.fault(row, "layer is '" + csv.text(row, "layer") + "', expected the number of a layer");
            }
            LayerScore score = new LayerScore(cell(csv, row, column, measure, lim),
                    cell(csv, row, "attention", measure, lim),
                    cell(csv, row, "ffn", measure, lim));
            if (layers.put((int) layer, score) != null) {
                throw csv.fault(row, "a second score of layer " + (int) layer);
            }
        }
        return new LayerScores(csv.file(), measure, layers);
    }

    /** A similarity or a score; NaN for an empty cell or a column that is not there. */
    private static double cell(Csv csv, Csv.Row row, String column, Measure measure, boolean lim)
            throws FormatException {
        if (!csv.has(column) || csv.text(row, column).isEmpty()) {
            return Double.NaN;
        }
        if (measure == Measure.VALUE) {
            return csv.value(row, column);
        }
        double value = csv.number(row, column);
        if (!LayerScore.isSimilarity(value)) {
            throw csv.fault(row, column + " is '" + csv.text(row, column) + "', expected a number from -1 to 1");
        }
        return lim ? -value : value;
    }

    /**
     * The share of what comes out of a block that was not there before, if what the block writes is orthogonal to it: 1 − cos².
     * All of it where the cosine is not above 0.
     */
    static double share(double similarity) {
        double cosine = Math.clamp(similarity, 0, 1 - LAST_DIGIT);
        return 1 - cosine * cosine;
    }

    /**
     * What an error in each tensor costs. Scores are scaled so that they add up to what the residual shares of the same
     * blocks do; similarities are on the scale of shares already.
     *
     * @param predicting layers of the model but for those that predict further tokens
     * @param shares     residual shares of the model; empty where they are not known
     * @throws FormatException if the file is of another model, or lacks layers whose residual shares are not known
     */
    public Weights weights(Model model, long predicting, Optional<ResidualShare> shares) throws FormatException {
        return new Merge(model, predicting, shares).run();
    }

    private final class Merge {
        /** The layers that have a sublayer. */
        private final Map<Sublayer, SortedSet<Integer>> having = new EnumMap<>(
                Map.of(Sublayer.ATTENTION, new TreeSet<>(), Sublayer.FFN, new TreeSet<>()));
        private final SortedSet<Integer> all = new TreeSet<>();
        private final Model model;
        private final Map<Integer, LayerShare> known;
        private final List<Integer> missing = new ArrayList<>();
        private double factor = 1;

        Merge(Model model, long predicting, Optional<ResidualShare> shares) {
            this.model = model;
            this.known = shares.map(ResidualShare::layers).orElse(List.of()).stream()
                    .collect(Collectors.toMap(LayerShare::layer, layer -> layer));
            model.tensors().stream().filter(tensor -> tensor.rows() > 1).map(tensor -> TensorName.of(tensor.name()))
                    .filter(name -> name.block() >= 0 && (predicting <= 0 || name.block() < predicting))
                    .forEach(name -> having.get(Sublayer.of(name)).add(name.block()));
            having.values().forEach(all::addAll);
        }

        Weights run() throws FormatException {
            if (all.isEmpty()) {
                throw new FormatException(model.name(), "has no layers named blk.N, expected those that " + file
                        + " has scores of");
            }
            if (layers.lastKey() > all.last()) {
                throw new FormatException(file, "has a score of layer " + layers.lastKey() + ", but the last layer of "
                        + model.name() + " is " + all.last() + ": is it of another model?");
            }
            if (measure == Measure.VALUE) {
                factor = factor();
            }
            List<LayerShare> merged = new ArrayList<>();
            for (int layer : all) {
                merged.add(new LayerShare(layer, share(layer, Sublayer.ATTENTION), share(layer, Sublayer.FFN),
                        known.containsKey(layer) ? known.get(layer).carried() : 1, Map.of()));
            }
            if (!missing.isEmpty() && known.isEmpty()) {
                throw new FormatException(file, "has no score of layer "
                        + missing.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + ", and residual shares cannot stand in: they need the weights of the model and its importance"
                        + " matrix");
            }
            return new Weights(BlockWeights.of(model, merged), missing);
        }

        /** From values of any scale to shares: both add up to the same over the blocks that have a value. */
        private double factor() throws FormatException {
            if (known.isEmpty()) {
                throw new FormatException(file,
                        "scores of any scale are scaled to the residual shares of the model, which"
                                + " are not known: they need its weights and its importance matrix. Cosine similarities (column"
                                + " cos_sim) do without");
            }
            double values = 0;
            double shares = 0;
            for (Sublayer sublayer : Sublayer.values()) {
                for (int layer : having.get(sublayer)) {
                    double value = value(layer, sublayer);
                    if (!Double.isNaN(value) && known.containsKey(layer)) {
                        values += value;
                        shares += known.get(layer).of(sublayer);
                    }
                }
            }
            if (!(values > 0) || !Double.isFinite(values)) {
                throw new FormatException(file, "its scores add up to " + values + ", expected a number above 0");
            }
            return shares / values;
        }

        private double value(int layer, Sublayer sublayer) {
            return layers.containsKey(layer) ? layers.get(layer).of(sublayer) : Double.NaN;
        }

        private double share(int layer, Sublayer sublayer) {
            if (!having.get(sublayer).contains(layer)) {
                return 0;
            }
            double value = value(layer, sublayer);
            if (!Double.isNaN(value)) {
                return measure == Measure.SIMILARITY ? LayerScores.share(value) : Math.min(1, factor * value);
            }
            if (missing.isEmpty() || missing.getLast() != layer) {
                missing.add(layer);
            }
            LayerShare shares = known.get(layer);
            return shares == null ? 0 : shares.of(sublayer);
        }
    }
}
