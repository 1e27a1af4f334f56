package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.terminal.Terminal;

/**
 * The divergence to the last snapshot over the length of the run, in characters: rows of text from left to right, bits
 * upwards on a logarithmic scale. The last, at 0, has no place on it; in its stead stands the divergence that it is
 * expected to have from the truth, and a curve of 1/n that leads there.
 */
final class ConvergePlot {
    private static final int WIDTH_OF_A_PIPE = 80;
    private static final int MOST_COLUMNS = 100;
    /** Of the scale, before the axis. */
    private static final int MARGIN = 9;
    private static final int LINES_PER_DECADE = 3;
    private static final int MOST_DECADES = 8;
    private static final int LEAST_GAP = 2;
    private static final char MEDIAN = '●';
    private static final char WORST = '▲';
    private static final char EXPECTED = '·';
    private static final char THRESHOLD = '┄';

    private final ConvergeReport report;
    private final int columns;
    private final int bottom;
    private final int top;
    private final char[][] cells;

    private ConvergePlot(ConvergeReport report, int columns, int bottom, int top) {
        this.report = report;
        this.columns = columns;
        this.bottom = bottom;
        this.top = top;
        this.cells = new char[(top - bottom) * LINES_PER_DECADE + 1][columns];
        for (char[] line : cells) {
            Arrays.fill(line, ' ');
        }
    }

    /** The lines of the plot; none if no divergence is above 0. */
    static List<String> lines(ConvergeReport report, Terminal terminal) {
        double[] plotted = report.snapshots().stream().flatMapToDouble(
                row -> DoubleStream.of(row.toLast().median(), row.toLast().worst())).filter(value -> value > 0)
                .toArray();
        if (plotted.length == 0 || report.run().series().last().rows() <= 0) {
            return List.of();
        }
        double expected = report.verdict().expected().median();
        double[] all = DoubleStream.concat(DoubleStream.of(plotted),
                DoubleStream.of(report.verdict().threshold(), expected).filter(value -> value > 0)).toArray();
        int top = (int) Math.ceil(Math.log10(DoubleStream.of(all).max().getAsDouble()));
        int bottom = (int) Math.floor(Math.log10(DoubleStream.of(all).min().getAsDouble()));
        int width = terminal.columns() == Terminal.UNLIMITED
                ? WIDTH_OF_A_PIPE
                : Math.min(MOST_COLUMNS, terminal.columns());
        ConvergePlot plot = new ConvergePlot(report, width - MARGIN - 1,
                Math.max(Math.min(bottom, top - 1), top - MOST_DECADES), top);
        plot.draw(expected);
        return plot.lines();
    }

    /** What the symbols stand for. */
    static String title() {
        return "JS to the last, bits: " + MEDIAN + " median  " + WORST + " worst  " + EXPECTED
                + " expected by 1/n  " + THRESHOLD + " threshold";
    }

    /** Symbols that matter most come last: they cover the others. */
    private void draw(double expected) {
        long all = report.run().series().last().rows();
        for (int column = 0; column < columns; column++) {
            set(column, report.verdict().threshold(), THRESHOLD);
        }
        for (int column = 1; column < columns; column++) {
            set(column, expected * (columns - 1) / column, EXPECTED);
        }
        draw(row -> row.toLast().worst(), WORST, all);
        draw(row -> row.toLast().median(), MEDIAN, all);
    }

    private void draw(ToDoubleFunction<SnapshotRow> figure, char symbol, long all) {
        report.snapshots().forEach(row -> set(column(row, all), figure.applyAsDouble(row), symbol));
    }

    private int column(SnapshotRow row, long all) {
        return (int) Math.round((columns - 1) * (row.snapshot().rows() / (double) all));
    }

    private void set(int column, double value, char symbol) {
        if (value > 0 && Double.isFinite(value)) {
            int line = (int) Math.round((Math.log10(value) - bottom) * LINES_PER_DECADE);
            if (line >= 0 && line < cells.length && column < columns) {
                cells[line][column] = symbol;
            }
        }
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        int lowest = 0;
        while (new String(cells[lowest]).isBlank()) {
            lowest++;
        }
        for (int line = cells.length - 1; line >= lowest; line--) {
            String scale = line % LINES_PER_DECADE == 0 ? "1e" + (bottom + line / LINES_PER_DECADE) : "";
            lines.add((" ".repeat(MARGIN - 1 - scale.length()) + scale + " │" + new String(cells[line]))
                    .stripTrailing());
        }
        lines.add(" ".repeat(MARGIN) + "└" + "─".repeat(columns));
        lines.addAll(positions());
        return lines;
    }

    /** The chunks under the snapshots, as far as there is room; from the last on, which matters most. */
    private List<String> positions() {
        StringBuilder line = new StringBuilder(" ".repeat(MARGIN + 1 + columns));
        long all = report.run().series().last().rows();
        int free = line.length();
        boolean chunks = report.run().series().snapshots().stream().allMatch(s -> s.chunks().isPresent());
        for (SnapshotRow row : report.snapshots().reversed()) {
            String label = Numbers.grouped(chunks ? row.snapshot().chunks().getAsLong() : row.snapshot().rows());
            int start = Math.min(MARGIN + 1 + column(row, all) - label.length() / 2, line.length() - label.length());
            if (start + label.length() <= free && start > MARGIN) {
                line.replace(start, start + label.length(), label);
                free = start - LEAST_GAP;
            }
        }
        String unit = chunks ? "chunks" : "rows";
        if (free >= MARGIN + 1) {
            line.replace(MARGIN - 1 - unit.length(), MARGIN - 1, unit);
        }
        return Stream.of(line.toString().stripTrailing()).toList();
    }
}
