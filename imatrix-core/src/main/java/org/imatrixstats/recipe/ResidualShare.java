package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;

/**
 * How much of the residual stream each block of a model writes, from one walk over its weights and the E[x²] of its inputs;
 * and from that, what an error in each tensor costs.
 *
 * <pre>
 * R = mean of ‖embedding row‖² (times n for Gemma, which scales by √n)
 * per layer:  O = Σ W_ij² E[x_j²] of the tensors that write the attention's output,  share = O / (R + O),  R += O
 *             likewise of the FFN; of experts Σ counts_e/tokens · 1.2/used² · O_e
 *             where a block's output is normalised before it is added: O = Σ g², g the weights of that norm
 * f = min(1, 2 · exp(H) / n) of the FFN, H the entropy of E[x²] over the n inputs of its down projection: the effective share
 *     of the columns that carry it; of experts √f, because f alone did worse on one model of three
 * </pre>
 *
 * {@link BlockWeights} makes losses of the shares.
 *
 * @param layers  the blocks by layer
 * @param weights by the name of the tensor, of those that are weighted
 */
public record ResidualShare(List<Layer> layers, Map<String, Double> weights) {
    /** The mean of n² · Σ (softmax weight)² / n over the n experts that are used. */
    private static final double GATE_SPREAD = 1.2;
    private static final int ROWS_AT_A_TIME = 64;

    /**
     * What the blocks of a layer write.
     *
     * @param layer     the layer
     * @param attention the attention's share of the stream behind it; 0 if the layer has none
     * @param ffn       the FFN's share
     * @param carried   f of the FFN: 1 if many columns carry it
     */
    public record Layer(int layer, double attention, double ffn, double carried) {
    }

    /**
     * Reads the tensors that write the residual stream.
     *
     * @return empty where it is not known what writes the stream, or the importance matrix lacks it
     * @throws FormatException if the weights cannot be read
     */
    public static Optional<ResidualShare> of(TensorSource source, Model model, ModelConfig config, Imatrix imatrix)
            throws FormatException {
        return new Walk(source, model, config, imatrix).run();
    }

    private static final class Walk {
        private final ResidualStream stream;
        private final long predicting;
        private final TensorSource source;
        private final Model model;
        private final Imatrix imatrix;
        private final int used;
        private final Map<String, TensorInfo> byName = new HashMap<>();
        private final List<Layer> layers = new ArrayList<>();

        Walk(TensorSource source, Model model, ModelConfig config, Imatrix imatrix) {
            this.source = source;
            this.model = model;
            this.imatrix = imatrix;
            this.used = (int) Math.max(1, config.get(Hyperparameter.EXPERTS_USED, 1));
            source.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
            this.stream = new ResidualStream(model, byName);
            this.predicting = model.layers() - config.get(Hyperparameter.NEXTN_LAYERS, 0);
        }

        Optional<ResidualShare> run() throws FormatException {
            if (!stream.isKnown()) {
                return Optional.empty();
            }
            TensorInfo embedding = byName.get(ResidualStream.EMBEDDING);
            TreeSet<Integer> numbers = new TreeSet<>();
            byName.keySet().stream().map(TensorName::of).filter(TensorName::hasLayer).map(TensorName::layer)
                    // Layers that predict further tokens write nothing that the others read.
                    .filter(layer -> predicting <= 0 || layer < predicting).forEach(numbers::add);
            double energy = energy(embedding, null) / embedding.rows() * stream.embeddingScale(embedding.ne0());
            for (int layer : numbers) {
                double attention = written(layer, true);
                double before = energy + attention;
                double ffn = written(layer, false);
                if (Double.isNaN(attention) || Double.isNaN(ffn) || attention == 0 && ffn == 0) {
                    return Optional.empty();
                }
                layers.add(new Layer(layer, attention / before, ffn / (before + ffn), carried(layer)));
                energy = before + ffn;
            }
            return layers.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ResidualShare(layers, BlockWeights.of(model, layers)));
        }

        /** What the blocks of these kinds add to the stream; 0 if the layer has none, NaN if it is not known. */
        private double written(int layer, boolean ofAttention) throws FormatException {
            if (stream.lacksWriter(layer, ofAttention)) {
                return Double.NaN;
            }
            double sum = 0;
            for (String kind : ofAttention ? ResidualStream.ATTENTION_WRITERS : ResidualStream.FFN_WRITERS) {
                TensorInfo tensor = stream.tensor(layer, kind);
                if (tensor != null) {
                    ImatrixEntry entry = imatrix.entries().get(tensor.name());
                    if (entry == null || entry.size() != Model.entrySize(tensor)) {
                        return Double.NaN;
                    }
                    sum += energy(tensor, entry);
                }
            }
            TensorInfo gains = stream.normBehind(layer, ofAttention);
            return gains != null && sum > 0 ? energy(gains, null) : sum;
        }

