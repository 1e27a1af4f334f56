package org.imatrixstats.app.output;

import java.util.Locale;

/** What a row of {@code converge} is. */
public enum ConvergeLevel {
    SNAPSHOT, KIND, TENSOR;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
