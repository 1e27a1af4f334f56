package org.imatrixstats.app.output;

/** A number of standard deviations as a bar from the middle to the left (less) or to the right (more), up to ±3. */
public final class Bar {
    private static final int HALF = 6;
    private static final double FULL = 3;
    /** Over a column of bars. */
    public static final String HEADER = "-3    0    +3";

    private Bar() {
    }

    public static String of(double sigmas) {
        if (!Double.isFinite(sigmas)) {
            return "";
        }
        int cells = (int) Math.min(HALF, Math.round(Math.abs(sigmas) / FULL * HALF));
        String bar = "█".repeat(cells);
        String padding = " ".repeat(HALF - cells);
        return sigmas < 0 ? padding + bar + "│" : " ".repeat(HALF) + "│" + bar;
    }
}
