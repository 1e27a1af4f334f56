package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Sheet;

/** What a reader of a table needs to know about its columns. */
final class Notes {
    private static final String RANKING = "Σ E[x²] and the mean differ between kinds by orders of magnitude: compare"
            + " within a kind only. z: robust z-score of the ln of the mean within its kind; ▲ ▼ mark the highest and the"
            + " lowest tenth.";
    private static final List<ColumnNote> COLUMNS = List.of(
            new ColumnNote("H norm", "H norm: entropy over its maximum; low means that few columns hold most of the"
                    + " energy."),
            new ColumnNote("ZD", "ZD: share of columns above μ + σ."),
            new ColumnNote("cos", "cos, gain: against the same tensor in the nearest earlier layer."));
    private static final String UNDEFINED = "-: undefined.";
    private static final String LAYERS = "Layers: Σ counts every tensor, Σ distinct counts tensors that share an input"
            + " (q, k, v; gate, up) once.";
    private static final String EXPERTS = "use: tokens over the fair share, which is all tokens / experts.";

    private Notes() {
    }

    private record ColumnNote(String header, String text) {
    }

    /** @param shown the headers of the columns that there was room for */
    static List<String> of(FileReport report, Set<String> shown) {
        List<String> notes = new ArrayList<>();
        for (Sheet<?> sheet : report.sheets()) {
            if (sheet.level() == StatsLevels.TENSOR && sheet.rows().isEmpty()) {
                notes.add(
                        "Note: no kind has at least three tensors that differ by more than 1%: there is no ranking. --sort gives"
                                + " another order.");
            } else if (!sheet.chosen() && sheet.level() == StatsLevels.TENSOR) {
                notes.add(RANKING);
                notes.add(Stream.concat(COLUMNS.stream().filter(note -> shown.contains(note.header))
                        .map(ColumnNote::text), Stream.of(UNDEFINED)).collect(Collectors.joining(" ")));
            } else if (!sheet.chosen() && sheet.level() == StatsLevels.LAYER) {
                notes.add(LAYERS);
            } else if (sheet.level() == StatsLevels.EXPERT && sheet.rows().isEmpty()) {
                notes.add("Note: no tensor has experts.");
            } else if (!sheet.chosen() && sheet.level() == StatsLevels.EXPERT) {
                notes.add(EXPERTS);
            }
        }
        report.report().notes().forEach(note -> notes.add("Note: " + note + "."));
        return notes;
    }
}
