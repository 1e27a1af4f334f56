package org.imatrixstats.app.output.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.output.Numbers;

/** A frontier as a drawing: the figure on a logarithmic scale against the size. It is readable on light and dark ground. */
public final class FrontierSvg {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 560;
    private static final int LEFT = 84;
    private static final int RIGHT = 24;
    private static final int TOP = 64;
    private static final int BOTTOM = 64;
    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;
    /** Widths of letters of 12 units, roughly: labels that would lie on others are left out. */
    private static final double LETTER = 7;
    private static final double LINE = 14;
    private static final String STYLE = """
            text{font:12px system-ui,sans-serif;fill:#1d2126}.soft{fill:#5b636d}.title{font-size:16px;font-weight:600}
            .ground{fill:#fff}.grid{stroke:#e1e3e6}.frontier{fill:none;stroke:#0072b2;stroke-width:2.5}
            .knee{fill:#fff;stroke:#0072b2;stroke-width:2}.mix{fill:#d55e00}.measured{fill:none;stroke:#00785a;stroke-width:2}
            @media(prefers-color-scheme:dark){text{fill:#e4e6e9}.soft{fill:#9ea6b0}.ground{fill:#15171a}.grid{stroke:#33383e}
            .frontier{stroke:#56b4e9}.knee{fill:#15171a;stroke:#56b4e9}.mix{fill:#f0874a}.measured{stroke:#2fc39a}}
            """;

    private final FrontierReport report;
    private final List<double[]> curve;
    private final List<double[]> labels = new ArrayList<>();
    private final StringBuilder svg = new StringBuilder();
    private final double unit;
    private final double fromX;
    private final double toX;
    private final double fromY;
    private final double toY;

    private FrontierSvg(FrontierReport report) {
        this.report = report;
        this.curve = report.curve().stream().filter(point -> point[1] > 0).toList();
        this.unit = report.isLarge() ? GIB : MIB;
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        List<double[]> shown = new ArrayList<>(curve);
        for (FrontierRow row : report.rows()) {
            shown.add(new double[]{row.bytes(), row.loss()});
            shown.add(new double[]{row.bytes(), measured(row)});
        }
        for (double[] point : shown) {
            if (point[1] > 0) {
                least = Math.min(least, point[1]);
                most = Math.max(most, point[1]);
                smallest = Math.min(smallest, point[0] / unit);
                largest = Math.max(largest, point[0] / unit);
            }
        }
        double margin = Math.max(0.02 * (largest - smallest), 1e-9);
        this.fromX = smallest - margin;
        this.toX = largest + margin;
        this.fromY = Math.log10(least) - 0.08;
        this.toY = Math.log10(most) + 0.08;
    }

    /** The measured value where it can be shown on the scale of the predictions. */
    private double measured(FrontierRow row) {
        return report.predicts() ? row.measured() : Double.NaN;
    }

    public static String text(FrontierReport report) {
        return new FrontierSvg(report).draw();
    }

