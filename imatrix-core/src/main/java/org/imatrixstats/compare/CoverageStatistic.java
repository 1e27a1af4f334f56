package org.imatrixstats.compare;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import org.imatrixstats.stats.Figure;
import org.imatrixstats.numeric.Median;
import org.imatrixstats.numeric.Moments;

/** How much of the tensors of a kind each of two texts exercised. */
public enum CoverageStatistic implements Figure<PairGroup> {
    TENSORS("tensors", "tensors", Unit.COUNT, "tensors that are compared", group -> group.tensors().size()), //
    ENTROPY_NORMALIZED_A("entropy_normalized_a", "H norm A", Unit.SHARE,
            "median of the normalized entropy of e_A: 100% if all columns are alike", entropy(PairStats::a)), //
    ENTROPY_NORMALIZED_B("entropy_normalized_b", "H norm B", Unit.SHARE, "the same of e_B", entropy(PairStats::b)), //
    ACTIVE_A("active_a", "active A", Unit.SHARE,
            "share of the columns, of all tensors together, with e_A > 1e-5", active(PairStats::a)), //
    ACTIVE_B("active_b", "active B", Unit.SHARE, "the same of e_B", active(PairStats::b)), //
    EXPERTS("experts", "experts", Unit.COUNT, "experts of all tensors; undefined where no tensor has experts",
            experts(pair -> pair.matrices())), //
    EXPERTS_A("experts_a", "reached by A", Unit.COUNT, "experts that A reached", experts(TensorPair::matricesInA)), //
    EXPERTS_B("experts_b", "reached by B", Unit.COUNT, "experts that B reached", experts(TensorPair::matricesInB));

    /** Shares that differ by less count as equal. */
    private static final double MARGIN = 0.001;

    private final Definition<PairGroup> definition;

    CoverageStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<PairGroup> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static ToDoubleFunction<PairGroup> entropy(Function<PairStats, Moments> side) {
        return group -> Median.of(group.tensors().stream().filter(PairStats::defined)
                .mapToDouble(tensor -> side.apply(tensor).entropyNormalized()).filter(h -> !Double.isNaN(h)).toArray());
    }

    private static ToDoubleFunction<PairGroup> active(Function<PairStats, Moments> side) {
        return group -> {
            long columns = group.total(tensor -> tensor.defined() ? side.apply(tensor).n() : 0);
            long active = group.total(tensor -> tensor.defined() ? side.apply(tensor).active() : 0);
            return columns == 0 ? Double.NaN : active / (double) columns;
        };
    }

    private static ToDoubleFunction<PairGroup> experts(ToLongFunction<TensorPair> matrices) {
        return group -> group.tensors().stream().noneMatch(tensor -> tensor.pair().matrices() > 1)
                ? Double.NaN
                : group.total(tensor -> tensor.pair().matrices() > 1 ? matrices.applyAsLong(tensor.pair()) : 0);
    }

    @Override
    public Definition<PairGroup> definition() {
        return definition;
    }

    /** Which text exercised a group of tensors more. */
    public enum More {
        /** A is ahead in one respect at least and behind in none. */
        A,
        /** B is. */
        B,
        /** Each is ahead in some respect. */
        MIXED,
        /** Neither is ahead by more than 0.1%. */
        EQUAL;

        public String label() {
            return this == A || this == B ? name() : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which text is ahead in some kinds and behind in none; kinds that share their inputs with another count once. */
    public static More more(Comparison comparison) {
        List<More> kinds = comparison.kinds().stream()
                .filter(kind -> kind.tensors().stream().anyMatch(tensor -> tensor.sameInputAs() == null))
                .map(CoverageStatistic::more).toList();
        boolean a = kinds.contains(More.A) || kinds.contains(More.MIXED);
        boolean b = kinds.contains(More.B) || kinds.contains(More.MIXED);
        return a ? b ? More.MIXED : More.A : b ? More.B : More.EQUAL;
    }

    /** Which text exercised the tensors more, by entropy, active columns and experts. */
    public static More more(PairGroup group) {
        double[] leads = {ENTROPY_NORMALIZED_A.of(group) - ENTROPY_NORMALIZED_B.of(group),
            ACTIVE_A.of(group) - ACTIVE_B.of(group),
            (EXPERTS_A.of(group) - EXPERTS_B.of(group)) / EXPERTS.of(group)};
        boolean a = false;
        boolean b = false;
        for (double lead : leads) {
            a |= lead > MARGIN;
            b |= lead < -MARGIN;
        }
        return a ? b ? More.MIXED : More.A : b ? More.B : More.EQUAL;
    }
}
