package org.imatrixstats.app.output.recipe;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Shell;

/** Makes text of a recipe. */
public final class RecipeWriter {
    private RecipeWriter() {
    }

    /** @param shell that a command is quoted for */
    public static String text(OutputFormat format, RecipeReport report, Shell shell) {
        return switch (format) {
            case COMMAND -> new QuantizeCommand(report).text(shell);
            case RULES -> new QuantizeCommand(report).rules();
            case FILE -> new QuantizeCommand(report).ruleFile();
            case JSON -> new RecipeJsonWriter(report).text();
            case MARKDOWN -> new RecipeMarkdownWriter(report).text();
            case TABLE, JSONL, CSV, TSV -> throw format.notOffered();
        };
    }
}
