package org.imatrixstats.app.output.check;

import java.util.Locale;

import org.imatrixstats.app.terminal.Terminal;

/** The formats of {@code check --format}. */
public enum CheckFormat {
    TABLE, JSON, MARKDOWN;

    /** @param all whether a table shows every place, not only the first few of each code */
    public CheckWriter writer(Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> new CheckTableWriter(terminal, all);
            case JSON -> new CheckJsonWriter();
            case MARKDOWN -> new CheckMarkdownWriter();
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
