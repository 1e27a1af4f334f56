package org.imatrixstats.tensor;

import java.util.Comparator;

/**
 * A layer of a model. A model may have several stacks of layers, each with its own numbers: an encoder and a decoder,
 * text and vision.
 *
 * @param stack  what the stack is called, such as {@code enc}; empty for that of {@code blk.N}
 * @param number from 0
 */
public record Layer(String stack, int number) implements Comparable<Layer> {
    private static final Comparator<Layer> ORDER = Comparator.comparing(Layer::stack).thenComparing(Layer::number);

    @Override
    public int compareTo(Layer other) {
        return ORDER.compare(this, other);
    }

    /** {@code 3}, or {@code enc 3}. */
    @Override
    public String toString() {
        return (stack.isEmpty() ? "" : stack + " ") + number;
    }
}
