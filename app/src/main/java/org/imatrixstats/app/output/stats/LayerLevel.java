package org.imatrixstats.app.output.stats;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;

/** A layer per row. */
final class LayerLevel extends Level<FileReport, LayerStats> {
    private static final Set<String> OF_STREAM = Set.of("attention_share", "ffn_share", "ffn_carried");
    private static final List<List<String>> SHOWN = keys("tensors", "energy_sum", "ffn_share", "attention_share",
            "cosine_similarity", "gain",
            "weighted_mean_zd", "distinct_inputs", "distinct_energy_sum", "ffn_carried", "pearson", "weighted_mean_sum",
            "elements");

    LayerLevel() {
        super("layer", List.of("layer"), Stream.concat(
                columns(Level.inStack(LayerStats::layer), LayerStatistic.values()).stream(),
                Stream.of(Level.stack(LayerStats::layer))).toList());
    }

    @Override
    public List<LayerStats> rows(FileReport file) {
        return file.report().layers();
    }

    @Override
    public String order() {
        return "energy_sum";
    }

    @Override
    protected List<List<String>> shown(Sheet<FileReport, LayerStats> sheet) {
        boolean streams = sheet.source().hasStreams();
        return SHOWN.stream().filter(keys -> streams || !OF_STREAM.containsAll(keys)).toList();
    }

    @Override
    protected List<String> notes(Sheet<FileReport, LayerStats> sheet, Set<String> headers) {
        return Legend.of(sheet, headers);
    }
}
