package org.imatrixstats.plan;

import java.io.IOException;

import org.imatrixstats.imatrix.Remedy;

/** What llama-quantize would stop at; the message says at what, and what to do instead. */
public final class RefusedException extends IOException implements Remedy.Known {
    private static final long serialVersionUID = 1L;

    private static final int MOST_QUOTED = 120;

    private final Remedy remedy;

    public RefusedException(String reason) {
        this(reason, null);
    }

    /** @param remedy what helps; null if nothing is known to */
    public RefusedException(String reason, Remedy remedy) {
        super(reason);
        this.remedy = remedy;
    }

    @Override
    public Remedy remedy() {
        return remedy;
    }

    /** Of what a user wrote, as much as fits a message. */
    public static String quoted(String given) {
        return "'" + (given.length() <= MOST_QUOTED ? given : given.substring(0, MOST_QUOTED - 1) + "…") + "'";
    }
}
