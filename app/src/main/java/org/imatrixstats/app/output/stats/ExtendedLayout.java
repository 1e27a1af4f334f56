package org.imatrixstats.app.output.stats;

import static org.imatrixstats.app.output.Numbers.fixed;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.llamacpp.ExtendedStatistics;

/** The two tables of {@code llama-imatrix --show-statistics} as of llama.cpp PR 14891, character for character. */
final class ExtendedLayout implements StatsWriter {
    private static final String SEPARATOR = " | ";
    private static final int NAME_WIDTH = 40;

    private final boolean ascii;
    private final StringBuilder text = new StringBuilder();

    ExtendedLayout(boolean ascii) {
        this.ascii = ascii;
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) throws IOException {
        String name = Text.printable(report.name());
        ExtendedStatistics.Tables tables = ExtendedStatistics.of(report.imatrix(), report.report(), report.threads());
        text.append("\nComputing tensor statistics for ").append(name).append(" (").append(tables.rows().size())
                .append(" tensors)\n\n");
        boolean l2 = tables.withActivation();
        text.append(" Layer | Tensor                                   |       Mean    StdDev        Skew        Kurt"
                + "   H Norm |        ∑ E[A²]    Gain | ").append(l2 ? "     L2 Dist" : "")
                .append("       PCC       Cov\n").append("-".repeat(l2 ? 165 : 153)).append('\n');
        tables.rows().forEach(row -> add(row, l2));
        if (tables.gap() != null) {
            text.append('\n').append(tables.gap()).append("\n");
            return;
        }
        text.append("\nComputing layer statistics for ").append(name).append(" (").append(tables.layerCount())
                .append(" layers)\n\n");
        text.append(" Layer |        ∑ E[A²]    Gain | ").append(l2 ? "     L2 Dist" : "")
                .append("   CosSim      PCC         Cov\n").append("-".repeat(l2 ? 76 : 64)).append('\n');
        tables.layers().forEach(layer -> add(layer, l2));
        text.append('\n');
    }

    private void add(ExtendedStatistics.Row row, boolean l2) {
        text.append(String.format(Locale.ROOT, "%6s%s%-40s%s%10s%10s%12s%12s%8s%%%s%14s%8s%s", row.layer(), SEPARATOR,
                shortened(Text.printable(row.name())), SEPARATOR, fixed(row.mean(), 4), fixed(row.stddev(), 4),
                fixed(row.skewness(), 4), fixed(row.kurtosis(), 4), fixed(row.entropyNormalized(), 2), SEPARATOR,
                fixed(row.sum(), 4), fixed(row.gain(), 2), SEPARATOR));
        text.append(l2 ? String.format(Locale.ROOT, "%12s", fixed(row.l2Distance(), 4)) : "").append(
                String.format(Locale.ROOT, "%10s%10s\n", fixed(row.pearson(), 4), fixed(row.covariance(), 4)));
    }

    private static String shortened(String name) {
        return name.length() <= NAME_WIDTH ? name : ".." + name.substring(name.length() - (NAME_WIDTH - 2));
    }

    private void add(ExtendedStatistics.Layer layer, boolean l2) {
        text.append(String.format(Locale.ROOT, "%6s%s%14s%8s%s", layer.layer(), SEPARATOR, fixed(layer.sum(), 4),
                fixed(layer.gain(), 2), SEPARATOR));
        text.append(l2 ? String.format(Locale.ROOT, "%12s", fixed(layer.l2Distance(), 4)) : "")
                .append(String.format(Locale.ROOT, "%9s%9s%12s\n", fixed(layer.cosineSimilarity(), 4),
                        fixed(layer.pearson(), 4),
                        fixed(layer.covariance(), 4)));
    }

    @Override
    public String text() {
        return ascii ? Text.ascii(text.toString()) : text.toString();
    }
}
