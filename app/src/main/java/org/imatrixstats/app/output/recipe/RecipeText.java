package org.imatrixstats.app.output.recipe;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.tensor.TensorName;

/** How recipes say sizes and layers. */
final class RecipeText {
    private static final double GIB = 1 << 30;

    private RecipeText() {
    }

    /** {@code 4.4999 bpw, 4307.49 MiB (4,516,720,896 bytes)}. */
    static String size(Plan plan) {
        return Numbers.fixed(plan.bitsPerWeight(), 4) + " bpw, " + mib(plan.quantBytes()) + " ("
                + Numbers.grouped(plan.quantBytes()) + " bytes)";
    }

    static String mib(long bytes) {
        String mib = Numbers.fixed(bytes / (double) (1 << 20), 2) + " MiB";
        return bytes < GIB ? mib : Numbers.fixed(bytes / GIB, 2) + " GiB = " + mib;
    }

    /** {@code 0-3, 28-30}; empty for tensors without a layer. */
    static String layers(List<TensorName> names) {
        int[] layers = names.stream().filter(TensorName::hasLayer).mapToInt(TensorName::layer).sorted().distinct()
                .toArray();
        List<String> ranges = new ArrayList<>();
        for (int from = 0; from < layers.length;) {
            int to = from;
            while (to + 1 < layers.length && layers[to + 1] == layers[to] + 1) {
                to++;
            }
            ranges.add(from == to ? "" + layers[from] : layers[from] + "-" + layers[to]);
            from = to + 1;
        }
        return String.join(", ", ranges);
    }
}
