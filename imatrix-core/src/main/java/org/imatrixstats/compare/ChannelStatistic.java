package org.imatrixstats.compare;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** The figures of a column of a tensor in two files. */
public enum ChannelStatistic implements Figure<Channel> {
    COLUMN("column", "column", Unit.COUNT, "number of the column (channel), from 0", Channel::column), //
    A("e_a", "E[x²] A", Unit.NUMBER, "E[x²] in A; of a tensor with experts the mean over those that both files reached",
            Channel::a), //
    B("e_b", "E[x²] B", Unit.NUMBER, "E[x²] in B, likewise", Channel::b), //
    RANK_A("rank_a", "rank A", Unit.COUNT, "1 for the largest E[x²] of A; equal ones share the better rank",
            Channel::rankA), //
    RANK_B("rank_b", "rank B", Unit.COUNT, "1 for the largest E[x²] of B, likewise", Channel::rankB), //
    SHARE_A("share_a", "share A", Unit.SHARE, "E[x²] over the sum of all columns of A", Channel::shareA), //
    SHARE_B("share_b", "share B", Unit.SHARE, "E[x²] over the sum of all columns of B", Channel::shareB), //
    SHARE_RATIO("share_ratio", "share ratio", Unit.RATIO, "share of A over share of B; undefined where one is 0",
            c -> c.a() > 0 && c.b() > 0 ? c.shareA() / c.shareB() : Double.NaN), //
    JS_DIVERGENCE("js_divergence", "JS", Unit.BITS, "what the column adds to the Jensen-Shannon divergence",
            Channel::divergence);

    private final Definition<Channel> definition;

    ChannelStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<Channel> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    @Override
    public Definition<Channel> definition() {
        return definition;
    }
}
