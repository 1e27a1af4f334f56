package org.imatrixstats.app.output.error;

import java.io.IOException;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.error.ErrorCsv;

/** Measured errors in the formats of {@code error --format}. */
public final class ErrorWriter {
    private ErrorWriter() {
    }

    /**
     * @param all  a row per tensor in tables, not one for each kind
     * @param type the type that tables draw a map of; null for none
     * @throws IOException if there is no such type among those measured
     */
    public static String text(OutputFormat format, ErrorReport report, Terminal terminal, boolean all, String type)
            throws IOException {
        return switch (format) {
            case TABLE -> new ErrorTable(report, terminal).text(all, type);
            case CSV -> ErrorCsv.text(report.errors());
            case JSON -> ErrorJson.text(report);
            case MARKDOWN -> new ErrorTable(report, terminal).markdown(all);
            default -> throw format.notOffered();
        };
    }
}
