package org.imatrixstats.journal;

/**
 * What a journal is of. Its first line is {@code imatrix-stats NAME VERSION DIGEST COUNT}.
 *
 * @param name    of what it holds
 * @param version of the lines that follow
 * @param command that writes such journals, for messages
 */
public record JournalKind(String name, int version, String command) {
    private static final String PROGRAM = "imatrix-stats ";

    /** How the first line begins, in every version. */
    String anyVersion() {
        return PROGRAM + name + " ";
    }

    /** How the first line begins. */
    String magic() {
        return anyVersion() + version + " ";
    }

    /** The first line. */
    String header(String digest, int count) {
        return magic() + digest + " " + count;
    }

    @Override
    public String toString() {
        return "a journal or part file of '" + PROGRAM + command + "'";
    }
}
