package org.imatrixstats.app.output.verify;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of what {@code verify} found. */
public final class VerifyWriter {
    private VerifyWriter() {
    }

    /** @param all a row per tensor also where tensors of a kind are equal */
    public static String text(OutputFormat format, VerifyReport report, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> VerifyTable.text(report, terminal, all);
            case CSV -> VerifyCsv.text(report);
            case JSON -> VerifyJson.text(report);
            case MARKDOWN -> VerifyTable.markdown(report, all);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
