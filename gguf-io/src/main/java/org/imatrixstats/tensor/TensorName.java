package org.imatrixstats.tensor;

import java.util.Comparator;
import java.util.Set;

/**
 * The name of a weight tensor and what it says.
 *
 * <p>A layer is numbered after {@code blk.}, with or without a prefix ({@code blk.3.}, {@code enc.blk.3.}), or, in names
 * without that, by the first number between dots that more of the name follows: {@code double_blocks.3.img_attn.qkv}.
 *
 * @param name  as stored, such as {@code blk.3.ffn_down.weight}
 * @param layer the number of the layer in its stack; {@link #NO_LAYER} for a name without one, such as {@code output.weight}
 * @param kind  the name without its layer and without a final {@code .weight}: {@code ffn_down}, {@code enc.ffn_down},
 *              {@code double_blocks.img_attn.qkv}, {@code output}
 */
public record TensorName(String name, int layer, String kind) implements Comparable<TensorName> {
    public static final int NO_LAYER = -1;

    /** By layer, names without a layer last; then by kind. */
    public static final Comparator<TensorName> BY_LAYER = TensorName::compareByLayer;

    private static final String BLOCK = "blk.";
    private static final int MAX_LAYER_DIGITS = 9;
    private static final String WEIGHT = ".weight";
    /** Numbers right before these count the parts of a sequence: {@code mm.0.weight}. */
    private static final Set<String> PARAMETERS = Set.of("weight", "bias");
    private static final String EXPERTS = "_exps";

    public static TensorName of(String name) {
        int start = layerNumber(name);
        int end = digitsEnd(name, start);
        String rest = start < 0 ? name : beforeLayer(name, start) + name.substring(end + 1);
        String kind = rest.endsWith(WEIGHT) ? rest.substring(0, rest.length() - WEIGHT.length()) : rest;
        return new TensorName(name, start < 0 ? NO_LAYER : Integer.parseInt(name, start, end, 10), kind);
    }

    /** By the name: also what keeps a hash table fast that a file fills with names of one hash code. */
    @Override
    public int compareTo(TensorName other) {
        return name.compareTo(other.name);
    }

    // Those of a record are classes that the JVM makes at each start.

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorName tensor && name.equals(tensor.name) && layer == tensor.layer
                && kind.equals(tensor.kind);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** What is before the number of the layer, apart from {@code blk.}. */
    private static String beforeLayer(String name, int start) {
        int end = isBlockNumber(name, start) ? start - BLOCK.length() : start;
        return name.substring(0, end);
    }

    private static boolean isBlockNumber(String name, int start) {
        int block = start - BLOCK.length();
        return name.startsWith(BLOCK, block) && (block == 0 || block > 0 && name.charAt(block - 1) == '.');
    }

    /** Where the number of the layer starts; -1 if there is none. */
    private static int layerNumber(String name) {
        int first = -1;
        for (int start = name.indexOf('.') + 1; start > 0; start = name.indexOf('.', start) + 1) {
            int end = digitsEnd(name, start);
            if (end > start && end - start <= MAX_LAYER_DIGITS && name.startsWith(".", end)) {
                if (isBlockNumber(name, start)) {
                    return start;
                }
                first = first < 0 && !PARAMETERS.contains(name.substring(end + 1)) ? start : first;
            }
        }
        return first;
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

    /**
     * Which layers are counted together with this one: empty for {@code blk.3.ffn_down}, {@code enc} for
     * {@code enc.blk.3.ffn_down}, {@code double_blocks} for {@code double_blocks.3.img_attn.qkv}; empty without a layer.
     */
    public String stack() {
        String before = hasLayer() ? beforeLayer(name, layerNumber(name)) : "";
        return before.endsWith(".") ? before.substring(0, before.length() - 1) : before;
    }

    /** The layer in its stack; null for a name without one. */
    public Layer inStack() {
        return hasLayer() ? new Layer(stack(), layer) : null;
    }

    /** Whether the number of the layer follows {@code blk.}, which is all that llama.cpp looks for. */
    public boolean hasBlock() {
        return hasLayer() && isBlockNumber(name, layerNumber(name));
    }

    /** The number of the block as the quantizers read it, of names that start with {@code blk.N.}; else {@link #NO_LAYER}. */
    public int block() {
        return block(name);
    }

    /** The same of a name that is not taken apart. */
    public static int block(String name) {
        if (!name.startsWith(BLOCK)) {
            return NO_LAYER;
        }
        int start = BLOCK.length();
        int end = digitsEnd(name, start);
        boolean number = end > start && end - start <= MAX_LAYER_DIGITS && name.startsWith(".", end);
        return number ? Integer.parseInt(name, start, end, 10) : NO_LAYER;
    }

    /** Whether it is the name of a tensor with a matrix per expert, such as {@code blk.3.ffn_down_exps.weight}. */
    public boolean isOfExperts() {
        return kind.endsWith(EXPERTS);
    }

    private static int compareByLayer(TensorName a, TensorName b) {
        int byStack = a.hasLayer() && b.hasLayer() ? a.stack().compareTo(b.stack()) : 0;
        // Unsigned, NO_LAYER is the largest number.
        int byLayer = byStack != 0 ? byStack : Integer.compareUnsigned(a.layer, b.layer);
        int byKind = byLayer != 0 ? byLayer : a.kind.compareTo(b.kind);
        return byKind != 0 ? byKind : a.name.compareTo(b.name);
    }

    /** The name up to the number of the layer, such as {@code enc.blk.}. */
    public String beforeNumber() {
        return name.substring(0, requireLayer());
    }

    /** The name after the number of the layer, such as {@code .ffn_down.weight}. */
    public String afterNumber() {
        return name.substring(digitsEnd(name, requireLayer()));
    }

    /** The name of the same tensor in another layer. */
    public String inLayer(int otherLayer) {
        return beforeNumber() + otherLayer + afterNumber();
    }

    /** The name of another tensor of the layer, such as {@code ffn_gate_inp.weight}. */
    public String sibling(String other) {
        return beforeNumber() + name.substring(requireLayer(), digitsEnd(name, requireLayer())) + "." + other;
    }

    private int requireLayer() {
        if (!hasLayer()) {
            throw new IllegalArgumentException(name + " has no layer");
        }
        return layerNumber(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
