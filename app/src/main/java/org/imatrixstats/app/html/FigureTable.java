package org.imatrixstats.app.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.spectrum.SpectrumStatistic;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.weights.ChangeStatistic;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.WeightStatistic;

/** A sheet as a table that is complete without scripts; they make it sortable. */
final class FigureTable {
    private static final Map<String, List<Figure<?>>> FIGURES = Map.of("tensor", List.of(Statistic.values()), "layer",
            List.of(LayerStatistic.values()), "kind", List.of(KindStatistic.values()), "expert",
            List.of(ExpertStatistic.values()), "pair", List.of(PairStatistic.values()), "weights", weights(), "change",
            List.of(ChangeStatistic.values()), "spectrum", List.of(SpectrumStatistic.values()));
    /** More rows make a page that is slow to open. Scripts have the others. */
    static final int MOST_ROWS = 1000;
    /** What figures are of, in the order of the definitions. */
    static final List<String> LEVELS = List.of("tensor", "layer", "kind", "expert", "pair", "weights", "change",
            "spectrum");
    private static final Map<String, String> OF = Map.of("pair", "tensor in two files", "weights", "tensor of a model",
            "change", "tensor in two models", "spectrum", "matrix of a model");

    private FigureTable() {
    }

    private static List<Figure<?>> weights() {
        return Stream.<Figure<?>[]>of(WeightStatistic.values(), ReviewStatistic.values()).flatMap(Stream::of).toList();
    }

    /** The figures of a level, which is one of {@link #LEVELS}. */
    static List<Figure<?>> figures(String level) {
        return FIGURES.get(level);
    }

    static <R> void write(Html html, Sheet<?, R> sheet, String caption) {
        Map<String, String> descriptions = figures(sheet.level().label()).stream()
                .collect(Collectors.toMap(Figure::key, Figure::description));
        html.start("table", "class", "figures", "data-level", sheet.level().label());
        int shown = Math.min(MOST_ROWS, sheet.rows().size());
        html.element("caption", shown == sheet.rows().size()
                ? caption
                : caption + ": " + Numbers.grouped(shown) + " of " + Numbers.grouped(sheet.rows().size())).line();
        html.start("thead").start("tr");
        for (Column<R> column : sheet.columns()) {
            html.element("th", column.header(), "scope", "col", "data-key", column.key(), "class",
                    column.isText() ? "text" : null, "title", descriptions.get(column.key()));
        }
        html.end("tr").end("thead").line().start("tbody").line();
        List<List<String>> cells = new ArrayList<>();
        sheet.columns().forEach(column -> cells.add(Cells.of(column, sheet.rows().subList(0, shown))));
        for (int row = 0; row < shown; row++) {
            html.start("tr");
            for (int i = 0; i < cells.size(); i++) {
                boolean text = sheet.columns().get(i).isText();
                html.element(i == 0 ? "th" : "td", cells.get(i).get(row), "scope", i == 0 ? "row" : null, "class",
                        text ? "text" : null);
            }
            html.end("tr").line();
        }
        html.end("tbody").end("table").line();
    }

    /** What every figure means. */
    static void writeDefinitions(Html html) {
        html.start("table", "class", "definitions").start("thead").start("tr");
        Stream.of("figure", "name in files", "of a", "definition")
                .forEach(header -> html.element("th", header, "scope", "col", "class", "text"));
        html.end("tr").end("thead").line().start("tbody").line();
        for (String level : LEVELS) {
            for (Figure<?> figure : figures(level)) {
                html.start("tr").element("th", figure.header(), "scope", "row", "class", "text");
                html.start("td", "class", "text").element("code", figure.key()).end("td");
                html.element("td", OF.getOrDefault(level, level), "class", "text").element("td",
                        figure.description(), "class", "text words");
                html.end("tr").line();
            }
        }
        html.end("tbody").end("table").line();
    }
}
