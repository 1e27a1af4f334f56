package org.imatrixstats.app.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.compare.CompareReport.Two;
import org.imatrixstats.app.output.compare.CompareReport;
import org.imatrixstats.app.output.compare.CompareWriter;
import org.imatrixstats.app.output.compare.ComparisonWarnings;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.app.output.compare.PairLevels;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.compare.ColumnDensity;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.DistinctPairs;
import org.imatrixstats.compare.PairCalculator;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.SharedInputs;

/**
 * The first of several files compared with each of the others, for a page.
 *
 * @param pairs one per other file
 */
public record Comparisons(List<CompareReport.Input> files, List<Comparison> pairs, int threads) {
    /** Rows of tensors in the text. */
    private static final int ROWS_SHOWN = 20;
    /** More tensors than this in all pairs together make a page too large if it shows the columns of each. */
    private static final int MOST_DENSITIES = 1500;
    /** More squares than this, which take about a megabyte, are drawn twice as wide. */
    private static final int MOST_CELLS = 100_000;

    /**
     * A file that was looked at already.
     *
     * @param digest fingerprint of its content
     */
    record File(Imatrix imatrix, SharedInputs inputs, ContentDigest digest) {
    }

    /** The first and those that it can be compared with; of the others the page says that they cannot. */
    public static List<Imatrix> comparable(List<Imatrix> imatrices, Notes notes) throws IOException {
        Imatrix first = imatrices.getFirst();
        List<Imatrix> comparable = new ArrayList<>(List.of(first));
        for (Imatrix other : imatrices.subList(1, imatrices.size())) {
            try {
                Pairing.of(first, other).requireCommonTensors();
                comparable.add(other);
            } catch (ImatrixException e) {
                notes.add(e.getMessage() + "; it is shown separately");
            }
        }
        return comparable;
    }

    /** The pairs of tensors of the first file and each of the others. */
    static List<DistinctPairs> pairs(List<File> files) throws IOException {
        List<DistinctPairs> pairs = new ArrayList<>();
        File first = files.getFirst();
        for (File other : files.subList(1, files.size())) {
            Pairing pairing = Pairing.of(first.imatrix, other.imatrix);
            pairing.requireCommonTensors();
            pairs.add(new DistinctPairs(pairing, first.inputs, other.inputs, _ -> true));
        }
        return pairs;
    }

    /** @param progress told of the values that are done */
    static Comparisons of(List<File> files, List<DistinctPairs> pairs, int threads, LongConsumer progress)
            throws IOException {
        List<Comparison> comparisons = new ArrayList<>();
        for (DistinctPairs each : pairs) {
            comparisons.add(PairCalculator.compare(each, threads, progress));
        }
        return new Comparisons(
                files.stream().map(file -> new CompareReport.Input(file.imatrix, file.digest)).toList(), comparisons,
                threads);
    }

    /** What {@code compare} prints. */
    public Document document() throws IOException {
        String json = CompareWriter.of(OutputFormat.JSON, Terminal.PIPE).text(report(Integer.MAX_VALUE,
                List.of(PairLevels.TENSOR, PairLevels.LAYER, PairLevels.KIND, PairLevels.OVERALL,
                        PairLevels.COVERAGE)));
        String text = CompareWriter.of(OutputFormat.TABLE, Terminal.PIPE).text(report(ROWS_SHOWN,
                List.of(PairLevels.KIND, PairLevels.TENSOR, PairLevels.COVERAGE)));
        return new Document(Document.Kind.COMPARE, json, text);
    }

    /** Where the columns of each tensor lie, by pair; nothing if that were too much for a page. */
    public List<List<ColumnDensity>> densities() throws IOException {
        List<List<ColumnDensity>> densities = new ArrayList<>();
        if (pairs.stream().mapToInt(pair -> pair.tensors().size()).sum() <= MOST_DENSITIES) {
            for (Comparison pair : pairs) {
                densities.add(ColumnDensity.of(pair, threads));
            }
        }
        int cells = densities.stream().flatMap(List::stream).mapToInt(density -> density.cells().size()).sum();
        return cells <= MOST_CELLS
                ? densities
                : densities.stream().map(pair -> pair.stream().map(ColumnDensity::coarser).toList()).toList();
    }

    private CompareReport report(int mostTensors, List<Level<Two, ?>> levels) throws IOException {
        List<CompareReport.Pair> shown = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            Comparison pair = pairs.get(i);
            Two two = new Two(0, i + 1, pair, null, threads);
            List<Sheet<Two, ?>> sheets = new ArrayList<>();
            for (Level<Two, ?> level : levels) {
                Sheet<Two, ?> sheet = level.sheet(two);
                sheets.add(level == PairLevels.TENSOR ? sheet.first(mostTensors) : sheet);
            }
            int leftOut = Math.max(0, pair.tensors().size() - mostTensors);
            shown.add(new CompareReport.Pair(two, sheets, leftOut, ComparisonWarnings.of(pair)));
        }
        return new CompareReport(files, shown, null);
    }
}