    private String draw() {
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT)
                .append("\" role=\"img\">\n");
        String title = "Recipes of all sizes: " + report.model();
        svg.append("<title>").append(escaped(title)).append("</title>\n<style>\n").append(STYLE).append("</style>\n");
        svg.append("<rect class=\"ground\" width=\"").append(WIDTH).append("\" height=\"").append(HEIGHT)
                .append("\"/>\n");
        text(LEFT, 26, "start", "title", title);
        text(LEFT, 46, "start", "soft", "predicted " + report.figure() + " by size, for " + report.dialect());
        axes();
        svg.append("<polyline class=\"frontier\" points=\"");
        curve.forEach(point -> svg.append(number(x(point[0]))).append(',').append(number(y(point[1]))).append(' '));
        svg.append("\"/>\n");
        report.rows().forEach(this::mark);
        legend();
        return svg.append("</svg>\n").toString();
    }

    private void axes() {
        double step = roundStep((toX - fromX) / 8);
        for (double at = Math.ceil(fromX / step) * step; at <= toX; at += step) {
            line(x(at * unit), TOP, x(at * unit), HEIGHT - BOTTOM);
            text(x(at * unit), HEIGHT - BOTTOM + 18, "middle", "soft",
                    Numbers.fixed(at, step < 0.1 ? 2 : step < 1 ? 1 : 0));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "soft",
                "size of all tensors, " + (unit == GIB ? "GiB" : "MiB"));
        for (int power = (int) Math.floor(fromY); power <= toY; power++) {
            for (int factor : new int[]{1, 2, 5}) {
                double value = factor * Math.pow(10, power);
                if (Math.log10(value) >= fromY && Math.log10(value) <= toY) {
                    line(LEFT, y(value), WIDTH - RIGHT, y(value));
                    text(LEFT - 8, y(value) + 4, "end", "soft", factor + "e" + power);
                }
            }
        }
    }

    private static double roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[]{1, 2, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private void mark(FrontierRow row) {
        double x = x(row.bytes());
        if (row.knee() && row.loss() > 0) {
            double y = y(row.loss());
            svg.append("<path class=\"knee\" d=\"M").append(number(x)).append(',').append(number(y - 6))
                    .append("l6,6l-6,6l-6,-6z\"/>\n");
            label(x - 8, y + 20, "end", "knee, " + Numbers.fixed(row.bitsPerWeight(), 2) + " bpw");
        }
        if (row.sort() == FrontierRow.Sort.MIX && row.loss() > 0) {
            svg.append("<circle class=\"mix\" r=\"4.5\" cx=\"").append(number(x)).append("\" cy=\"")
                    .append(number(y(row.loss()))).append("\"/>\n");
            label(x + 8, y(row.loss()) - 6, "start", row.name());
        }
        if (measured(row) > 0) {
            double y = y(measured(row));
            svg.append("<rect class=\"measured\" width=\"9\" height=\"9\" x=\"").append(number(x - 4.5))
                    .append("\" y=\"").append(number(y - 4.5)).append("\"/>\n");
            if (row.sort() == FrontierRow.Sort.MEASURED) {
                label(x + 9, y + 4, "start", row.name());
            }
        }
    }

    /** A label that lies on no other. */
    private void label(double x, double y, String anchor, String name) {
        double width = LETTER * name.length();
        double from = anchor.equals("end") ? x - width : x;
        boolean taken = labels.stream().anyMatch(other -> from < other[1] && from + width > other[0]
                && Math.abs(y - other[2]) < LINE);
        if (!taken && from > LEFT && from + width < WIDTH) {
            labels.add(new double[]{from, from + width, y});
            text(x, y, anchor, "", name);
        }
    }

    private void legend() {
        double x = WIDTH - RIGHT - 190;
        double y = TOP + 12;
        svg.append("<path class=\"frontier\" d=\"M").append(number(x)).append(',').append(number(y))
                .append("h20\"/>\n");
        text(x + 28, y + 4, "start", "", "recipes (least loss)");
        svg.append("<circle class=\"mix\" r=\"4.5\" cx=\"").append(number(x + 10)).append("\" cy=\"")
                .append(number(y + 20)).append("\"/>\n");
        text(x + 28, y + 24, "start", "", "standard mixes");
        if (report.rows().stream().anyMatch(row -> measured(row) > 0)) {
            svg.append("<rect class=\"measured\" width=\"9\" height=\"9\" x=\"").append(number(x + 5.5))
                    .append("\" y=\"").append(number(y + 35.5)).append("\"/>\n");
            text(x + 28, y + 44, "start", "", "measured");
        }
    }

    private void line(double x1, double y1, double x2, double y2) {
        svg.append("<path class=\"grid\" d=\"M").append(number(x1)).append(',').append(number(y1)).append('L')
                .append(number(x2)).append(',').append(number(y2)).append("\"/>\n");
    }

    private void text(double x, double y, String anchor, String style, String text) {
        svg.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y)).append("\" text-anchor=\"")
                .append(anchor).append(style.isEmpty() ? "\"" : "\" class=\"" + style + "\"").append('>')
                .append(escaped(text)).append("</text>\n");
    }

    private double x(double bytes) {
        return LEFT + (bytes / unit - fromX) / (toX - fromX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (Math.log10(value) - fromY) / (toY - fromY) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().filter(c -> c >= ' ' && !(c >= 0xd800 && c <= 0xdfff)).forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
