package org.imatrixstats.app.output.inspect;

import java.io.IOException;

/** Makes text of what is said about models. */
public sealed interface InspectWriter permits InspectTable, InspectJson, InspectCsv, InspectMarkdown {
    void add(InspectReport report) throws IOException;

    String text();
}
