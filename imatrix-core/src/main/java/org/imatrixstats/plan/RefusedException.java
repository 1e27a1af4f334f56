package org.imatrixstats.plan;

import java.io.IOException;

/** What llama-quantize would stop at; the message says at what, and what to do instead. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int MOST_QUOTED = 120;

    public RefusedException(String reason) {
        super(reason);
    }

    /** Of what a user wrote, as much as fits a message. */
    public static String quoted(String given) {
        return "'" + (given.length() <= MOST_QUOTED ? given : given.substring(0, MOST_QUOTED - 1) + "…") + "'";
    }
}
