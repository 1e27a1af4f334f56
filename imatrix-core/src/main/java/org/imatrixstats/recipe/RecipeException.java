package org.imatrixstats.recipe;

import java.io.IOException;

import org.imatrixstats.imatrix.Remedy;

/** A recipe that cannot be made as wanted; the message says why, and what could be. */
public final class RecipeException extends IOException implements Remedy.Known {
    private static final long serialVersionUID = 1L;

    private final Remedy remedy;

    public RecipeException(String reason) {
        this(reason, null);
    }

    /** @param remedy what helps; null if nothing is known to */
    public RecipeException(String reason, Remedy remedy) {
        super(reason);
        this.remedy = remedy;
    }

    @Override
    public Remedy remedy() {
        return remedy;
    }
}
