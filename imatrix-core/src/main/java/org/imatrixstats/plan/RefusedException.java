package org.imatrixstats.plan;

import java.io.IOException;

/** What llama-quantize would stop at; the message says at what, and what to do instead. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String reason) {
        super(reason);
    }
}
