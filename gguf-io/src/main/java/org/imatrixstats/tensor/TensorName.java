package org.imatrixstats.tensor;

import java.util.Comparator;

/**
 * The name of a weight tensor and what it says.
 *
 * @param name  as stored, such as {@code blk.3.ffn_down.weight}
 * @param layer the block number; {@link #NO_LAYER} for a name without one, such as {@code output.weight}
 * @param kind  the name without its block and without a final {@code .weight}: {@code ffn_down}, {@code output}
 */
public record TensorName(String name, int layer, String kind) implements Comparable<TensorName> {
    public static final int NO_LAYER = -1;

    /** By layer, names without a layer last; then by kind. */
    public static final Comparator<TensorName> BY_LAYER = TensorName::compareByLayer;

    private static final String BLOCK = "blk.";
    private static final int MAX_BLOCK_DIGITS = 9;
    private static final String WEIGHT = ".weight";
    private static final String EXPERTS = "_exps";

    public static TensorName of(String name) {
        int start = blockNumber(name);
        int end = digitsEnd(name, start);
        String rest = start < 0 ? name : name.substring(0, start - BLOCK.length()) + name.substring(end + 1);
        String kind = rest.endsWith(WEIGHT) ? rest.substring(0, rest.length() - WEIGHT.length()) : rest;
        return new TensorName(name, start < 0 ? NO_LAYER : Integer.parseInt(name, start, end, 10), kind);
    }

    /** By the name: also what keeps a hash table fast that a file fills with names of one hash code. */
    @Override
    public int compareTo(TensorName other) {
        return name.compareTo(other.name);
    }

    /** Where the number starts in the first {@code blk.<number>.} that is a part of the name; -1 if there is none. */
    private static int blockNumber(String name) {
        for (int at = name.indexOf(BLOCK); at >= 0; at = name.indexOf(BLOCK, at + 1)) {
            int start = at + BLOCK.length();
            int end = digitsEnd(name, start);
            boolean number = end > start && end - start <= MAX_BLOCK_DIGITS && name.startsWith(".", end);
            if (number && (at == 0 || name.charAt(at - 1) == '.')) {
                return start;
            }
        }
        return -1;
    }

    private static int digitsEnd(String name, int start) {
        int end = Math.max(0, start);
        while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    public boolean hasLayer() {
        return layer != NO_LAYER;
    }

    /** Whether it is the name of a tensor with a matrix per expert, such as {@code blk.3.ffn_down_exps.weight}. */
    public boolean isOfExperts() {
        return kind.endsWith(EXPERTS);
    }

    private static int compareByLayer(TensorName a, TensorName b) {
        // Unsigned, NO_LAYER is the largest number.
        int byLayer = Integer.compareUnsigned(a.layer, b.layer);
        int byKind = byLayer != 0 ? byLayer : a.kind.compareTo(b.kind);
        return byKind != 0 ? byKind : a.name.compareTo(b.name);
    }

    /** The name of the same tensor in another layer. */
    public String inLayer(int otherLayer) {
        int start = blockNumber(name);
        if (start < 0) {
            throw new IllegalArgumentException(name + " has no layer");
        }
        return name.substring(0, start) + otherLayer + name.substring(digitsEnd(name, start));
    }

    @Override
    public String toString() {
        return name;
    }
}
