package org.imatrixstats.app.output.spectrum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.tensor.Layer;

/** Spectra for people, on a terminal and in Markdown. */
final class SpectrumText {
    private static final String SHADES = "░▒▓█";
    private static final String ASCII_SHADES = ".:*#";
    private static final int FEWEST_LAYERS = 2;

    private SpectrumText() {
    }

    static String text(SpectrumReport report, Terminal terminal, SpectrumDetail detail) {
        SpectrumTables tables = new SpectrumTables(report);
        Page page = new Page(terminal);
        page.paragraph(tables.title(), terminal::bold);
        tables.lines().forEach(page::indented);
        tables.warnings().forEach(
                warning -> page.wrapped("warning: " + warning, Page.INDENT, Page.INDENT, terminal::high));
        for (TextTable table : tables.tables(detail.all())) {
            page.add(List.of(table));
            if (table.title().startsWith("Layers")) {
                tables.agreement().forEach(page::indented);
            }
        }
        map(tables, report, terminal, page);
        for (MatrixSpectrum matrix : detail.plotted()) {
            page.line("");
            page.paragraph(title(matrix), terminal::bold);
            SpectrumPlot.lines(matrix, report.score(), terminal).forEach(page::line);
            for (int i = 0; i < report.spectrum().imatrices().size(); i++) {
                if (matrix.saliencies().get(i) != null) {
                    page.line("");
                    SpectrumPlot.saliency(matrix.saliencies().get(i), terminal).forEach(page::line);
                }
            }
        }
        return page.text();
    }

    private static String title(MatrixSpectrum matrix) {
        return matrix.name().name() + (matrix.expert() < 0 ? "" : " expert " + matrix.expert());
    }

    /** Exponents by layer and kind in shades: dark is a heavy tail. */
    private static void map(SpectrumTables tables, SpectrumReport report, Terminal terminal, Page page) {
        Map<String, TreeMap<Layer, Double>> kinds = new LinkedHashMap<>();
        TreeSet<Layer> layers = new TreeSet<>();
        List<Double> values = new ArrayList<>();
        for (Map.Entry<String, List<MatrixSpectrum>> kind : tables.byKind()) {
            Map<Layer, List<Double>> byLayer = new TreeMap<>();
            for (MatrixSpectrum matrix : kind.getValue()) {
                if (matrix.name().hasLayer() && Double.isFinite(tables.alpha(matrix))) {
                    byLayer.computeIfAbsent(matrix.name().inStack(), _ -> new ArrayList<>()).add(tables.alpha(matrix));
                }
            }
            byLayer.forEach((layer, alphas) -> {
                double mean = alphas.stream().mapToDouble(each -> each).average().orElseThrow();
                kinds.computeIfAbsent(kind.getKey(), _ -> new TreeMap<>()).put(layer, mean);
                layers.add(layer);
                values.add(mean);
            });
        }
        if (layers.size() < FEWEST_LAYERS) {
            return;
        }
        double least = values.stream().mapToDouble(each -> each).min().orElseThrow();
        double most = values.stream().mapToDouble(each -> each).max().orElseThrow();
        int width = kinds.keySet().stream().mapToInt(kind -> Text.width(Text.printable(kind))).max().orElse(0);
        String shades = terminal.ascii() ? ASCII_SHADES : SHADES;
        page.line("");
        page.paragraph("α by layer and kind: " + shades.charAt(shades.length() - 1) + " " + Numbers.fixed(least, 2)
                + " (heavy tail) to " + shades.charAt(0) + " " + Numbers.fixed(most, 2), terminal::bold);
        int room = Math.max(1, terminal.columns() - width - 4);
        List<Layer> all = List.copyOf(layers);
        for (int from = 0; from < all.size(); from += room) {
            List<Layer> part = all.subList(from, Math.min(all.size(), from + room));
            kinds.forEach((kind, row) -> {
                StringBuilder line = new StringBuilder(Page.INDENT).append(Text.printable(kind))
                        .append(" ".repeat(width - Text.width(Text.printable(kind)) + 2));
                part.forEach(layer -> line.append(row.containsKey(layer)
                        ? shade(shades, (row.get(layer) - least) / (most - least))
                        : ' '));
                page.line(line.toString().stripTrailing());
            });
        }
    }

    private static char shade(String shades, double position) {
        int last = shades.length() - 1;
        return shades.charAt(last - (int) Math.min(last, Math.max(0, position) * shades.length()));
    }

    static String markdown(SpectrumReport report, SpectrumDetail detail) {
        SpectrumTables tables = new SpectrumTables(report);
        Markdown markdown = new Markdown();
        markdown.heading(tables.title());
        tables.lines().forEach(markdown::paragraph);
        tables.warnings().forEach(markdown::warning);
        for (TextTable table : tables.tables(detail.all())) {
            markdown.add(table);
            if (table.title().startsWith("Layers")) {
                tables.agreement().forEach(markdown::paragraph);
            }
        }
        for (MatrixSpectrum matrix : detail.plotted()) {
            markdown.paragraph(title(matrix));
            markdown.code(String.join("\n", SpectrumPlot.lines(matrix, report.score(), Terminal.PIPE)));
        }
        return markdown.text();
    }
}
