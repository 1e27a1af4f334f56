package org.imatrixstats.app.output.stats;

import static org.imatrixstats.app.output.Numbers.fixed;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.llamacpp.ClassicStatistics;

/** The two tables of llama.cpp's {@code llama-imatrix --show-statistics}, character for character. */
final class ClassicLayout implements StatsWriter {
    private static final String TENSOR_HEADER = """
             Layer\t       Tensor\t          Σ(Act²)\t  Min\t            Max\t           μ\t   σ\t % Active\tN\t   Entropy\
            \tE (norm)\tZD\t  CosSim
            """;
    private static final String LAYER_HEADER = "  Layer\t     μΣ(Act²)\t      μZD\tμCosSim\n";

    private final boolean ascii;
    private final StringBuilder text = new StringBuilder();

    ClassicLayout(boolean ascii) {
        this.ascii = ascii;
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) throws IOException {
        List<ClassicStatistics.Row> rows = ClassicStatistics.rows(report.imatrix(), report.threads());
        text.append("\nComputing statistics for ").append(Text.printable(report.name())).append(" (")
                .append(rows.size()).append(" tensors)\n\n").append(TENSOR_HEADER).append("=".repeat(169))
                .append('\n');
        rows.forEach(this::add);
        List<ClassicStatistics.Layer> layers = ClassicStatistics.layers(rows);
        text.append("\nComputing weighted average statistics per layer (").append(layers.size()).append(" layers)\n\n")
                .append(LAYER_HEADER).append("=".repeat(48)).append('\n');
        layers.forEach(this::add);
        text.append('\n');
    }

    private void add(ClassicStatistics.Row row) {
        text.append(String.format(Locale.ROOT,
                "%5s\t%-20s\t%10s\t%8s\t%11s\t%6s\t%6s\t%8s%%\t%6d\t%10s\t%6s%%\t%10s%%\t%8s\n",
                row.layer(), Text.printable(row.tensor()), fixed(row.sum(), 2), fixed(row.min(), 4),
                fixed(row.max(), 4), fixed(row.mean(), 2), fixed(row.stddev(), 2), fixed(row.active() * 100, 2),
                row.elements(), fixed(row.entropy(), 4), fixed(row.entropyNormalized(), 2), fixed(100 * row.zd(), 2),
                fixed(row.cosineSimilarity(), 4)));
    }

    private void add(ClassicStatistics.Layer layer) {
        text.append(String.format(Locale.ROOT, "%5d\t%14s\t%10s%%\t%6s\n", layer.layer(), fixed(layer.sum(), 2),
                fixed(100 * layer.zd(), 4), fixed(layer.cosineSimilarity(), 4)));
    }

    @Override
    public String text() {
        return ascii ? Text.ascii(text.toString()) : text.toString();
    }
}
