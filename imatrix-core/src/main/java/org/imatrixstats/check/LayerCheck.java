package org.imatrixstats.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.tensor.TensorName;

/**
 * Compares the layers of an importance matrix with each other: which tensors they have, and how many tokens these saw.
 *
 * <p>A hybrid model has layers of several sorts. A layer that lacks a tensor is of another sort if it has something
 * instead that those with the tensor lack, or if the layers that have it follow a period; otherwise it has a gap.
 */
final class LayerCheck {
    static final String NEXTN_PREFIX = "nextn.";
    private static final String QUERIES = "blk.0.attn_q.weight";
    private static final String KEYS = "blk.0.attn_k.weight";
    private static final String VALUES = "blk.0.attn_v.weight";

    /** Layers that are counted together: encoder and decoder, text and vision each count from 0. */
    private final Map<String, SortedMap<Integer, Layer>> stacks = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final SortedSet<Integer> sharedKv = new TreeSet<>();

    /** The entries of a layer, by the name that they would have in layer 0. */
    private record Layer(SortedMap<String, ImatrixEntry> entries) {
        Set<String> kinds() {
            return entries.keySet();
        }

        /** Whether the other layer has all that this one has, and more. */
        boolean isPartOf(Layer other) {
            return entries.size() < other.entries.size() && other.kinds().containsAll(kinds());
        }
    }

    LayerCheck(Imatrix imatrix) {
        for (ImatrixEntry entry : imatrix.entries().values()) {
            TensorName name = entry.name();
            if (name.hasBlock() && !name.kind().startsWith(NEXTN_PREFIX)) {
                String inLayer0 = name.inLayer(0);
                stacks.computeIfAbsent(name.stack(), _ -> new TreeMap<>())
                        .computeIfAbsent(name.layer(), _ -> new Layer(new TreeMap<>())).entries.put(inLayer0, entry);
            }
        }
    }

    /** Findings about layers that lack something, as far as the other layers tell. */
    List<Finding> missing() {
        stacks.forEach((stack, layers) -> {
            SortedSet<Integer> numbers = new TreeSet<>(layers.keySet());
            if (numbers.last() >= numbers.size()) {
                findings.add(Finding.ofFile(FindingCode.LAYER_MISSING,
                        "no entry in " + (stack.isEmpty() ? "" : stack + " ") + "layers "
                                + Ranges.missingFrom(numbers)));
            }
            compare(layers);
        });
        if (!sharedKv.isEmpty()) {
            findings.add(Finding.ofFile(FindingCode.SHARED_KV, "attn_k and attn_v of " + layers(sharedKv)
                    + " have no entry"));
        }
        return findings;
    }

    /** Tensors that were found to be missing. */
    List<String> gaps() {
        return gaps;
    }

    private void compare(SortedMap<Integer, Layer> layers) {
        Map<Set<String>, Layer> sorts = new LinkedHashMap<>();
        layers.values().forEach(layer -> sorts.putIfAbsent(layer.kinds(), layer));
        SortedSet<String> kinds = new TreeSet<>();
        sorts.keySet().forEach(kinds::addAll);
        Map<SortedSet<Integer>, List<String>> patterns = new LinkedHashMap<>();
        for (String kind : kinds) {
            SortedSet<Integer> having = new TreeSet<>();
            SortedSet<Integer> lacking = new TreeSet<>();
            layers.forEach((number, layer) -> (layer.entries.containsKey(kind) ? having : lacking).add(number));
            SortedSet<Integer> gap = new TreeSet<>();
            if (!hasPeriod(layers.keySet(), having)) {
                List<Layer> withKind = sorts.values().stream().filter(sort -> sort.kinds().contains(kind)).toList();
                lacking.stream().filter(number -> withKind.stream().anyMatch(layers.get(number)::isPartOf))
                        .forEach(gap::add);
            }
            if (isSharedKv(kind, gap, layers)) {
                sharedKv.addAll(gap);
            } else if (!gap.isEmpty()) {
                reportGap(layers.get(having.first()).entries.get(kind).name(), gap, having.size());
            }
            if (gap.size() < lacking.size()) {
                having.addAll(gap);
                patterns.computeIfAbsent(having, _ -> new ArrayList<>()).add(TensorName.of(kind).kind());
            }
        }
        patterns.forEach((in, of) -> findings.add(Finding.ofFile(FindingCode.LAYER_PATTERN,
                String.join(", ", of) + " only in " + layers(in))));
    }

