package org.imatrixstats.csv;

import java.util.regex.Pattern;

/** Numbers as people and programs write them: {@code -1.5}, {@code 2e-7}. Java's own forms such as {@code 1f} are not such. */
public final class Decimal {
    private static final Pattern FORM = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private Decimal() {
    }

    /** The number that a text holds; NaN if it holds none, or one that no double can. */
    public static double parse(String text) {
        double value = FORM.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        return Double.isFinite(value) ? value : Double.NaN;
    }
}
