package org.imatrixstats.tensor;

/**
 * A layer of a model. A model may have several stacks of layers, each with its own numbers: an encoder and a decoder,
 * text and vision.
 *
 * @param stack  what the stack is called, such as {@code enc}; empty for that of {@code blk.N}
 * @param number from 0
 */
public record Layer(String stack, int number) implements Comparable<Layer> {
    @Override
    public int compareTo(Layer other) {
        int order = stack.compareTo(other.stack);
        return order != 0 ? order : Integer.compare(number, other.number);
    }

    // The equals and hashCode of a record, and comparators of Comparator, are classes that the JVM makes at each start.

    @Override
    public boolean equals(Object other) {
        return other instanceof Layer layer && stack.equals(layer.stack) && number == layer.number;
    }

    @Override
    public int hashCode() {
        return 31 * stack.hashCode() + number;
    }

    /** {@code 3}, or {@code enc 3}. */
    @Override
    public String toString() {
        return (stack.isEmpty() ? "" : stack + " ") + number;
    }
}
