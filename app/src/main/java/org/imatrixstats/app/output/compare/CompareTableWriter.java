package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.Tables;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.compare.PairStats;

/** A comparison for people: the files, the answer in words, and tables, the worst first. */
final class CompareTableWriter {
    private static final String INDENT = "  ";
    private static final String MORE = "more";
    /** What the second file of a pair is called by the columns, in the last word of their headers. */
    private static final String SECOND = "B";
    private static final String CAPTION = "JS: Jensen-Shannon divergence of the columns' shares of the energy, in bits; up to"
            + " 0.001 they are nearly the same, above 0.01 other columns matter. top: largest columns in both over those in"
            + " either. Σ ratio: energy of the first file over that of the second. differs in: columns (JS above 0.01), scale (Σ by more than a factor of"
            + " 1.25), both or none. -: undefined.";
    private static final String CHANNELS = "JS: what a column adds to the Jensen-Shannon divergence, in bits. share: of the"
            + " energy of all columns. rank 1 is the largest E[x²].";
    private static final String OUTLIERS = "in %s, in %s: tensors of that width in which the channel is among the largest 1%%."
            + " × mean: its E[x²] over the mean of all channels, on average.";
    /** Shown where the user chose no columns; where they do not all fit, those at the end are left out first, A with B. */
    private static final Map<Level<?>, List<List<String>>> SHOWN = Map.of( //
            PairLevels.TENSOR,
            shown("js_divergence", "difference", "energy_ratio", "top_overlap.10%", "spearman", "cosine_similarity",
                    "experts_only_*", "top_overlap.1%", "entropy_change", "total_variation", "pearson"),
            PairLevels.LAYER, groupColumns(), PairLevels.KIND, groupColumns(), //
            PairLevels.COVERAGE, shown(MORE, "entropy_normalized_*", "experts_*", "experts", "active_*"), //
            PairLevels.CHANNEL, shown("js_divergence", "e_*", "rank_*", "share_*", "share_ratio"), //
            PairLevels.OUTLIER, shown("in_*", "tensors", "times_*"));

    private final Terminal terminal;
    private final Page page;

    CompareTableWriter(Terminal terminal) {
        this.terminal = terminal;
        this.page = new Page(terminal);
    }

    /** Keys of columns; * stands for that of A and that of B. */
    private static List<List<String>> shown(String... keys) {
        return Stream.of(keys).map(
                key -> key.endsWith("*") ? List.of(key.replace("*", "a"), key.replace("*", "b")) : List.of(key))
                .toList();
    }

    private static List<List<String>> groupColumns() {
        return shown("js_divergence.median", "js_divergence.worst", "tensors", "js_divergence.worst_tensor",
                "energy_ratio.median", "top_overlap.10%.median", "spearman.median", "cosine_similarity.median",
                "entropy_change.median");
    }

    String text(CompareReport report) {
        for (int file = 0; file < report.files().size(); file++) {
            writeFile(CompareReport.letter(file), report.files().get(file).summary());
        }
        if (report.matrix() != null) {
            page.add(List.of(matrix(report)));
        }
        for (CompareReport.Pair pair : report.pairs()) {
            write(report, pair);
        }
        return page.text();
    }

    private void writeFile(String letter, FileSummary file) {
        page.wrapped(Text.printable(letter + "  " + file.name()), "", terminal::bold);
        Summary.lines(file).forEach(line -> page.wrapped(Text.printable(line), INDENT, UnaryOperator.identity()));
    }

