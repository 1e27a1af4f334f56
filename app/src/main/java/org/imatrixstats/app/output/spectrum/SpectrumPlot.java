package org.imatrixstats.app.output.spectrum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.Exponents;
import org.imatrixstats.spectrum.MarchenkoPastur;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.PowerLaw;
import org.imatrixstats.spectrum.Saliency;
import org.imatrixstats.spectrum.Spectrum;

/** The eigenvalues of one matrix in characters: how many there are of each size, both on logarithmic scales. */
final class SpectrumPlot {
    private static final int MOST_COLUMNS = 72;
    private static final int MARGIN = 8;
    private static final int HEIGHT = 12;
    private static final double LEAST = 0.5;

    private SpectrumPlot() {
    }

    /** No lines where there is nothing to draw, as of windows alone. */
    static List<String> lines(MatrixSpectrum matrix, Estimator estimator, Terminal terminal) {
        Spectrum spectrum = matrix.spectrum();
        if (spectrum == null || spectrum.rank() < 2) {
            return List.of("  its singular values are not known: the method exact computes them");
        }
        double[] e = Arrays.copyOf(spectrum.eigenvalues(), spectrum.rank());
        double low = Math.log10(e[e.length - 1]);
        double high = Math.log10(e[0]);
        if (high - low < 1e-9) {
            return List.of("  all its eigenvalues are " + Numbers.significant(e[0], 4));
        }
        int columns = Math.clamp(terminal.columns() - MARGIN - 2, 20, MOST_COLUMNS);
        int[] counts = new int[columns];
        for (double each : e) {
            counts[(int) Math.min(columns - 1, (Math.log10(each) - low) / (high - low) * columns)]++;
        }
        double most = Math.max(2, Arrays.stream(counts).max().orElseThrow());
        char[][] cells = new char[HEIGHT][columns];
        for (int row = 0; row < HEIGHT; row++) {
            Arrays.fill(cells[row], ' ');
            for (int column = 0; column < columns; column++) {
                if (counts[column] > 0 && row <= place(counts[column], most)) {
                    cells[row][column] = '█';
                }
            }
        }
        PowerLaw law = law(matrix.exponents(), estimator);
        if (law != null) {
            fit(cells, law, e, low, high, most);
        }
        List<String> lines = new ArrayList<>();
        for (int row = HEIGHT - 1; row >= 0; row--) {
            String label = row == HEIGHT - 1 ? Numbers.fixed(most, 0) : row == 0 ? "1" : "";
            lines.add((" ".repeat(MARGIN - 2 - label.length()) + label + " │" + new String(cells[row]))
                    .stripTrailing());
        }
        lines.add(" ".repeat(MARGIN - 1) + "└" + "─".repeat(columns));
        MarchenkoPastur edges = spectrum.marchenkoPastur();
        MarchenkoPastur bulk = edges.bulk() == null ? edges : edges.bulk();
        lines.add(" ".repeat(MARGIN) + bulk(bulk, low, high, columns));
        String left = Numbers.significant(e[e.length - 1], 3);
        String right = Numbers.significant(e[0], 3);
        lines.add(
                " ".repeat(MARGIN) + left + " ".repeat(Math.max(1, columns - left.length() - right.length())) + right);
        lines.add(" ".repeat(MARGIN) + "number of eigenvalues σ² by size"
                + (law == null ? "" : "; ● fit, α " + Numbers.fixed(law.alpha(), 2)));
        lines.add(" ".repeat(MARGIN) + "━ bulk of a random matrix, " + bulk.spikes() + " above it");
        return lines;
    }

    /** How many rows a number takes, from 0. */
    private static int place(double count, double most) {
        return (int) Math.round(Math.log(count) / Math.log(most) * (HEIGHT - 1));
    }

    private static PowerLaw law(Exponents exponents, Estimator estimator) {
        return switch (estimator) {
            case NONE -> exponents.none();
            case XMIN_PEAK -> exponents.peak();
            case XMIN_PEAK_LINEAR -> exponents.peakLinear();
            case XMIN_MID, HILL_HALF, HILL_TENTH -> exponents.mid();
        };
    }

    /** How many eigenvalues of the tail the fit expects in each column. */
    private static void fit(char[][] cells, PowerLaw law, double[] descending, double low, double high, double most) {
        int columns = cells[0].length;
        int n = descending.length - law.start();
        double from = Math.log10(descending[n - 1]);
        double step = (high - low) / columns;
        for (int column = 0; column < columns; column++) {
            double left = low + column * step;
            if (left + step / 2 >= from) {
                double expected = n * (Math.pow(10, (1 - law.alpha()) * (left - from))
                        - Math.pow(10, (1 - law.alpha()) * (left + step - from)));
                if (expected >= LEAST) {
                    cells[Math.clamp(place(expected, most), 0, HEIGHT - 1)][column] = '●';
                }
            }
        }
    }

    private static String bulk(MarchenkoPastur edges, double low, double high, int columns) {
        StringBuilder line = new StringBuilder();
        double least = edges.minus() > 0 ? Math.log10(edges.minus()) : Double.NEGATIVE_INFINITY;
        for (int column = 0; column < columns; column++) {
            double middle = low + (column + 0.5) * (high - low) / columns;
            line.append(middle >= least && middle <= Math.log10(edges.plus()) ? '━' : ' ');
        }
        return line.toString().stripTrailing();
    }

    /** A bar for each percentage of weights: the share of the saliency that they hold. */
    static List<String> saliency(Saliency saliency, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add("  saliency in the lowest weights of each row");
        int columns = Math.clamp(terminal.columns() - 20, 20, MOST_COLUMNS);
        for (int i = 0; i < Saliency.PERCENTS.size(); i++) {
            double share = saliency.scoreShare()[i];
            String percent = Numbers.fixed(100 * share, 1) + "%";
            lines.add(String.format(Locale.ROOT, "  %3d%% %6s  %s", Saliency.PERCENTS.get(i), percent,
                    "█".repeat((int) Math.round(share * columns))).stripTrailing());
        }
        return lines;
    }
}
