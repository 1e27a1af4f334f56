package org.imatrixstats.stats;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.numeric.Moments;

/** The figures of one expert. */
public enum ExpertStatistic implements Figure<ExpertStats> {
    EXPERT("expert", "expert", Unit.COUNT, "number of the expert, from 0", ExpertStats::expert), //
    TOKENS("tokens", "tokens", Unit.COUNT, "rows that reached the expert; undefined where the file does not say",
            ExpertStats::tokens), //
    UTILIZATION("utilization", "use", Unit.SHARE, "tokens over the fair share, that is all tokens / experts",
            expert -> expert.tokens() / expert.fairShare()), //
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data", expert -> expert.energy().n()), //
    SUM("sum", "Σ E[x²]", Unit.NUMBER, "Σ e of its columns", energy(m -> m.sum())), //
    MEAN("mean", "mean", Unit.NUMBER, "Σ e / N", energy(m -> m.mean())), //
    MAX("max", "max", Unit.NUMBER, "largest e", energy(m -> m.max())), //
    ACTIVE("active", "active", Unit.SHARE, "share of columns with |e| > 1e-5",
            energy(m -> m.active() / (double) m.n())), //
    ENTROPY_NORMALIZED("entropy_normalized", "H norm", Unit.SHARE, "entropy of its columns / log2 N",
            energy(Moments::entropyNormalized));

    private final Definition<ExpertStats> definition;

    ExpertStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<ExpertStats> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static ToDoubleFunction<ExpertStats> energy(ToDoubleFunction<Moments> formula) {
        return expert -> expert.energy().defined() ? formula.applyAsDouble(expert.energy()) : Double.NaN;
    }

    @Override
    public Definition<ExpertStats> definition() {
        return definition;
    }
}