    private TextTable matrix(CompareReport report) {
        int n = report.files().size();
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("", IntStream.range(0, n).mapToObj(CompareReport::letter).toList(), true, 0));
        for (int j = 0; j < n; j++) {
            int column = j;
            columns.add(new TextColumn(CompareReport.letter(j),
                    IntStream.range(0, n).mapToObj(i -> Cells.bits(report.matrix()[i][column])).toList(), false,
                    1 + j));
        }
        return new TextTable("median Jensen-Shannon divergence, bits", columns);
    }

    private void write(CompareReport report, CompareReport.Pair pair) {
        String a = CompareReport.letter(pair.a());
        String b = CompareReport.letter(pair.b());
        page.line("");
        if (report.pairs().size() > 1) {
            page.wrapped(a + " and " + b, "", terminal::bold);
        }
        for (String line : Verdict.of(report, pair).lines()) {
            String indent = line.startsWith(Verdict.INDENT) ? INDENT : "";
            page.wrapped(Text.printable(line.substring(indent.length())), indent, UnaryOperator.identity());
        }
        pair.sheets().stream().filter(sheet -> !sheet.rows().isEmpty())
                .forEach(sheet -> page.add(tables(named(sheet, b), pair)));
        page.line("");
        notes(pair, a, b).forEach(note -> page.wrapped(note, "", terminal::dim));
    }

    private static List<String> notes(CompareReport.Pair pair, String a, String b) {
        List<String> notes = new ArrayList<>();
        if (pair.leftOut() > 0) {
            notes.add(Numbers.count(pair.leftOut(), "row") + " left out"
                    + (pair.channels() == null ? ", among them tensors that share an input with one shown" : "")
                    + "; --top N shows more, --format csv all.");
        }
        if (has(pair, PairLevels.TENSOR) || has(pair, PairLevels.KIND) || has(pair, PairLevels.LAYER)) {
            notes.add(CAPTION);
        }
        if (has(pair, PairLevels.CHANNEL)) {
            notes.add(CHANNELS);
        }
        if (has(pair, PairLevels.OUTLIER)) {
            notes.add(OUTLIERS.formatted(a, b));
        }
        if (has(pair, PairLevels.COVERAGE)) {
            notes.add(Verdict.coverage(pair.selected(), a, b));
        }
        return notes;
    }

    private static boolean has(CompareReport.Pair pair, Level<?> level) {
        return pair.sheets().stream().anyMatch(sheet -> sheet.level() == level && !sheet.rows().isEmpty());
    }

    @SuppressWarnings("unchecked")
    private static List<TextTable> tables(Sheet<?> sheet, CompareReport.Pair pair) {
        if (sheet.level() == PairLevels.TENSOR) {
            return tensors((Sheet<PairStats>) sheet, hasExperts(pair));
        }
        return List.of(new TextTable(title(sheet.level(), pair),
                columns(sheet, hasExperts(pair), sheet.level().names().toArray(String[]::new))));
    }

    /** With the letter of the second file in the headers. */
    static <R> Sheet<R> named(Sheet<R> sheet, String letter) {
        return sheet.withColumns(sheet.columns().stream()
                .map(column -> column
                        .withHeader(column.header().replaceFirst(" " + SECOND + "$", " " + letter)))
                .map(column -> column.key().equals(MORE)
                        ? column.withText(text -> text.equals(SECOND) ? letter : text)
                        : column)
                .toList());
    }

    private static String title(Level<?> level, CompareReport.Pair pair) {
        if (level == PairLevels.CHANNEL) {
            return "channels of " + Text.printable(pair.channels());
        }
        return level == PairLevels.OUTLIER
                ? "channels that are outliers in many tensors"
                : level == PairLevels.COVERAGE ? "which text exercises more" : level.label() + "s";
    }

    private static List<TextTable> tensors(Sheet<PairStats> sheet, boolean experts) {
        return switch (sheet.grouping()) {
            case NONE -> List.of(new TextTable("tensors", columns(sheet, experts, "name")));
            case LAYER ->
                Tables.grouped(sheet, row -> row.name().hasLayer() ? "layer " + row.name().inStack() : "no layer",
                        group -> columns(Tables.named(group, "kind"), experts, "kind"));
            case KIND -> Tables.grouped(sheet, row -> Text.printable(row.name().kind()),
                    group -> columns(Tables.named(group, "layer"), experts, "layer"));
        };
    }

    private static boolean hasExperts(CompareReport.Pair pair) {
        return pair.selected().tensors().stream().anyMatch(tensor -> tensor.pair().matrices() > 1);
    }

    private static <R> List<TextColumn> columns(Sheet<R> sheet, boolean experts, String... names) {
        return Tables.columns(sheet, shown(sheet.level(), experts), names);
    }

    private static List<List<String>> shown(Level<?> level, boolean experts) {
        return SHOWN.get(level).stream().filter(keys -> experts || !keys.getFirst().startsWith("experts")).toList();
    }

    /** With the columns that are shown to people, which are fewer than there are, unless the user chose some. */
    static Sheet<?> shown(Sheet<?> sheet, CompareReport.Pair pair) {
        return sheet.chosen()
                ? sheet
                : Tables.withColumns(sheet,
                        shown(sheet.level(), hasExperts(pair)).stream().flatMap(List::stream).toList());
    }
}
