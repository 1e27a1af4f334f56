package org.imatrixstats.app.output;

import java.util.List;

/** Makes text of rows for programs: a line per row. */
public interface RowWriter {
    /**
     * @param keys   the names of columns before those of the sheet
     * @param values what these hold in every row of it
     */
    <R> void add(List<String> keys, List<String> values, Sheet<?, R> sheet);

    /** The whole text, with a line end at its end. */
    String text();
}
