package org.imatrixstats.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.csv.CsvLine;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

/**
 * Measured models as a table. {@code name} and {@code kld} must be there, and {@code bytes} or {@code bpw} to show a point in a
 * chart; an empty cell is not known, other columns are passed over.
 */
public final class KldResults {
    /** The columns as they are written. */
    public static final List<String> COLUMNS = List.of("name", "model", "bytes", "bpw", "kld", "kld_error", "ppl",
            "ppl_error", "same_top", "same_top_error", "chunks", "text", "evaluation", "types");

    private KldResults() {
    }

    /**
     * Reads a table.
     *
     * @throws IOException if it is not such a table
     */
    public static List<KldPoint> read(ByteSource file) throws IOException {
        Csv csv = Csv.read(file);
        csv.requireAll(List.of("name", "kld"));
        List<KldPoint> points = new ArrayList<>();
        for (Csv.Row row : csv.rows()) {
            points.add(new KldPoint(name(text(csv, row, "name")), name(text(csv, row, "model")),
                    count(csv, row, "bytes"), positive(csv, row, "bpw"),
                    new KlDivergence(csv.number(row, "kld"), positive(csv, row, "kld_error"),
                            positive(csv, row, "ppl"), positive(csv, row, "ppl_error"),
                            positive(csv, row, "same_top"), positive(csv, row, "same_top_error"),
                            Math.toIntExact(Math.min(Integer.MAX_VALUE, count(csv, row, "chunks"))), false),
                    name(text(csv, row, "text")), text(csv, row, "evaluation"), text(csv, row, "types")));
        }
        return points;
    }

    /** Whether a table has the columns that are written, so that lines can be added to it. */
    public static boolean canAppend(String table) {
        return firstLine(table).startsWith(CsvLine.of(COLUMNS).strip());
    }

    /**
     * What others measured: a table, or the log of a run of llama-perplexity.
     *
     * @param name of the model, where it is a log
     * @throws IOException if it is neither
     */
    public static List<KldPoint> imported(ByteSource file, String name) throws IOException {
        String content = TextFile.read(file, "a log of llama-perplexity or a table with name,kld");
        if (List.of(firstLine(content).toLowerCase(Locale.ROOT).split("[,;\t]")).containsAll(List.of("name", "kld"))) {
            return read(file);
        }
        PerplexityOutput log = PerplexityOutput.ofLog(file.name(), content);
        KlDivergence result = log.result().or(log::running).orElseThrow(() -> new FormatException(file.name(),
                "holds no KL divergence, expected the log of 'llama-perplexity --kl-divergence' or a table with name,kld"));
        return List.of(new KldPoint(name, "", log.modelBytes(), log.bitsPerWeight(), result, "", "", ""));
    }

    /** Without comments. */
    private static String firstLine(String table) {
        return table.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).findFirst().orElse("");
    }

    private static String text(Csv csv, Csv.Row row, String column) {
        return csv.has(column) ? csv.text(row, column) : "";
    }

    /** Without the apostrophe that keeps a spreadsheet from computing it. */
    private static String name(String text) {
        return text.length() > 1 && CsvLine.name(text.substring(1)).equals(text) ? text.substring(1) : text;
    }

    private static double positive(Csv csv, Csv.Row row, String column) throws IOException {
        return text(csv, row, column).isEmpty() ? Double.NaN : csv.value(row, column);
    }

    private static long count(Csv csv, Csv.Row row, String column) throws IOException {
        return text(csv, row, column).isEmpty() ? 0 : csv.count(row, column);
    }

    /** A table of these points. */
    public static String text(List<KldPoint> points) {
        StringBuilder text = new StringBuilder(CsvLine.of(COLUMNS));
        points.forEach(point -> text.append(line(point)));
        return text.toString();
    }

    /** One line of the table. */
    public static String line(KldPoint point) {
        KlDivergence result = point.result();
        return CsvLine.of(List.of(CsvLine.name(point.name()), CsvLine.name(point.model()), count(point.bytes()),
                CsvLine.number(point.bitsPerWeight()), CsvLine.number(result.kld()),
                CsvLine.number(result.kldError()), CsvLine.number(result.ppl()), CsvLine.number(result.pplError()),
                CsvLine.number(result.sameTop()), CsvLine.number(result.sameTopError()), count(result.chunks()),
                CsvLine.name(point.text()), point.evaluation(), point.types()));
    }

    private static String count(long count) {
        return count == 0 ? "" : Long.toString(count);
    }
}
