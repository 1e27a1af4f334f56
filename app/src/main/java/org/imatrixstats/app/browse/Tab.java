package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.tensor.TensorName;

/**
 * A table and how it is looked at.
 *
 * @param source      where it comes from
 * @param table       null while it is being loaded
 * @param percent     of the loading
 * @param order       key of the measure that it is sorted by; empty: by layer
 * @param descending  whether the largest come first
 * @param grouping    what rows are put together by
 * @param folded      groups whose rows are hidden
 * @param filter      words that the names shown have
 * @param rows        what the above make of the table
 * @param cursor      the selected row
 * @param top         the first row in view
 * @param firstColumn the first measure in view
 */
record Tab(Source source, Table table, int percent, String order, boolean descending, Grouping grouping,
        Set<String> folded, String filter, List<Row> rows, int cursor, int top, int firstColumn) {

    /** What rows are put together by. */
    enum Grouping {
        KIND, LAYER, NONE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A line of the table. */
    sealed interface Row {
        /** Over the rows of a group, or in their place. */
        record Heading(String group, List<Integer> members, boolean folded) implements Row {
        }

        /** A tensor, by its number in the table. */
        record Tensor(int number) implements Row {
        }
    }

    static Tab loading(Source source) {
        return new Tab(source, null, 0, "", true, Grouping.KIND, Set.of(), "", List.of(), 0, 0, 0);
    }

    Tab loaded(Table loaded) {
        Grouping first = loaded.order().isEmpty() ? Grouping.KIND : Grouping.NONE;
        return new Tab(source, loaded, 100, loaded.order(), loaded.descending(), first, folded, filter, rows, cursor,
                top, firstColumn).arranged().atFirstTensor();
    }

    private Tab atFirstTensor() {
        return rows.size() > 1 && rows.getFirst() instanceof Row.Heading ? withCursor(1) : this;
    }

    Tab withPercent(int other) {
        return new Tab(source, table, other, order, descending, grouping, folded, filter, rows, cursor, top,
                firstColumn);
    }

    // ---- what is selected

    /** The number of the tensor under the cursor; -1 on a heading, or if there is none. */
    int selectedTensor() {
        return cursor < rows.size() && rows.get(cursor) instanceof Row.Tensor tensor ? tensor.number : -1;
    }

    /** The name of the tensor under the cursor, or of the first of the group; empty if there is none. */
    String selectedName() {
        List<Integer> selected = atCursor();
        return selected.isEmpty() ? "" : table.tensors().get(selected.getFirst()).name();
    }

    /** The tensors under the cursor: one, or all of a heading. */
    List<Integer> atCursor() {
        if (cursor >= rows.size()) {
            return List.of();
        }
        return switch (rows.get(cursor)) {
            case Row.Heading heading -> heading.members;
            case Row.Tensor tensor -> List.of(tensor.number);
        };
    }

    /** All tensors that the filter leaves, folded or not. */
    List<Integer> shownTensors() {
        return IntStream.range(0, table.tensors().size()).filter(i -> matches(table.tensors().get(i))).boxed().toList();
    }

    private boolean matches(TensorName name) {
        String lower = name.name().toLowerCase(Locale.ROOT);
        for (String word : filter.toLowerCase(Locale.ROOT).split(" ")) {
            if (!lower.contains(word)) {
                return false;
            }
        }
        return true;
    }

    /** {@code z, largest first}. */
    String orderInWords() {
        return order.isEmpty()
                ? "layer"
                : table.measure(order).header() + (descending ? ", largest first" : ", smallest first");
    }

    // ---- keys

    Tab moved(int by) {
        return withCursor(Math.clamp((long) cursor + by, 0, Math.max(0, rows.size() - 1)));
    }

    Tab scrolledColumns(int by) {
        int last = table.measures().size() - 1;
        return new Tab(source, table, percent, order, descending, grouping, folded, filter, rows, cursor, top,
                Math.clamp(firstColumn + by, 0, last));
    }

    Tab withFilter(String other) {
        return new Tab(source, table, percent, order, descending, grouping, folded, other, rows, cursor, top,
                firstColumn).arrangedAt(selectedName());
    }

    Tab sortedBy(String key) {
        return new Tab(source, table, percent, key, true, grouping, folded, filter, rows, cursor, top, firstColumn)
                .arranged();
    }

    Tab sortedByNeighbour(int by) {
        List<String> keys = table.measures().stream().map(Measure::key).toList();
        return sortedBy(keys.get(Math.floorMod(order.isEmpty() && by < 0 ? by : keys.indexOf(order) + by,
                keys.size())));
    }

    Tab reversed() {
        return new Tab(source, table, percent, order, !descending, grouping, folded, filter, rows, cursor, top,
                firstColumn).arranged();
    }

    Tab regrouped() {
        Grouping next = Grouping.values()[(grouping.ordinal() + 1) % Grouping.values().length];
        return new Tab(source, table, percent, order, descending, next, Set.of(), filter, rows, cursor, top,
                firstColumn).arrangedAt(selectedName());
    }

    Tab foldedAtCursor() {
        if (grouping == Grouping.NONE || cursor >= rows.size()) {
            return this;
        }
        String group = switch (rows.get(cursor)) {
            case Row.Heading heading -> heading.group;
            case Row.Tensor tensor -> group(table.tensors().get(tensor.number));
        };
        Set<String> other = new HashSet<>(folded);
        if (!other.remove(group)) {
            other.add(group);
        }
        Tab tab = withFolded(other);
        for (int i = 0; i < tab.rows.size(); i++) {
            if (tab.rows.get(i) instanceof Row.Heading heading && heading.group.equals(group)) {
                return tab.withCursor(i);
            }
        }
        return tab;
    }

    Tab foldedAll() {
        Set<String> groups = new HashSet<>();
        rows.forEach(row -> {
            if (row instanceof Row.Heading heading) {
                groups.add(heading.group);
            }
        });
        return withFolded(folded.containsAll(groups) ? Set.of() : groups).arrangedAt(selectedName());
    }

    /** Looked at as another tab was. */
    Tab at(String name, String otherFilter) {
        Tab tab = new Tab(source, table, percent, order, descending, grouping, folded, otherFilter, rows, cursor, top,
                firstColumn);
        return table == null ? tab : tab.arrangedAt(name);
    }

    /** Moves the cursor to an existing row in view. */
    Tab settled(int page) {
        int row = Math.clamp(cursor, 0, Math.max(0, rows.size() - 1));
        int first = Math.clamp(top, Math.max(0, row - page + 1), row);
        // The heading over the first row is worth its line.
        first = first == 1 && row < page ? 0 : first;
        first = Math.min(first, Math.max(0, rows.size() - page));
        return new Tab(source, table, percent, order, descending, grouping, folded, filter, rows, row, first,
                firstColumn);
    }

    private Tab withFolded(Set<String> other) {
        return new Tab(source, table, percent, order, descending, grouping, Set.copyOf(other), filter, rows, cursor,
                top, firstColumn).arranged();
    }

    private Tab withCursor(int row) {
        return new Tab(source, table, percent, order, descending, grouping, folded, filter, rows, row, top,
                firstColumn);
    }

    // ---- rows

    private Tab arranged() {
        List<Integer> shown = new ArrayList<>(shownTensors());
        if (!order.isEmpty()) {
            shown.sort(comparator(table.measure(order)));
        } else if (!descending) {
            shown = shown.reversed();
        }
        List<Row> arranged = new ArrayList<>();
        if (grouping == Grouping.NONE) {
            shown.forEach(number -> arranged.add(new Row.Tensor(number)));
        } else {
            groups(shown).forEach((group, members) -> {
                boolean isFolded = folded.contains(group);
                arranged.add(new Row.Heading(group, members, isFolded));
                if (!isFolded) {
                    members.forEach(number -> arranged.add(new Row.Tensor(number)));
                }
            });
        }
        return new Tab(source, table, percent, order, descending, grouping, folded, filter, List.copyOf(arranged),
                cursor, top, firstColumn);
    }

    /** Arranged again with the cursor at this tensor, if it is there; else at the first. */
    private Tab arrangedAt(String name) {
        Tab tab = arranged();
        int number = table.indexOf(name);
        for (int i = 0; i < tab.rows.size(); i++) {
            boolean found = switch (tab.rows.get(i)) {
                case Row.Heading heading -> heading.folded && heading.members.contains(number);
                case Row.Tensor tensor -> tensor.number == number;
            };
            if (found) {
                return tab.withCursor(i);
            }
        }
        return tab.withCursor(0);
    }

    /** Undefined figures come last in both directions. */
    private Comparator<Integer> comparator(Measure measure) {
        Comparator<Double> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
        return Comparator.comparing(number -> Double.isNaN(measure.value(number)) ? null : measure.value(number),
                Comparator.nullsLast(order));
    }

    private Map<String, List<Integer>> groups(List<Integer> shown) {
        Map<String, Integer> first = new TreeMap<>();
        IntStream.range(0, table.tensors().size()).forEach(i -> first.putIfAbsent(group(table.tensors().get(i)), i));
        // Kinds by name; layers as the table has them, by number.
        Map<String, List<Integer>> groups = new TreeMap<>(grouping == Grouping.KIND
                ? Comparator.naturalOrder()
                : Comparator.comparing(first::get));
        shown.forEach(number -> groups.computeIfAbsent(group(table.tensors().get(number)), _ -> new ArrayList<>())
                .add(number));
        return groups;
    }

    private String group(TensorName name) {
        return grouping == Grouping.KIND
                ? Text.printable(name.kind())
                : name.hasLayer() ? "layer " + name.inStack() : "no layer";
    }
}
