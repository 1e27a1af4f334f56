package org.imatrixstats.app.output;

import java.util.List;
import java.util.stream.DoubleStream;

import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;

/** The cells of one column as a table for people shows them: rounded, undefined as "-". */
public final class Cells {
    public static final String UNDEFINED = "-";
    private static final int SIGNIFICANT_DIGITS = 5;
    private static final int MOST_DECIMALS = 6;
    private static final int BIT_DECIMALS = 4;
    /** Larger numbers are written with an exponent. */
    private static final double FIXED_BELOW = 1e10;

    private Cells() {
    }

    /** A text per row. */
    public static <R> List<String> of(Column<R> column, List<R> rows) {
        if (column.isText()) {
            return rows.stream().map(column.text()).map(text -> text == null ? UNDEFINED : Text.printable(text))
                    .toList();
        }
        double[] numbers = rows.stream().mapToDouble(column.number()).toArray();
        int decimals = decimals(numbers);
        return DoubleStream.of(numbers).mapToObj(number -> cell(number, column.unit(), decimals)).toList();
    }

    /** One number by itself. */
    public static String cell(double number, Figure.Unit unit) {
        return cell(number, unit, decimals(new double[]{number}));
    }

    private static String cell(double number, Figure.Unit unit, int decimals) {
        return switch (unit) {
            case COUNT -> cell(number, 1, 0, "");
            case NUMBER -> number(number, decimals);
            case SHARE -> cell(number, 100, 2, "%");
            case BITS -> number(number, BIT_DECIMALS);
            case CORRELATION -> cell(number, 1, 4, "");
            case RATIO -> Double.isFinite(number) && Math.abs(number) >= FIXED_BELOW
                    ? Numbers.scientific(number, 2)
                    : cell(number, 1, 2, "");
            case SIGMAS -> (number >= 0 ? "+" : "") + cell(number, 1, 2, "");
        };
    }

    private static String cell(double number, double factor, int decimals, String unit) {
        return Double.isFinite(number) ? Numbers.fixed(number * factor, decimals) + unit : UNDEFINED;
    }

    /** A number of bits on its own. */
    public static String bits(double bits) {
        return number(bits, BIT_DECIMALS);
    }

    /** Decimals that give the largest number of a column five digits; all its numbers get as many. */
    private static int decimals(double[] numbers) {
        double largest = DoubleStream.of(numbers).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        int digitsBefore = largest > 0 ? (int) Math.floor(Math.log10(largest)) + 1 : 1;
        return Math.clamp(SIGNIFICANT_DIGITS - digitsBefore, 0, MOST_DECIMALS);
    }

    /** A number that would round to nothing keeps its size. */
    private static String number(double number, int decimals) {
        if (!Double.isFinite(number)) {
            return UNDEFINED;
        }
        boolean vanishes = number != 0 && Math.abs(number) < 0.5 * Math.pow(10, -decimals);
        return vanishes || Math.abs(number) >= FIXED_BELOW
                ? Numbers.scientific(number, 2)
                : Numbers.fixed(number, decimals);
    }
}
