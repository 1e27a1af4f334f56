package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.KindStats;

/** What the columns of a table mean, of those that are shown. */
final class Legend {
    private static final String ACTIVATION = "activation.";
    private static final String UNDEFINED = "-: undefined.";
    /** From here on the figures of kinds differ too much to be compared. */
    private static final double MUCH = 10;

    private Legend() {
    }

    /**
     * A paragraph, or none.
     *
     * @param headers those of the columns that there was room for
     */
    static <R> List<String> of(Sheet<FileReport, R> sheet, Set<String> headers) {
        List<Column<R>> shown = sheet.columns().stream()
                .filter(column -> headers.contains(column.header()) || headers.contains(Text.ascii(column.header())))
                .toList();
        List<String> parts = meanings(shown);
        if (parts.isEmpty()) {
            return List.of();
        }
        String plural = sheet.level().plural();
        String legend = "Columns of " + plural + ": " + String.join("; ", parts) + ".";
        return List.of(hasGaps(shown, sheet.rows()) ? legend + " " + UNDEFINED : legend);
    }

    /** The meanings of columns, after those of the symbols in them; a column whose header says it all has none. */
    static <R> List<String> meanings(List<Column<R>> columns) {
        List<Column<R>> explained = columns.stream()
                .filter(column -> column.meaning() != null && !column.meaning().startsWith(column.header() + " "))
                .toList();
        List<String> meanings = symbols(columns,
                explained.stream().map(Column::meaning).collect(Collectors.joining("; ")));
        explained.forEach(column -> meanings.add(column.header() + ": " + column.meaning()));
        return meanings;
    }

    /** The symbols that the meanings of columns use. */
    private static <R> List<String> symbols(List<Column<R>> columns, String meanings) {
        List<String> symbols = new ArrayList<>();
        if (uses(meanings, "e")) {
            symbols.add("e: E[x²] of a column with data");
        }
        if (columns.stream().anyMatch(column -> column.key().startsWith(ACTIVATION))) {
            symbols.add("a: E[x] of a column with data");
        }
        if (uses(meanings, "N") && columns.stream().noneMatch(column -> column.header().equals("N"))) {
            symbols.add("N: columns with data");
        }
        if (uses(meanings, "μ") && !meanings.contains("μ = ")) {
            symbols.add("μ: mean of e");
        }
        if (uses(meanings, "σ") && !meanings.contains("σ = ")) {
            symbols.add("σ: standard deviation of e");
        }
        return symbols;
    }

    private static boolean uses(String meanings, String symbol) {
        return Pattern.compile("(?<!\\p{L})" + symbol + "(?!\\p{L})").matcher(meanings).find();
    }

    private static <R> boolean hasGaps(List<Column<R>> columns, List<R> rows) {
        return columns.stream().anyMatch(column -> Cells.of(column, rows).contains(Cells.UNDEFINED));
    }

    /** That kinds cannot be compared, with how much they differ; nothing if they do not differ much. */
    static List<String> kindsDiffer(List<KindStats> kinds) {
        double[] medians = kinds.stream().mapToDouble(KindStats::medianMean).filter(median -> median > 0).sorted()
                .toArray();
        if (medians.length < 2 || medians[medians.length - 1] < MUCH * medians[0]) {
            return List.of();
        }
        long times = Math.round(medians[medians.length - 1] / medians[0]);
        return List.of("The mean E[x²] of these kinds differs by up to " + times
                + " times, whatever their importance: compare tensors of one kind only.");
    }
}
