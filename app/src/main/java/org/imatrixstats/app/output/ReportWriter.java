package org.imatrixstats.app.output;

import java.io.IOException;

/** Makes text of reports. The text is given out when all files have been read, so that an error leaves no half of it. */
public interface ReportWriter {
    void add(FileReport report) throws IOException;

    /** The whole text, with a line end at its end. */
    String text();
}
