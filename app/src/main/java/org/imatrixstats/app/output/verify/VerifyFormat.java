package org.imatrixstats.app.output.verify;

import java.util.Locale;

import org.imatrixstats.app.terminal.Terminal;

/** The formats of {@code verify --format}. */
public enum VerifyFormat {
    TABLE, CSV, JSON, MARKDOWN;

    /** @param all a row per tensor also where tensors of a kind are equal */
    public String text(VerifyReport report, Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> VerifyTable.text(report, terminal, all);
            case CSV -> VerifyCsv.text(report);
            case JSON -> VerifyJson.text(report);
            case MARKDOWN -> VerifyTable.markdown(report, all);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
