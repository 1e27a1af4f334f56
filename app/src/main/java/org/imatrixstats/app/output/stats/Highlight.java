package org.imatrixstats.app.output.stats;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that stands out in a file.
 *
 * @param what  what it is
 * @param where what has it, most first, at least one
 */
public record Highlight(String what, List<String> where) {
    /** How many a sentence names unless room is short. */
    static final int MOST_NAMED = 4;

    /** A sentence that names a few. */
    public String sentence() {
        return sentence(MOST_NAMED);
    }

    String sentence(int mostNamed) {
        int more = where.size() - mostNamed;
        return what + ": " + where.stream().limit(mostNamed).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "") + ".";
    }
}
