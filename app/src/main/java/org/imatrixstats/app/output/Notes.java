package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.List;

/** What a reader of a table needs to know about its columns. */
final class Notes {
    private static final String RANKING = "Σ E[x²] grows with depth and differs between kinds by orders of magnitude:"
            + " compare within a kind only. z: robust z-score of ln Σ within its kind; ▲ ▼ mark the highest and the"
            + " lowest tenth.";
    private static final String COLUMNS = "H norm: entropy over its maximum; low means that few columns hold most of"
            + " the energy. ZD: share of columns above μ + σ. cos, gain: against the same tensor in the nearest earlier"
            + " layer. -: undefined.";
    private static final String LAYERS = "Layers: Σ counts every tensor, Σ distinct counts tensors that share an input"
            + " (q, k, v; gate, up) once.";
    private static final String EXPERTS = "use: tokens over the fair share, which is all tokens / experts.";

    private Notes() {
    }

    static List<String> of(FileReport report) {
        List<String> notes = new ArrayList<>();
        for (Sheet<?> sheet : report.sheets()) {
            if (sheet.level() == Level.TENSOR && sheet.rows().isEmpty()) {
                notes.add("Note: no kind has at least three tensors that differ in Σ: there is no ranking. --sort gives"
                        + " another order.");
            } else if (!sheet.chosen() && sheet.level() == Level.TENSOR) {
                notes.add(RANKING);
                notes.add(COLUMNS);
            } else if (!sheet.chosen() && sheet.level() == Level.LAYER) {
                notes.add(LAYERS);
            } else if (sheet.level() == Level.EXPERT && sheet.rows().isEmpty()) {
                notes.add("Note: no tensor has experts.");
            } else if (!sheet.chosen() && sheet.level() == Level.EXPERT) {
                notes.add(EXPERTS);
            }
        }
        report.report().notes().forEach(note -> notes.add("Note: " + note + "."));
        return notes;
    }
}
