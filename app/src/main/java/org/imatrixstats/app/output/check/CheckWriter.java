package org.imatrixstats.app.output.check;

/** Makes text of what was found in files. */
public interface CheckWriter {
    void add(CheckReport report);

    /** The whole text, with a line end at its end. */
    String text();
}
