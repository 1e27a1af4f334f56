package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.terminal.Text;

/**
 * A table of aligned columns under a title. Tables of one list have the same columns with the same widths; where they
 * would be wider than allowed, the columns that matter least are left out, those that matter alike together.
 */
public record TextTable(String title, List<TextColumn> columns) {
    private static final String GAP = "  ";

    /**
     * A column: its header, its cells, and how it is drawn.
     *
     * @param priority the columns with the highest numbers are left out first; 0 is always shown
     * @param styles   applied to the cells after they were padded; empty for none
     */
    public record TextColumn(String header, List<String> cells, boolean left, int priority,
            List<UnaryOperator<String>> styles) {
        public TextColumn(String header, List<String> cells, boolean left, int priority) {
            this(header, cells, left, priority, List.of());
        }

        private TextColumn inAscii() {
            return new TextColumn(Text.ascii(header), cells.stream().map(Text::ascii).toList(), left, priority, styles);
        }

        private int width() {
            return Math.max(Text.width(header), cells.stream().mapToInt(Text::width).max().orElse(0));
        }

        private String padded(String text, int width) {
            String padding = " ".repeat(width - Text.width(text));
            return left ? text + padding : padding + text;
        }

        private String cell(int row, int width) {
            String cell = padded(cells.get(row), width);
            return styles.isEmpty() ? cell : styles.get(row).apply(cell);
        }
    }

    /** The columns of a list of tables that are shown, by header, with their widths. */
    public record Fit(Map<String, Integer> widths) {
        public static Fit of(List<TextTable> tables, int width) {
            Map<String, Integer> widths = new HashMap<>();
            Map<String, Integer> priorities = new HashMap<>();
            for (TextTable table : tables) {
                for (TextColumn column : table.columns) {
                    widths.merge(column.header, column.width(), Math::max);
                    priorities.merge(column.header, column.priority, Math::min);
                }
            }
            TreeSet<Integer> leastFirst = new TreeSet<>(Comparator.reverseOrder());
            leastFirst.addAll(priorities.values());
            leastFirst.remove(0);
            for (int least : leastFirst) {
                if (widths.values().stream().mapToInt(each -> each + GAP.length()).sum() > width) {
                    widths.keySet().removeIf(header -> priorities.get(header) == least);
                }
            }
            return new Fit(widths);
        }
    }

    /** The same with all symbols as ASCII has them. */
    public TextTable inAscii() {
        return new TextTable(Text.ascii(title), columns.stream().map(TextColumn::inAscii).toList());
    }

    public String header(Fit fit) {
        return line(fit, (column, width) -> column.padded(column.header, width));
    }

    public List<String> rows(Fit fit) {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < columns.getFirst().cells.size(); row++) {
            int number = row;
            lines.add(line(fit, (column, width) -> column.cell(number, width)));
        }
        return lines;
    }

    @FunctionalInterface
    private interface Drawing {
        String draw(TextColumn column, int width);
    }

    private String line(Fit fit, Drawing drawing) {
        StringBuilder line = new StringBuilder();
        for (TextColumn column : columns) {
            Integer width = fit.widths.get(column.header);
            if (width != null) {
                line.append(GAP).append(drawing.draw(column, width));
            }
        }
        return line.toString().stripTrailing();
    }
}
