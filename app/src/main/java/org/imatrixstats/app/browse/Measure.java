package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.TensorName;

/** A column of a table: one figure of all its tensors. */
final class Measure {
    /** How a cell stands out. */
    enum Emphasis {
        NONE, HIGH, LOW
    }

    private final String key;
    private final String header;
    private final String description;
    private final double[] values;
    private final String[] cells;
    private final int width;
    private final Emphasis[] emphases;

    private Measure(String key, String header, String description, double[] values, String[] cells,
            Emphasis[] emphases) {
        this.key = key;
        this.header = header;
        this.description = description;
        this.values = values;
        this.cells = cells;
        this.width = Stream.of(cells).mapToInt(Text::width).max().orElse(0);
        this.emphases = emphases;
    }

    /** A figure of rows; the cells of a kind have as many decimals as suit its largest. */
    static <R> Measure of(Figure<R> figure, List<R> rows, List<TensorName> names) {
        double[] values = rows.stream().mapToDouble(figure::of).toArray();
        String[] cells = new String[values.length];
        Map<String, List<Integer>> kinds = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            kinds.computeIfAbsent(names.get(i).kind(), _ -> new ArrayList<>()).add(i);
        }
        for (List<Integer> kind : kinds.values()) {
            List<String> texts = Cells.of(Column.of(figure), kind.stream().map(rows::get).toList());
            for (int i = 0; i < texts.size(); i++) {
                cells[kind.get(i)] = texts.get(i);
            }
        }
        return new Measure(figure.key(), figure.header(), figure.description(), values, cells, null);
    }

    /** The same with some rows as undefined, and a mark after those that stand out. */
    Measure marked(boolean[] defined, Emphasis[] marks) {
        double[] someValues = values.clone();
        String[] markedCells = cells.clone();
        for (int i = 0; i < values.length; i++) {
            someValues[i] = defined[i] ? values[i] : Double.NaN;
            markedCells[i] = (defined[i] ? cells[i] : Cells.UNDEFINED) + switch (marks[i]) {
                case HIGH -> " ▲";
                case LOW -> " ▼";
                case NONE -> "  ";
            };
        }
        return new Measure(key, header, description, someValues, markedCells, marks.clone());
    }

    /** The name on the command line and in JSON. */
    String key() {
        return key;
    }

    String header() {
        return header;
    }

    String description() {
        return description;
    }

    /** NaN where it is undefined. */
    double value(int row) {
        return values[row];
    }

    String cell(int row) {
        return cells[row];
    }

    /** Columns of the widest cell. */
    int width() {
        return width;
    }

    Emphasis emphasis(int row) {
        return emphases == null ? Emphasis.NONE : emphases[row];
    }
}
