package org.imatrixstats.app.output.stats;

import java.util.List;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LayerStats;
import org.imatrixstats.stats.TensorStats;

/** What a row of {@code stats} is. To add a level: a class, and a line here. */
public final class StatsLevels {
    public static final Level<FileReport, TensorStats> TENSOR = new TensorLevel();
    public static final Level<FileReport, LayerStats> LAYER = new LayerLevel();
    public static final Level<FileReport, KindStats> KIND = new KindLevel();
    public static final Level<FileReport, ExpertStats> EXPERT = new ExpertLevel();
    public static final List<Level<FileReport, ?>> ALL = List.of(TENSOR, LAYER, KIND, EXPERT);

    private StatsLevels() {
    }
}
