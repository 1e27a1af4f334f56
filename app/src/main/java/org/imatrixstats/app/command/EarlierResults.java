package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

import org.imatrixstats.app.option.JournalOptions;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.Changes;
import org.imatrixstats.journal.JournalKind;
import org.imatrixstats.journal.JournalReader;

/**
 * Results in the journal of a measurement that did not come to its end. A new measurement does not write over them, nor over
 * any other file.
 *
 * @param journal null if none is kept
 * @param done    how many results there are
 * @param all     how many there would be at the end
 * @param of      what is counted, in the plural
 */
record EarlierResults(Path journal, JournalKind kind, IntSupplier done, int all, String of) {
    /**
     * Whether there are results to go on with.
     *
     * @throws FormatException if there are results and the user did not give --resume, or the file is no journal
     */
    static boolean goOn(Path journal, JournalKind kind, JournalOptions job) throws IOException {
        boolean there = areIn(journal, kind);
        if (there && !job.resumes()) {
            throw new FormatException(journal, job.isPart()
                    ? "holds results of a part: give --resume to go on with it, or name another file"
                    : "holds an interrupted measurement: give --resume to go on with it, or delete it to start again");
        }
        return there;
    }

    /** @throws FormatException if the file is no journal */
    private static boolean areIn(Path journal, JournalKind kind) throws IOException {
        return Files.isRegularFile(journal) && JournalReader.holdsResults(journal, kind);
    }

    /**
     * The journal is of another measurement.
     *
     * @param changes   what of this measurement is not as in that one
     * @param otherwise what else may differ
     */
    static FormatException ofOther(Path journal, Changes changes, String otherwise) {
        return new FormatException(journal, "belongs to another measurement" + (changes.isEmpty()
                ? ": " + otherwise + " or the version differ. Name another output, or delete it to start again"
                : ", with " + changes + ". Give the same again, name another output, or delete it to start again"));
    }

    /** What is said when a signal ends the measurement. */
    String interrupted() {
        String kept = kept();
        return journal == null
                ? "stopped. Without --output, no results are kept"
                : kept.isEmpty() ? "stopped before the first result" : "stopped. " + kept;
    }

    /** Where the results are, and how to go on; empty if there are none. A journal without results is deleted. */
    String kept() {
        if (journal == null) {
            return "";
        }
        try {
            if (!areIn(journal, kind)) {
                Files.deleteIfExists(journal);
                return "";
            }
        } catch (IOException e) {
            // What is there stays.
        }
        return "The results of " + done.getAsInt() + " of " + all + " " + of + " are in " + journal
                + ": --resume goes on from there";
    }
}
