package org.imatrixstats.compare;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/**
 * The figures of a tensor in two files A and B. e_A and e_B are the vectors of E[x²] over the columns that both have, p and q
 * their shares e / Σ e.
 *
 * <p>To add one: a constant here.
 */
public enum PairStatistic implements Figure<PairStats> {
    ELEMENTS("elements", "N", Unit.COUNT, Worst.NONE, "columns with data in both files: columns × experts",
            p -> p.pair().elements()), //
    JS_DIVERGENCE("js_divergence", "JS", Unit.BITS, Worst.HIGHEST,
            "Jensen-Shannon divergence of p and q, (Σ p log2(p/m) + Σ q log2(q/m)) / 2 with m = (p + q) / 2: 0 if all"
                    + " shares are equal, 1 bit if no column has energy in both",
            defined(p -> p.divergence().jensenShannon())), //
    COSINE_SIMILARITY("cosine_similarity", "cos", Unit.CORRELATION, Worst.LOWEST,
            "cosine of the angle between e_A and e_B; ruled by the largest columns",
            defined(p -> p.similarity().cosineSimilarity())), //
    PEARSON("pearson", "PCC", Unit.CORRELATION, Worst.LOWEST, "Pearson correlation of e_A and e_B",
            defined(p -> p.similarity().pearson())), //
    SPEARMAN("spearman", "Spearman", Unit.CORRELATION, Worst.LOWEST,
            "Pearson correlation of the ranks of the columns, equal ones sharing their average; all columns count alike",
            defined(p -> p.agreement().spearman())), //
    TOP_1("top_overlap.1%", "top 1%", Unit.SHARE, Worst.LOWEST,
            "Jaccard index (those in both / those in either) of the largest 1% of the columns, rounded up",
            defined(p -> p.agreement().onePercent())), //
    TOP_10("top_overlap.10%", "top 10%", Unit.SHARE, Worst.LOWEST, "the same of the largest 10%",
            defined(p -> p.agreement().tenPercent())), //
    ENERGY_RATIO("energy_ratio", "Σ ratio", Unit.RATIO, Worst.FACTOR, "Σ e_A / Σ e_B",
            defined(p -> p.divergence().sumA() / p.divergence().sumB())), //
    ENTROPY_CHANGE("entropy_change", "ΔH", Unit.BITS, Worst.FARTHEST, "H(p) − H(q), with H = −Σ p log2 p",
            defined(p -> p.a().entropy() - p.b().entropy())), //
    TOTAL_VARIATION("total_variation", "TV", Unit.SHARE, Worst.HIGHEST,
            "Σ |p − q| / 2: the share of the energy that stands on other columns",
            defined(p -> p.divergence().totalVariation())), //
    KL_AB("kl_ab", "KL A→B", Unit.BITS, Worst.HIGHEST,
            "Kullback-Leibler divergence Σ p log2(p/q); undefined if a column has energy in A only",
            defined(p -> p.divergence().kullbackLeiblerAB())), //
    KL_BA("kl_ba", "KL B→A", Unit.BITS, Worst.HIGHEST,
            "Kullback-Leibler divergence Σ q log2(q/p); undefined if a column has energy in B only",
            defined(p -> p.divergence().kullbackLeiblerBA())), //
    EXPERTS_ONLY_A("experts_only_a", "only A", Unit.COUNT, Worst.NONE,
            "experts that A reached and B did not; in JSON and CSV their numbers", p -> p.pair().onlyInA().size()), //
    EXPERTS_ONLY_B("experts_only_b", "only B", Unit.COUNT, Worst.NONE,
            "experts that B reached and A did not; in JSON and CSV their numbers", p -> p.pair().onlyInB().size());

    /** Which of several figures tells of the largest difference. */
    public enum Worst {
        /** None does. */
        NONE(_ -> Double.NaN),
        /** The lowest does. */
        LOWEST(x -> -x),
        /** The highest does. */
        HIGHEST(x -> x),
        /** That farthest from 0 does. */
        FARTHEST(Math::abs),
        /** That farthest from 1 does, as a factor. */
        FACTOR(x -> Math.abs(Math.log(x)));

        private final ToDoubleFunction<Double> badness;

        Worst(ToDoubleFunction<Double> badness) {
            this.badness = badness;
        }

        double badness(double figure) {
            return badness.applyAsDouble(figure);
        }
    }

    private final Definition<PairStats> definition;
    private final Worst worst;

    PairStatistic(String key, String header, Unit unit, Worst worst, String description,
            ToDoubleFunction<PairStats> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
        this.worst = worst;
    }

    private static ToDoubleFunction<PairStats> defined(ToDoubleFunction<PairStats> formula) {
        return pair -> pair.defined() ? formula.applyAsDouble(pair) : Double.NaN;
    }

    @Override
    public Definition<PairStats> definition() {
        return definition;
    }

    /** Which figure of a group of tensors is the worst; {@link Worst#NONE} if it does not measure a difference. */
    public Worst worst() {
        return worst;
    }
}
