package org.imatrixstats.imatrix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.gguf.FormatException;

/**
 * Which entries of a layer hold the same, bit for bit, as those do whose tensors share an input: q, k and v; gate and up.
 * They are one fact told several times, and need to be looked at once.
 */
public final class SharedInputs {
    private final Map<ImatrixEntry, ImatrixEntry> first;

    private SharedInputs(Map<ImatrixEntry, ImatrixEntry> first) {
        this.first = first;
    }

    /** Compares the entries of each layer that have the same size. */
    public static SharedInputs find(Imatrix imatrix, int threads) throws IOException {
        Map<Integer, List<ImatrixEntry>> layers = new HashMap<>();
        for (ImatrixEntry entry : imatrix.entries().values()) {
            if (entry.name().hasLayer() && entry.elements() > 0) {
                layers.computeIfAbsent(entry.name().layer(), _ -> new ArrayList<>()).add(entry);
            }
        }
        List<List<ImatrixEntry>> tasks = List.copyOf(layers.values());
        ImatrixEntry[][] found = new ImatrixEntry[tasks.size()][];
        Parallel.forEach(found.length, threads, () -> null, (_, i) -> found[i] = find(imatrix, tasks.get(i)));
        Map<ImatrixEntry, ImatrixEntry> first = new HashMap<>();
        for (int layer = 0; layer < found.length; layer++) {
            for (int i = 0; i < found[layer].length; i++) {
                first.put(tasks.get(layer).get(i), found[layer][i]);
            }
        }
        return new SharedInputs(first);
    }

    private static ImatrixEntry[] find(Imatrix imatrix, List<ImatrixEntry> layer) throws FormatException {
        ImatrixEntry[] first = new ImatrixEntry[layer.size()];
        for (int i = 0; i < first.length; i++) {
            first[i] = layer.get(i);
            for (int j = 0; j < i && first[i] == layer.get(i); j++) {
                if (first[j] == layer.get(j) && imatrix.sameContent(layer.get(i), layer.get(j))) {
                    first[i] = layer.get(j);
                }
            }
        }
        return first;
    }

    /** The first entry of the layer, by name, that holds the same; the entry itself if there is none before it. */
    public ImatrixEntry firstOf(ImatrixEntry entry) {
        return first.getOrDefault(entry, entry);
    }
}
