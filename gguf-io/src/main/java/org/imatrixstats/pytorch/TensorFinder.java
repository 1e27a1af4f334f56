package org.imatrixstats.pytorch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.pytorch.PickleValue.Call;
import org.imatrixstats.pytorch.PickleValue.Dict;
import org.imatrixstats.pytorch.PickleValue.Global;
import org.imatrixstats.pytorch.PickleValue.Int;
import org.imatrixstats.pytorch.PickleValue.Items;
import org.imatrixstats.pytorch.PickleValue.Tensor;
import org.imatrixstats.pytorch.PickleValue.Text;

/** Finds the tensors in what a pickle describes, without recursion: containers may be nested deep or hold themselves. */
final class TensorFinder {
    /** Keys that programs put the tensors of a model under. */
    private static final List<String> USUAL = List.of("model", "state_dict", "model_state_dict", "module");
    private static final int MAX_TENSORS = 1 << 17;
    /** Of all names, in characters. */
    private static final int MAX_TEXT = 1 << 23;

    /** A value and the keys that lead to it. */
    private record Place(Keys keys, PickleValue value) {
    }

    /** Keys from the innermost out; null is the top. */
    private record Keys(Keys outer, String key) {
        String joined() {
            List<String> parts = new ArrayList<>();
            for (Keys keys = this; keys != null; keys = keys.outer) {
                parts.add(keys.key);
            }
            return String.join(".", parts.reversed());
        }

        String first() {
            Keys keys = this;
            while (keys.outer != null) {
                keys = keys.outer;
            }
            return keys.key;
        }
    }

    private record Found(Keys keys, TensorRef tensor) {
    }

    private final String file;
    private final List<Found> found = new ArrayList<>();
    private final List<String> unlisted = new ArrayList<>();
    private long textLength;

    TensorFinder(String file) {
        this.file = file;
    }

    void search(PickleValue top) throws FormatException {
        Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Place> open = new ArrayList<>(List.of(new Place(null, top)));
        while (!open.isEmpty()) {
            Place place = open.removeLast();
            if (place.value instanceof Tensor(var tensor)) {
                add(place.keys, tensor);
                continue;
            }
            boolean container = place.value instanceof Items || place.value instanceof Dict
                    || place.value instanceof Call;
            if (!container || !seen.add(place.value)) {
                continue;
            }
            if (place.value instanceof Call call && isTensor(call)) {
                unlisted.add("tensor '" + (place.keys == null ? "" : place.keys.joined())
                        + "' is not on a plain storage (" + ((Global) call.callee()).name()
                        + "): it is not shown");
                continue;
            }
            open.addAll(children(place).reversed());
        }
    }

    private static boolean isTensor(Call call) {
        return call.callee() instanceof Global global && KnownName.of(global) instanceof KnownName.Rebuild;
    }

    private static List<Place> children(Place place) {
        List<Place> children = new ArrayList<>();
        switch (place.value) {
            case Items items -> addAll(children, place.keys, items.values());
            case Dict dict -> addAll(children, place.keys, dict);
            case Call call -> {
                addAll(children, place.keys, call.entries());
                addAll(children, place.keys, call.arguments());
                if (call.state() instanceof Items || call.state() instanceof Dict || call.state() instanceof Call) {
                    children.add(new Place(place.keys, call.state()));
                }
            }
            default -> {
                // Has no children.
            }
        }
        return children;
    }

    private static void addAll(List<Place> children, Keys outer, List<PickleValue> values) {
        for (int i = 0; i < values.size(); i++) {
            addIfContainer(children, outer, Integer.toString(i), values.get(i));
        }
    }

    private static void addAll(List<Place> children, Keys outer, Dict dict) {
        for (int i = 0; i < dict.size(); i++) {
            String key = switch (dict.key(i)) {
                case Text(var text) -> text;
                case Int(var number) -> Long.toString(number);
                default -> Integer.toString(i);
            };
            addIfContainer(children, outer, key, dict.value(i));
        }
    }

    private static void addIfContainer(List<Place> children, Keys outer, String key, PickleValue value) {
        if (value instanceof Tensor || value instanceof Items || value instanceof Dict || value instanceof Call) {
            children.add(new Place(new Keys(outer, key), value));
        }
    }

    private void add(Keys keys, TensorRef tensor) throws FormatException {
        for (Keys each = keys; each != null; each = each.outer) {
            textLength += each.key.length() + 1;
            if (textLength > MAX_TEXT) {
                throw new FormatException(file, "names of tensors have more than " + MAX_TEXT + " characters");
            }
        }
        if (found.size() == MAX_TENSORS) {
            throw new FormatException(file, "has more than " + MAX_TENSORS + " tensors");
        }
        found.add(new Found(keys, tensor));
    }

    /** What could not be listed. */
    List<String> unlisted() {
        return unlisted;
    }

    /** The usual key that holds tensors, if no tensor stands beside it; null if there is none. */
    String container() {
        boolean flat = found.stream().anyMatch(each -> each.keys == null || each.keys.outer == null);
        return flat
                ? null
                : USUAL.stream().filter(key -> found.stream().anyMatch(each -> isIn(each, key))).findFirst()
                        .orElse(null);
    }

    private static boolean isIn(Found each, String container) {
        return container == null || each.keys != null && each.keys.outer != null
                && each.keys.first().equals(container);
    }

    /** The tensors under a key, by the names that they have there; all of them if it is null. */
    SequencedMap<String, TensorRef> under(String container) throws FormatException {
        SequencedMap<String, TensorRef> tensors = new LinkedHashMap<>();
        for (Found each : found) {
            if (isIn(each, container)) {
                String name = each.keys == null ? "" : each.keys.joined();
                String within = container == null ? name : name.substring(container.length() + 1);
                if (tensors.putIfAbsent(within, each.tensor) != null) {
                    throw new FormatException(file, within, "is there twice");
                }
            }
        }
        return tensors;
    }

    /** Names of the tensors that are not under a key. */
    List<String> outside(String container) {
        return found.stream().filter(each -> !isIn(each, container)).map(each -> each.keys.joined()).toList();
    }
}
