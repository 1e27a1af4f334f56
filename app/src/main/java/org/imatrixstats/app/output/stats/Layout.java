package org.imatrixstats.app.output.stats;

import java.util.Locale;

/** {@code --layout}: our own tables, or those of a llama-imatrix program with its columns and digits. */
public enum Layout {
    DEFAULT, CLASSIC, EXTENDED;

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return label();
    }
}
