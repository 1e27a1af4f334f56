package org.imatrixstats.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;

/**
 * What changed between two models: a fine-tune against its base, a quantized model against its source. Tensors are paired
 * by name and must have the same shape; their types may differ.
 *
 * @param tensors pairs in the order of A
 * @param layers  by block number, ascending; {@link TensorName#NO_LAYER} for tensors outside any block
 * @param kinds   by {@link TensorName#kind}, in the order of A
 * @param onlyA   names of tensors that B does not have
 * @param onlyB   names of tensors that A does not have
 */
public record ModelChange(String nameA, String nameB, List<TensorChange> tensors,
        SequencedMap<Integer, ChangeSums> layers, SequencedMap<String, ChangeSums> kinds, ChangeSums total,
        List<String> onlyA, List<String> onlyB) {

    /** @param sums of all its values */
    public record TensorChange(TensorName name, TensorInfo a, TensorInfo b, ChangeSums sums) {
        /** Row and column of the largest change; null if nothing changed. */
        public long[] largestAt() {
            return sums.largestAt() < 0 ? null : new long[]{sums.largestAt() / a.ne0(), sums.largestAt() % a.ne0()};
        }
    }

    /**
     * Reads both models.
     *
     * @param imatrix  for weighted changes; null without one
     * @param progress is told how many bytes of A have been read, one call at a time
     * @throws FormatException if a pair differs in its shape, or there is none
     */
    public static ModelChange of(TensorSource a, TensorSource b, Imatrix imatrix, int threads, LongConsumer progress)
            throws IOException {
        List<TensorChange> tensors = new ArrayList<>();
        List<String> onlyA = new ArrayList<>();
        TreeMap<Integer, ChangeSums> layers = new TreeMap<>();
        SequencedMap<String, ChangeSums> kinds = new LinkedHashMap<>();
        ChangeSums total = ChangeSums.NONE;
        requireSameShapes(a, b);
        for (TensorInfo info : a.tensors()) {
            TensorInfo other = b.tensor(info.name());
            if (other == null) {
                onlyA.add(info.name());
                continue;
            }
            ChangeSums sums = sums(a, b, info, other, Importance.of(imatrix, info), threads, progress);
            TensorName name = TensorName.of(info.name());
            tensors.add(new TensorChange(name, info, other, sums));
            add(layers, name.layer(), sums);
            add(kinds, name.kind(), sums);
            total = total.merge(sums);
        }
        List<String> onlyB = b.tensors().stream().map(TensorInfo::name).filter(name -> a.tensor(name) == null).toList();
        return new ModelChange(a.name(), b.name(), List.copyOf(tensors), layers, kinds, total, List.copyOf(onlyA),
                onlyB);
    }

    private static <K> void add(Map<K, ChangeSums> rollUps, K key, ChangeSums sums) {
        rollUps.merge(key, sums, ChangeSums::merge);
    }

    private static void requireSameShapes(TensorSource a, TensorSource b) throws FormatException {
        boolean pairs = false;
        for (TensorInfo info : a.tensors()) {
            TensorInfo other = b.tensor(info.name());
            pairs |= other != null;
            if (other != null && !info.hasShapeOf(other)) {
                throw new FormatException(b.name(), info.name(),
                        "has the shape " + other.dims() + ", expected " + info.dims() + " as in " + a.name());
            }
        }
        if (!pairs) {
            throw new FormatException(b.name(), "has no tensor of the same name as " + a.name()
                    + ": expected two models of one architecture");
        }
    }

    private static ChangeSums sums(TensorSource a, TensorSource b, TensorInfo info, TensorInfo other,
            Importance importance, int threads, LongConsumer progress) throws IOException {
        Grid grid = Grid.of(a, info);
        Grid.of(b, other);
        ChangeSums[] sums = {ChangeSums.NONE};
        grid.inOrder(threads, () -> new ChangeScanner(a, b),
                (scanner, part) -> scanner.scan(info, other, grid, part,
                        importance == null ? null : importance.ofExpert(part.item())),
                (_, more) -> {
                    sums[0] = sums[0].merge(more);
                    progress.accept(info.bytes() / grid.parts().size());
                });
        return sums[0];
    }
}