    /** Whether all layers from one on have queries, but neither keys nor values. */
    private static boolean isSharedKv(String kind, SortedSet<Integer> gap, SortedMap<Integer, Layer> layers) {
        String other = kind.equals(KEYS) ? VALUES : kind.equals(VALUES) ? KEYS : null;
        return other != null && !gap.isEmpty() && gap.first() > layers.firstKey()
                && layers.tailMap(gap.first()).values().stream()
                        .allMatch(layer -> layer.entries.containsKey(QUERIES) && !layer.entries.containsKey(KEYS)
                                && !layer.entries.containsKey(VALUES))
                && layers.headMap(gap.first()).values().stream().anyMatch(layer -> layer.entries.containsKey(other));
    }

    private void reportGap(TensorName name, SortedSet<Integer> gap, int others) {
        gap.forEach(layer -> gaps.add(name.inLayer(layer)));
        findings.add(Finding.ofTensor(FindingCode.LAYER_GAP, name.inLayer(gap.first()),
                name.kind() + " is missing from " + layers(gap) + ", " + others + " others have it"));
    }

    static String layers(SortedSet<Integer> numbers) {
        return (numbers.size() == 1 ? "layer " : "layers ") + Ranges.of(numbers);
    }

    /** Whether one period, at least twice in the file, tells which layers are meant. */
    private static boolean hasPeriod(Collection<Integer> layers, Set<Integer> having) {
        List<Boolean> has = layers.stream().map(having::contains).toList();
        for (int period = 2; period <= has.size() / 2; period++) {
            if (has.subList(period, has.size()).equals(has.subList(0, has.size() - period))) {
                return true;
            }
        }
        return false;
    }

    /** Tensors whose count is another than that of the others of their layer; a finding per layer. */
    List<Finding> counts() {
        List<Finding> differing = new ArrayList<>();
        for (SortedMap<Integer, Layer> layers : stacks.values()) {
            layers.forEach((number, layer) -> compareCounts(number, layer, differing));
        }
        return differing;
    }

    private static void compareCounts(int number, Layer layer, List<Finding> differing) {
        List<ImatrixEntry> comparable = layer.entries.values().stream().filter(LayerCheck::seesEveryToken).toList();
        Map<Long, Integer> frequency = new HashMap<>();
        comparable.forEach(entry -> frequency.merge(entry.count(0), 1, Integer::sum));
        if (frequency.size() < 2) {
            return;
        }
        long usual = frequency.entrySet().stream().max(Comparator
                .comparingInt((Map.Entry<Long, Integer> count) -> count.getValue()).thenComparing(Map.Entry::getKey))
                .orElseThrow().getKey();
        List<ImatrixEntry> others = comparable.stream().filter(entry -> entry.count(0) != usual).toList();
        differing.add(Finding.ofTensor(FindingCode.COUNTS_DIFFER, others.getFirst().name().name(),
                "count " + others.getFirst().count(0) + ", but " + usual + " in most tensors of layer " + number + "; "
                        + others.size() + " of " + comparable.size() + " differ"));
    }

    /** Experts and the heads of MLA see some of the tokens, cross attention those of the other text. */
    private static boolean seesEveryToken(ImatrixEntry entry) {
        String kind = entry.name().kind();
        return entry.experts() == 1 && entry.count(0) > 0 && !entry.name().isOfExperts() && !kind.contains("cross_attn")
                && !MlaVariants.isHalf(kind);
    }
}
