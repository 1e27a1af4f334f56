package org.imatrixstats.app.output;

import java.util.List;
import org.imatrixstats.app.output.Level.Sheet;

/** Makes text of rows for programs: a line per row. */
public interface RowWriter {
    /**
     * @param keys   the names of columns before those of the rows
     * @param values what these hold in every row
     * @param level  what a row is
     */
    <R> void add(List<String> keys, List<String> values, String level, List<Column<R>> columns, List<R> rows);

    default <R> void add(List<String> keys, List<String> values, Sheet<?, R> sheet) {
        add(keys, values, sheet.level().label(), sheet.columns(), sheet.rows());
    }

    /** The whole text, with a line end at its end. */
    String text();
}
