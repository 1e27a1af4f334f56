package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.io.FormatException;

/** Results that an earlier measurement left in a journal. A new one does not write over them. */
final class EarlierResults {
    /** Whether a journal holds results. */
    @FunctionalInterface
    interface Reader {
        /** @throws FormatException if it is no such journal */
        boolean holdsResults(Path journal) throws IOException;
    }

    private EarlierResults() {
    }

    /**
     * @param part whether the journal is the output of a part
     * @throws FormatException if the journal holds results
     */
    static void refuse(Path journal, boolean part, Reader reader) throws IOException {
        if (Files.exists(journal) && holdsResults(journal, reader)) {
            throw new FormatException(journal, part
                    ? "holds results of a part: give --resume to go on with it, or name another file"
                    : "holds an interrupted measurement: give --resume to go on with it, or delete it to start again");
        }
    }

    private static boolean holdsResults(Path journal, Reader reader) throws IOException {
        try {
            return reader.holdsResults(journal);
        } catch (FormatException e) {
            return false;
        }
    }
}
