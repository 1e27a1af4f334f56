package org.imatrixstats.check;

import java.util.Locale;

/** How bad a finding is, worst first. */
public enum Severity {
    /** A quantizer refuses the file, or makes a model of it that is broken. */
    ERROR,
    /** Part of the file does not say what it should; the model will be worse than it could be. */
    WARNING,
    /** Worth knowing; usual in sound files. */
    NOTE;

    /** The name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
