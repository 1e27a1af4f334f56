package org.imatrixstats.app.output.inspect;

import java.util.Locale;

import org.imatrixstats.app.terminal.Terminal;

/** The formats of {@code inspect --format}. */
public enum InspectFormat {
    TABLE, JSON, CSV, MARKDOWN;

    /** @param all a row per tensor also where tensors that differ only in their layer would share one */
    public InspectWriter writer(Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> new InspectTable(terminal, all);
            case JSON -> new InspectJson();
            case CSV -> new InspectCsv();
            case MARKDOWN -> new InspectMarkdown(all);
        };
    }

    /** Whether the warnings are a part of what people read. */
    public boolean showsWarnings() {
        return this == TABLE || this == MARKDOWN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
