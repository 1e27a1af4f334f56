package org.imatrixstats.app.output;

import java.util.Arrays;

/**
 * Figures of layers, drawn as a character each from ▁ (the smallest) to █ (the largest). Where there are more layers than
 * cells, a cell stands for several.
 *
 * @param layers   layers along the line
 * @param perCell  layers that a cell stands for
 */
public record Sparkline(int layers, int perCell) {
    private static final String LEVELS = "▁▂▃▄▅▆▇█";
    private static final char MIDDLE = '▄';
    private static final char NONE = ' ';
    /** Free cells after a number on the axis. */
    private static final int GAP = 2;

    /** One cell per layer, as far as there is room. */
    public static Sparkline of(int layers, int room) {
        return new Sparkline(layers, Math.max(1, Math.ceilDiv(layers, Math.max(1, room))));
    }

    public int cells() {
        return Math.ceilDiv(layers, perCell);
    }

    /** The numbers of layers, each over its cell. */
    public String axis() {
        int step = step();
        StringBuilder axis = new StringBuilder();
        for (int layer = 0; layer < layers; layer += step) {
            String number = Integer.toString(layer);
            if (layer / perCell + number.length() <= Math.max(cells(), 1)) {
                axis.repeat(' ', layer / perCell - axis.length()).append(number);
            }
        }
        return axis.toString();
    }

    private int step() {
        int widest = Integer.toString(layers).length() + GAP;
        for (int power = 1;; power *= 10) {
            for (int factor : new int[]{1, 2, 5}) {
                int step = factor * power;
                if (step % perCell == 0 && step / perCell >= widest || step / perCell >= 2 * widest) {
                    return step;
                }
            }
        }
    }

    /**
     * If a cell stands for several layers, it shows the one farthest from the median of all.
     *
     * @param figures by layer; NaN where there is none, and nothing is drawn
     * @param flat    whether the figures are alike, so that their order means nothing
     */
    public String draw(double[] figures, boolean flat) {
        double[] finite = Arrays.stream(figures).filter(Double::isFinite).sorted().toArray();
        StringBuilder line = new StringBuilder();
        for (int from = 0; from < figures.length; from += perCell) {
            double figure = farthest(figures, from, Math.min(figures.length, from + perCell),
                    finite.length == 0 ? 0 : finite[finite.length / 2]);
            line.append(Double.isNaN(figure) ? NONE : level(figure, finite, flat));
        }
        return line.toString().stripTrailing();
    }

    private static double farthest(double[] figures, int from, int to, double middle) {
        double farthest = Double.NaN;
        for (int i = from; i < to; i++) {
            if (Double.isNaN(farthest) || Math.abs(figures[i] - middle) > Math.abs(farthest - middle)) {
                farthest = figures[i];
            }
        }
        return farthest;
    }

    /** A figure of minus infinity, the logarithm of 0, is the smallest. */
    private static char level(double figure, double[] sorted, boolean flat) {
        if (sorted.length == 0 || flat || sorted[0] == sorted[sorted.length - 1] && Double.isFinite(figure)) {
            return MIDDLE;
        }
        double part = (figure - sorted[0]) / (sorted[sorted.length - 1] - sorted[0]);
        return LEVELS.charAt((int) Math.clamp(part * LEVELS.length(), 0, LEVELS.length() - 1));
    }
}
