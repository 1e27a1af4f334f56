package org.imatrixstats.recipe;

import java.io.IOException;

/** A recipe that cannot be made as wanted; the message says why, and what could be. */
public final class RecipeException extends IOException {
    private static final long serialVersionUID = 1L;

    public RecipeException(String reason) {
        super(reason);
    }
}
