package org.imatrixstats.stats;

import java.util.function.ToDoubleFunction;

/**
 * One number that can be said about a row: its names, its unit, its meaning and its formula. Tables, JSON, sorting,
 * columns, help and documentation all go by these.
 *
 * @param <R> what a row is
 */
public interface Figure<R> {
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
        RATIO,
        /** A signed number of standard deviations. */
        SIGMAS
    }

    /** All there is to know about a figure; see the methods of {@link Figure}. */
    record Definition<R>(String key, String header, Unit unit, String description, ToDoubleFunction<R> formula) {
    }

    Definition<R> definition();

    /** The name in JSON and on the command line; a dot stands for an object within. */
    default String key() {
        return definition().key;
    }

    /** The name over a column. */
    default String header() {
        return definition().header;
    }

    default Unit unit() {
        return definition().unit;
    }

    /** The definition in words. */
    default String description() {
        return definition().description;
    }

    /** The figure; NaN where it is undefined. */
    default double of(R row) {
        return definition().formula.applyAsDouble(row);
    }
}