        /** Σ W_ij² E[x_j²], of experts as their gates weigh them; Σ W² without an entry. */
        private double energy(TensorInfo tensor, ImatrixEntry entry) throws FormatException {
            int columns = Math.toIntExact(tensor.ne0());
            long perMatrix = tensor.rows() / tensor.matrices();
            double[] shares = entry == null ? null : matrixShares(tensor, entry);
            float[] values = new float[Math.multiplyExact(ROWS_AT_A_TIME, columns)];
            double sum = 0;
            for (int matrix = 0; matrix < tensor.matrices(); matrix++) {
                double[] squares = entry == null ? null : means(entry, matrix, columns);
                if (shares != null && shares[matrix] == 0) {
                    continue;
                }
                double ofMatrix = 0;
                for (long row = 0; row < perMatrix; row += ROWS_AT_A_TIME) {
                    int rows = (int) Math.min(ROWS_AT_A_TIME, perMatrix - row);
                    source.readRows(tensor, matrix * perMatrix + row, rows, values, 0);
                    for (int i = 0; i < rows * columns; i++) {
                        double square = (double) values[i] * values[i];
                        ofMatrix += squares == null ? square : square * squares[i % columns];
                    }
                }
                sum += shares == null ? ofMatrix : shares[matrix] * ofMatrix;
            }
            return sum;
        }

        /** How much the output of each matrix counts: 1 for the only one. */
        private double[] matrixShares(TensorInfo tensor, ImatrixEntry entry) {
            int matrices = Math.toIntExact(tensor.matrices());
            double[] shares = new double[matrices];
            if (matrices == 1) {
                shares[0] = 1;
                return shares;
            }
            double all = 0;
            for (int i = 0; i < matrices; i++) {
                shares[i] = entry.count(entry.experts() == 1 ? 0 : i);
                all += shares[i];
            }
            for (int i = 0; i < matrices; i++) {
                // counts_e / tokens, and each token is counted by each expert that it uses.
                shares[i] *= used / all * GATE_SPREAD / ((double) used * used);
            }
            return shares;
        }

        private double[] means(ImatrixEntry entry, int matrix, int columns) throws FormatException {
            float[] sums = new float[columns];
            imatrix.inSum2(entry, (long) matrix * columns, sums, columns);
            long count = entry.count(entry.experts() == 1 ? 0 : matrix);
            double[] means = new double[columns];
            for (int j = 0; j < columns; j++) {
                means[j] = count == 0 ? 0 : sums[j] / (double) count;
            }
            return means;
        }

        /** f of the FFN, over all its matrices by their share of the tokens. */
        private double carried(int layer) throws FormatException {
            double sum = 0;
            double all = 0;
            for (String kind : ResidualStream.FFN_WRITERS) {
                TensorInfo tensor = stream.tensor(layer, kind);
                ImatrixEntry entry = tensor == null ? null : imatrix.entries().get(tensor.name());
                if (entry == null) {
                    continue;
                }
                int columns = Math.toIntExact(tensor.ne0());
                for (int matrix = 0; matrix < tensor.matrices(); matrix++) {
                    double count = entry.count(entry.experts() == 1 ? 0 : matrix);
                    double effective = effectiveShare(means(entry, matrix, columns));
                    if (count > 0 && Double.isFinite(effective)) {
                        sum += count * effective;
                        all += count;
                    }
                }
            }
            double carried = all == 0 ? 1 : Math.min(1, 2 * sum / all);
            return hasRouter(layer) ? Math.sqrt(carried) : carried;
        }

        private boolean hasRouter(int layer) {
            return stream.tensor(layer, "ffn_gate_inp") != null;
        }

        /** exp(H) / n. */
        private static double effectiveShare(double[] energies) {
            double sum = 0;
            double weighted = 0;
            for (double energy : energies) {
                sum += energy;
                weighted += energy > 0 ? energy * Math.log(energy) : 0;
            }
            return Math.exp(Math.log(sum) - weighted / sum) / energies.length;
        }
    }
}
