package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.JournalKind;
import org.imatrixstats.journal.JournalReader;

/** Results that an earlier measurement left in a journal. A new one does not write over them, nor over any other file. */
final class EarlierResults {
    private EarlierResults() {
    }

    /**
     * Whether there are results to go on with.
     *
     * @param part   whether the journal is the output of a part
     * @param resume whether to go on with them
     * @throws FormatException if there are results and they are not to be gone on with, or another file is in the place of
     *                         the journal
     */
    static boolean goOn(Path journal, JournalKind kind, boolean part, boolean resume) throws IOException {
        boolean there = areIn(journal, kind);
        if (there && !resume) {
            throw new FormatException(journal, part
                    ? "holds results of a part: give --resume to go on with it, or name another file"
                    : "holds an interrupted measurement: give --resume to go on with it, or delete it to start again");
        }
        return there;
    }

    /**
     * What is said when a signal ends a measurement. A journal without results is deleted.
     *
     * @param journal null if none is kept
     * @param of      what is counted, in the plural
     */
    static String interrupted(Path journal, JournalKind kind, int done, int all, String of) {
        if (journal == null) {
            return "stopped. Without --output, no results are kept";
        }
        try {
            if (!areIn(journal, kind)) {
                Files.deleteIfExists(journal);
                return "stopped before the first result";
            }
        } catch (IOException e) {
            // The process is ending: what is there stays.
        }
        return "stopped. The results of " + done + " of " + all + " " + of + " are in " + journal
                + ": --resume goes on from there";
    }

    private static boolean areIn(Path journal, JournalKind kind) throws IOException {
        return Files.isRegularFile(journal) && JournalReader.holdsResults(journal, kind);
    }
}
