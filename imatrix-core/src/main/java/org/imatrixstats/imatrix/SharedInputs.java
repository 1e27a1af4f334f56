package org.imatrixstats.imatrix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.tensor.Layer;

/**
 * Which entries of a layer hold the same, bit for bit, as those do whose tensors share an input: q, k and v; gate and up.
 * They are one fact told several times, and need to be looked at once. Tensors of experts share with their like alone: one
 * count in a legacy file is of all experts there, of all rows elsewhere. Entries whose columns all hold the same, such as
 * 0 or NaN, are equal for other reasons and share nothing.
 */
public final class SharedInputs {
    /**
     * An entry is compared with so many before it that differ from each other. Those of q, k and v, or gate and up, are no
     * farther apart by name; against all of a file made to harm it would take hours.
     */
    private static final int LOOK_BACK = 16;

    private final Map<ImatrixEntry, ImatrixEntry> first = new ConcurrentHashMap<>();

    private SharedInputs() {
    }

    /** Compares the values of entries of one layer and size, block by block until they differ. */
    public static SharedInputs of(Imatrix imatrix, int threads) throws IOException {
        Map<Layer, List<ImatrixEntry>> byLayer = new TreeMap<>();
        imatrix.entries().values().stream().filter(entry -> entry.name().hasLayer() && entry.elements() > 0)
                .forEach(entry -> byLayer.computeIfAbsent(entry.name().inStack(), _ -> new ArrayList<>()).add(entry));
        List<List<ImatrixEntry>> layers = List.copyOf(byLayer.values());
        SharedInputs inputs = new SharedInputs();
        Parallel.forEach(layers.size(), threads, () -> imatrix, (_, i) -> inputs.addLayer(imatrix, layers.get(i)));
        return inputs;
    }

    private void addLayer(Imatrix imatrix, List<ImatrixEntry> entries) throws FormatException {
        List<ImatrixEntry> distinct = new ArrayList<>();
        for (ImatrixEntry entry : entries) {
            ImatrixEntry same = same(imatrix, entry, distinct);
            if (same == null) {
                distinct.add(entry);
            } else {
                first.put(entry, same);
            }
        }
    }

    private static ImatrixEntry same(Imatrix imatrix, ImatrixEntry entry, List<ImatrixEntry> before)
            throws FormatException {
        for (int i = before.size() - 1; i >= Math.max(0, before.size() - LOOK_BACK); i--) {
            if (entry.name().isOfExperts() == before.get(i).name().isOfExperts()
                    && imatrix.sameContent(entry, before.get(i))) {
                return imatrix.isUniform(entry) ? null : before.get(i);
            }
        }
        return null;
    }

    /** The first entry of the layer, by name, that holds the same; the entry itself if there is none before it. */
    public ImatrixEntry firstOf(ImatrixEntry entry) {
        return first.getOrDefault(entry, entry);
    }
}
