package org.imatrixstats.app.output.stats;

import java.util.Locale;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

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

    /** The writer of a layout in the format {@link OutputFormat#TABLE}. */
    StatsWriter writer(Terminal terminal, boolean overview) {
        return switch (this) {
            case DEFAULT -> new StatsTableWriter(terminal, overview);
            case CLASSIC -> new ClassicLayout(terminal.ascii());
            case EXTENDED -> new ExtendedLayout(terminal.ascii());
        };
    }
}
