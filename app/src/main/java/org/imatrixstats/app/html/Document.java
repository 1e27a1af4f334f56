package org.imatrixstats.app.html;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * What another command says of the files.
 *
 * @param json as it prints it with {@code --format json}
 * @param text as it prints it for people: what is shown without scripts
 */
public record Document(Kind kind, String json, String text) {
    /** The command. */
    public enum Kind {
        COMPARE, CONVERGE, PLAN, WEIGHTS, SPECTRUM, ERRORS, FRONTIER, MEASURE;

        /** Whether it is of the files together, and not of a model. */
        boolean isOfFiles() {
            return this == COMPARE || this == CONVERGE;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String html() throws IOException {
        return Template.of(kind.label() + ".html").filled(Map.of("text", lines()));
    }

    private String lines() {
        Html html = new Html();
        text.strip().lines().forEach(line -> html.text(line).line());
        return html.toString();
    }
}
