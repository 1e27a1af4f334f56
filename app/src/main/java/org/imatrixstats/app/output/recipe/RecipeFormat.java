package org.imatrixstats.app.output.recipe;

import java.util.Locale;

/** What {@code recipe --emit} writes. */
public enum RecipeFormat {
    COMMAND, RULES, FILE, JSON, MARKDOWN;

    public String text(RecipeReport report) {
        return switch (this) {
            case COMMAND -> new QuantizeCommand(report).shell();
            case RULES -> new QuantizeCommand(report).rules();
            case FILE -> new QuantizeCommand(report).ruleFile();
            case JSON -> new RecipeJsonWriter(report).text();
            case MARKDOWN -> new RecipeMarkdownWriter(report).text();
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
