package org.imatrixstats.imatrix;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a weight tensor and what it says.
 *
 * @param name  as stored, such as {@code blk.3.ffn_down.weight}
 * @param layer the block number; {@link #NO_LAYER} for a name without one, such as {@code output.weight}
 * @param kind  the name without its block and without a final {@code .weight}: {@code ffn_down}, {@code output}
 */
public record TensorName(String name, int layer, String kind) {
    public static final int NO_LAYER = -1;

    /** By layer, names without a layer last; then by kind. */
    public static final Comparator<TensorName> BY_LAYER = Comparator
            .comparingInt((TensorName name) -> name.hasLayer() ? name.layer : Integer.MAX_VALUE)
            .thenComparing(TensorName::kind).thenComparing(TensorName::name);

    private static final Pattern BLOCK = Pattern.compile("(?:^|(?<=\\.))blk\\.(\\d{1,9})\\.");
    private static final String WEIGHT = ".weight";

    public static TensorName of(String name) {
        Matcher block = BLOCK.matcher(name);
        boolean found = block.find();
        String rest = found ? name.substring(0, block.start()) + name.substring(block.end()) : name;
        String kind = rest.endsWith(WEIGHT) ? rest.substring(0, rest.length() - WEIGHT.length()) : rest;
        return new TensorName(name, found ? Integer.parseInt(block.group(1)) : NO_LAYER, kind);
    }

    public boolean hasLayer() {
        return layer != NO_LAYER;
    }

    /** The name of the same tensor in another layer. */
    public String inLayer(int otherLayer) {
        Matcher block = BLOCK.matcher(name);
        if (!block.find()) {
            throw new IllegalArgumentException(name + " has no layer");
        }
        return name.substring(0, block.start(1)) + otherLayer + name.substring(block.end(1));
    }

    @Override
    public String toString() {
        return name;
    }
}
