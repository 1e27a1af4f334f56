package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.function.LongConsumer;

/** Where a table comes from. Its methods may take seconds: they run beside the keyboard, one at a time. */
interface Source {
    /** Its name among the others. */
    String title();

    /** Values to be walked for the table. */
    long work();

    /** @param walked is told how many more values were walked, by any thread */
    Table load(LongConsumer walked) throws IOException;

    /** What is said about one tensor of the loaded table. */
    Detail detail(int row) throws IOException;
}
