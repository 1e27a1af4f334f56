package org.imatrixstats.imatrix.stats;

/**
 * One number that can be said about a row: its names, its unit, its meaning and its formula. Tables, JSON, sorting,
 * columns, help and documentation all go by these.
 *
 * @param <R> what a row is
 */
public interface Figure<R> {
    /** The name in JSON and on the command line; a dot stands for an object within. */
    String key();

    /** The name over a column. */
    String header();

    Unit unit();

    /** One sentence: the definition. */
    String description();

    /** The figure; NaN where it is undefined. */
    double of(R row);

    /** What a figure counts or measures, which decides how a table prints it. */
    enum Unit {
        /** A whole number. */
        COUNT,
        /** A number of any size, in the unit of E[x²] or E[x], or without one. */
        NUMBER,
        /** A share from 0 to 1, printed in percent. */
        SHARE,
        /** Bits. */
        BITS,
        /** A number from −1 to 1. */
        CORRELATION,
        /** A factor near 1. */
        RATIO
    }
}
