package org.imatrixstats.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorName;

/**
 * The figures of one importance matrix.
 *
 * @param digest   fingerprint of what the file holds
 * @param tensors  by layer, those without a layer last, then by kind
 * @param layers   by stack and number; tensors without a layer belong to none
 * @param kinds    by name
 * @param notes    how figures came about where the file alone does not say, one sentence each
 * @param warnings what is wrong with the figures, one sentence each
 */
public record Report(ContentDigest digest, List<TensorStats> tensors, List<LayerStats> layers, List<KindStats> kinds,
        List<String> notes, List<String> warnings) {
    public Report {
        tensors = List.copyOf(tensors);
        layers = List.copyOf(layers);
        kinds = List.copyOf(kinds);
        notes = List.copyOf(notes);
        warnings = List.copyOf(warnings);
    }

    static Report of(ContentDigest digest, List<TensorStats> tensors, List<String> notes, List<String> warnings) {
        return new Report(digest, tensors, layers(tensors), kinds(tensors, Standings.whole(tensors)), notes, warnings);
    }

    /** The same with another fingerprint. */
    public Report with(ContentDigest other) {
        return new Report(other, tensors, layers, kinds, notes, warnings);
    }

    /** The report of some of the tensors. Their ranks and shares stay those among all. */
    public Report only(Predicate<TensorStats> selection) {
        List<TensorStats> selected = tensors.stream().filter(selection).toList();
        return new Report(digest, selected, layers(selected), kinds(selected, Standings.whole(tensors)), notes,
                warnings);
    }

    /** The report with what a model adds to each tensor. */
    public Report with(Function<TensorName, StreamShare> shares) {
        List<TensorStats> known = tensors.stream().map(tensor -> tensor.with(shares.apply(tensor.name()))).toList();
        return new Report(digest, known, layers(known), kinds, notes, warnings);
    }

    /** The report with one more note. */
    public Report with(String note) {
        return new Report(digest, tensors, layers, kinds, Stream.concat(notes.stream(), Stream.of(note)).toList(),
                warnings);
    }

    private static List<LayerStats> layers(List<TensorStats> tensors) {
        TreeMap<Layer, List<TensorStats>> byLayer = new TreeMap<>();
        for (TensorStats tensor : tensors) {
            if (tensor.name().hasLayer() && tensor.elements() > 0) {
                byLayer.computeIfAbsent(tensor.name().inStack(), _ -> new ArrayList<>()).add(tensor);
            }
        }
        List<LayerStats> layers = new ArrayList<>();
        byLayer.forEach((layer, members) -> layers.add(new LayerStats(layer, members)));
        return layers;
    }

    private static List<KindStats> kinds(List<TensorStats> tensors, double sumOfAll) {
        List<KindStats> kinds = new ArrayList<>();
        Standings.byKind(tensors).forEach((kind, members) -> kinds.add(new KindStats(kind, members, sumOfAll)));
        return kinds;
    }
}
