package org.imatrixstats.app.command;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

import org.imatrixstats.imatrix.Remedy;

/** Options and commands that help where something is refused. */
public final class Remedies {
    private Remedies() {
    }

    /** A message with what helps. */
    public static String message(Exception e) {
        if (e instanceof Remedy.Known known && known.remedy() != null) {
            return e.getMessage() + ": " + of(known.remedy());
        }
        // The messages of these are the names of the files alone.
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file";
        }
        return e instanceof AccessDeniedException denied
                ? denied.getFile() + ": permission denied"
                : e.getMessage();
    }

    private static String of(Remedy remedy) {
        return switch (remedy) {
            case CHUNK_SIZE -> "give --chunk-size N (llama-imatrix calls it --ctx-size)";
            case IMATRIX -> "give one with --imatrix, or --ignore-imatrix-rules";
            case CHECK -> "'imatrix-stats check' shows all of them";
            case CONVERT -> "'imatrix-stats convert' writes what it reads";
            case DISTORTION -> "--distortion takes a table of them";
            case TYPES -> "see --types, --min-type, --max-type, --pin and --distortion";
            case LOSSES -> "see --distortion, --sensitivity, --beta and --role-weight";
            case MODEL -> "'imatrix-stats inspect' shows it, and other commands take it by --model";
            case JOURNAL_LINE -> "remove this line and give --resume to measure again what it held";
            case JOURNAL_HEAD -> "its results cannot be used. Delete it to start again";
            case JOURNAL_VERSION -> "go on with that version, or delete it to start again";
            case OTHER_FILE -> "name another file, or move this one away";
        };
    }
}
