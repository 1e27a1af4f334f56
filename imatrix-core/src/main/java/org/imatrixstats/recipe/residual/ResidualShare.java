package org.imatrixstats.recipe.residual;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.plan.Model;
import org.imatrixstats.stats.StreamShare;
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
public record ResidualShare(List<LayerShare> layers, Map<String, Double> weights) {
    /** The mean of n² · Σ (softmax weight)² / n over the n experts that are used. */
    private static final double GATE_SPREAD = 1.2;

    /**
     * How the tensors are read.
     *
     * @param threads  the result is the same for any number of them
     * @param cache    where the energies of tensors are kept
     * @param progress told how many values will be read, before they are; gives what is told of those that were
     */
    public record Reading(int threads, FigureCache cache, LongFunction<LongConsumer> progress) {
        public static final Reading PLAIN = new Reading(1, FigureCache.none(), _ -> _ -> {
        });
    }

    /**
     * Reads the tensors that write the residual stream.
     *
     * @return empty where {@link #missing} says what is missing, or the weights hold values that are not finite
     * @throws IOException if the weights cannot be read
     */
    public static Optional<ResidualShare> of(TensorSource source, Model model, ModelConfig config, Imatrix imatrix,
            Reading reading) throws IOException {
        Walk walk = new Walk(source.tensors(), model, config, imatrix);
        return walk.missing().isPresent()
                ? Optional.empty()
                : walk.run(new StreamEnergy(source, imatrix).of(walk.written(), reading.threads, reading.cache,
                        reading.progress));
    }

    /** Why the shares of a model are not known, one clause, from the header alone; empty if they can be computed. */
    public static Optional<String> missing(Collection<TensorInfo> tensors, Model model, ModelConfig config,
            Imatrix imatrix) {
        return new Walk(tensors, model, config, imatrix).missing();
    }

    /** What is known of a tensor; only that of a layer where the tensor is not of the model. */
    public StreamShare of(TensorName tensor) {
        double weight = weights.getOrDefault(tensor.name(), Double.NaN);
        return layers.stream()
                .filter(layer -> tensor.hasLayer() && tensor.stack().isEmpty() && tensor.layer() == layer.layer())
                .findFirst()
                .map(layer -> new StreamShare(layer.writers().getOrDefault(tensor.name(), Double.NaN), weight,
                        layer.has(Sublayer.ATTENTION) ? layer.attention() : Double.NaN,
                        layer.has(Sublayer.FFN) ? layer.ffn() : Double.NaN,
                        layer.has(Sublayer.FFN) ? layer.carried() : Double.NaN))
                .orElse(new StreamShare(Double.NaN, weight, Double.NaN, Double.NaN, Double.NaN));
    }

    private static final class Walk {
        private final ResidualStream stream;
        private final Model model;
        private final Imatrix imatrix;
        private final int used;
        private final Map<String, TensorInfo> byName = new HashMap<>();
        private final TreeSet<Integer> numbers = new TreeSet<>();
        private final List<LayerShare> layers = new ArrayList<>();

        Walk(Collection<TensorInfo> tensors, Model model, ModelConfig config, Imatrix imatrix) {
            this.model = model;
            this.imatrix = imatrix;
            this.used = (int) Math.max(1, config.get(Hyperparameter.EXPERTS_USED, 1));
            tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
            this.stream = new ResidualStream(model, byName);
            long predicting = model.layers() - config.get(Hyperparameter.NEXTN_LAYERS, 0);
            byName.keySet().stream().map(TensorName::of)
                    .filter(name -> name.hasLayer() && name.stack().isEmpty()).map(TensorName::layer)
                    // Layers that predict further tokens write nothing that the others read.
                    .filter(layer -> predicting <= 0 || layer < predicting).forEach(numbers::add);
        }

        Optional<String> missing() {
            if (!stream.isKnown()) {
                return Optional.of(stream.whyUnknown());
            }
            if (numbers.isEmpty()) {
                return Optional.of("the model has no layers");
            }
            for (int layer : numbers) {
                for (Sublayer sublayer : Sublayer.values()) {
                    if (stream.lacksWriter(layer, sublayer)) {
                        return Optional.of("it is not known which tensor writes what the " + sublayer + " of layer "
                                + layer + " computes");
                    }
                }
                if (writers(layer).findAny().isEmpty()) {
                    return Optional.of("layer " + layer + " has no tensor that is known to write it");
                }
            }
            return numbers.stream().flatMap(this::writers).filter(tensor -> entry(tensor) == null).findFirst()
                    .map(tensor -> "the importance matrix has no entry that fits " + tensor.name());
        }

