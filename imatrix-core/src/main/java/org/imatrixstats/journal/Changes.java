package org.imatrixstats.journal;

import java.util.ArrayList;
import java.util.List;

/** What differs between an earlier measurement and this one: each property as {@code WHAT BEFORE (now NOW)}. */
public final class Changes {
    private final List<String> texts = new ArrayList<>();

    /** None yet. */
    public Changes() {
    }

    /** Adds a property if it changed. An empty text means that nothing was given. */
    public Changes add(String what, String before, String now) {
        if (!before.equals(now)) {
            texts.add(before.isEmpty()
                    ? "without " + what + " (now " + now + ")"
                    : what + " " + before + " (now " + (now.isEmpty() ? "none" : now) + ")");
        }
        return this;
    }

    public boolean isEmpty() {
        return texts.isEmpty();
    }

    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
