package org.imatrixstats.numeric;

import java.util.Comparator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Orders by one figure or text. The comparators of {@link Comparator} can be serialized: the JVM makes classes for them at
 * each start, which takes several milliseconds, and no AOT cache keeps these.
 */
public final class Order {
    private Order() {
    }

    /** The smallest figure first. */
    public static <T> Comparator<T> by(ToDoubleFunction<? super T> figure) {
        return (a, b) -> Double.compare(figure.applyAsDouble(a), figure.applyAsDouble(b));
    }

    /** The least key first. */
    public static <T, K extends Comparable<? super K>> Comparator<T> byKey(Function<? super T, ? extends K> key) {
        return (a, b) -> key.apply(a).compareTo(key.apply(b));
    }
}