        /** What an importance matrix says of the input of a tensor; null if nothing that fits. */
        private ImatrixEntry entry(TensorInfo tensor) {
            ImatrixEntry entry = imatrix.entries().get(tensor.name());
            return entry != null && entry.size() == Model.entrySize(tensor) ? entry : null;
        }

        private Stream<TensorInfo> writers(int layer) {
            return Stream.of(Sublayer.values()).flatMap(sublayer -> stream.writers(layer, sublayer).stream());
        }

        /** All whose energy is needed; with what the matrices of each count, or without an entry. */
        List<StreamEnergy.Written> written() {
            List<StreamEnergy.Written> all = new ArrayList<>();
            all.add(StreamEnergy.Written.plain(byName.get(ResidualStream.EMBEDDING)));
            for (int layer : numbers) {
                for (Sublayer sublayer : Sublayer.values()) {
                    stream.writers(layer, sublayer).forEach(tensor -> all
                            .add(new StreamEnergy.Written(tensor, entry(tensor), matrixShares(tensor, entry(tensor)))));
                    TensorInfo gains = stream.normBehind(layer, sublayer);
                    if (gains != null) {
                        all.add(StreamEnergy.Written.plain(gains));
                    }
                }
            }
            return all;
        }

        Optional<ResidualShare> run(Map<String, Double> energies) throws FormatException {
            TensorInfo embedding = byName.get(ResidualStream.EMBEDDING);
            double energy = energies.get(embedding.name()) / embedding.rows()
                    * stream.embeddingScale(embedding.ne0());
            for (int layer : numbers) {
                Map<String, Double> shares = new LinkedHashMap<>();
                double attention = add(layer, Sublayer.ATTENTION, energy, energies, shares);
                double before = energy + attention;
                double ffn = add(layer, Sublayer.FFN, before, energies, shares);
                if (!(Double.isFinite(before + ffn) && before + ffn > 0)) {
                    return Optional.empty();
                }
                layers.add(
                        new LayerShare(layer, share(attention, before), share(ffn, before + ffn), carried(layer),
                                shares));
                energy = before + ffn;
            }
            return Optional.of(new ResidualShare(layers, BlockWeights.of(model, layers)));
        }

        private static double share(double written, double of) {
            return written == 0 ? 0 : written / of;
        }

        /** What a sublayer adds to the stream. Its tensors divide its share as they divide the energy before a norm. */
        private double add(int layer, Sublayer sublayer, double before, Map<String, Double> energies,
                Map<String, Double> shares) {
            List<TensorInfo> writers = stream.writers(layer, sublayer);
            double sum = writers.stream().mapToDouble(tensor -> energies.get(tensor.name())).sum();
            TensorInfo gains = stream.normBehind(layer, sublayer);
            double added = gains != null && sum > 0 ? energies.get(gains.name()) : sum;
            writers.forEach(tensor -> shares.put(tensor.name(),
                    share(added, before + added) * share(energies.get(tensor.name()), sum)));
            return added;
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
                shares[i] = StreamEnergy.count(entry, i);
                all += shares[i];
            }
            for (int i = 0; i < matrices; i++) {
                // counts_e / tokens, and each token is counted by each expert that it uses.
                shares[i] *= used / all * GATE_SPREAD / ((double) used * used);
            }
            return shares;
        }

        /** f of the FFN, over all its matrices by their share of the tokens. */
        private double carried(int layer) throws FormatException {
            double sum = 0;
            double all = 0;
            for (TensorInfo tensor : stream.writers(layer, Sublayer.FFN)) {
                ImatrixEntry entry = entry(tensor);
                if (entry == null) {
                    continue;
                }
                int columns = Math.toIntExact(tensor.ne0());
                for (int matrix = 0; matrix < tensor.matrices(); matrix++) {
                    double count = StreamEnergy.count(entry, matrix);
                    double effective = effectiveShare(StreamEnergy.means(imatrix, entry, matrix, columns));
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
