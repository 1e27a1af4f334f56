package org.imatrixstats.measure;

import java.util.List;

import org.imatrixstats.csv.CsvLine;

/**
 * Measured losses as CSV: a row for each tensor, in the order of the model. Tensors of one group were changed together: each of
 * their rows holds the figures of the whole group.
 */
public final class LossCsv {
    /** The columns. */
    public static final List<String> COLUMNS = List.of("tensor", "type", "kld", "kld_error", "ppl", "ppl_error",
            "same_top", "same_top_error", "group", "tensors", "chunks", "running");

    private LossCsv() {
    }

    public static String text(List<GroupLoss> losses) {
        StringBuilder text = new StringBuilder(CsvLine.of(COLUMNS));
        for (GroupLoss loss : losses) {
            KlDivergence result = loss.result();
            for (GroupLoss.Member member : loss.tensors()) {
                text.append(CsvLine.of(List.of(CsvLine.name(member.tensor()), member.type().ggmlName(),
                        CsvLine.number(result.kld()), CsvLine.number(result.kldError()), CsvLine.number(result.ppl()),
                        CsvLine.number(result.pplError()), CsvLine.number(result.sameTop()),
                        CsvLine.number(result.sameTopError()), CsvLine.name(loss.group()),
                        Integer.toString(loss.tensors().size()), Integer.toString(result.chunks()),
                        Boolean.toString(result.running()))));
            }
        }
        return text.toString();
    }
}
