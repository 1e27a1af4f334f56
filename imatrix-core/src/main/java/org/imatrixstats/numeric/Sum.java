package org.imatrixstats.numeric;

/** A sum that keeps the rounding errors of its additions (Neumaier 1974). */
public final class Sum {
    private double sum;
    private double lost;

    /** A sum of nothing. */
    public Sum() {
    }

    /** Adds a number. */
    public void add(double x) {
        double next = sum + x;
        lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
        sum = next;
    }

    /** The sum, as if it had about twice the digits. */
    public double value() {
        return sum + lost;
    }
}
