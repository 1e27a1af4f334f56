package org.imatrixstats.app.output.inspect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.imatrix.Ranges;

/**
 * Tensors that share a row: those whose names differ in numbers only, such as that of the layer, and that are alike in shape
 * and type.
 *
 * @param name with an asterisk for each number; the name itself if there is one tensor
 * @param rows at least one
 */
record FoldedRow(String name, List<TensorRow> rows) {
    private static final List<String> HEADERS = List.of("tensor", "layers", "count", "shape", "type", "elements", "MiB",
            "share");
    private static final Pattern NUMBER = Pattern.compile("(?<![^.])[0-9]{1,9}(?![^.])");
    private static final double MIB = 1024 * 1024;

    static List<String> headers() {
        return HEADERS;
    }

    static List<FoldedRow> of(List<TensorRow> tensors) {
        Map<String, List<TensorRow>> alike = new LinkedHashMap<>();
        for (TensorRow row : tensors) {
            String key = NUMBER.matcher(row.name()).replaceAll("*") + " " + row.tensor().shape() + " "
                    + row.tensor().typeName();
            alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
        }
        return alike.values().stream().map(FoldedRow::row).toList();
    }

    private static FoldedRow row(List<TensorRow> rows) {
        String name = rows.getFirst().name();
        return new FoldedRow(rows.size() == 1 ? name : NUMBER.matcher(name).replaceAll("*"), rows);
    }

    /** @param all elements of all tensors */
    List<String> cells(long all) {
        TensorRow first = rows.getFirst();
        long elements = rows.stream().mapToLong(row -> row.tensor().elements()).sum();
        long bytes = rows.stream().mapToLong(row -> row.tensor().info().bytes()).sum();
        return List.of(name, layers(), Numbers.grouped(rows.size()), first.shape(" × "), first.tensor().typeName(),
                Numbers.grouped(elements), Numbers.fixed(bytes / MIB, 2),
                all == 0 ? Cells.UNDEFINED : Numbers.fixed(100.0 * elements / all, 1) + "%");
    }

    /** The first number of each name. */
    private String layers() {
        SortedSet<Integer> layers = new TreeSet<>();
        for (TensorRow row : rows) {
            NUMBER.matcher(row.name()).results().findFirst()
                    .ifPresent(number -> layers.add(Integer.parseInt(number.group())));
        }
        return layers.isEmpty() ? Cells.UNDEFINED : Ranges.of(layers);
    }
}
