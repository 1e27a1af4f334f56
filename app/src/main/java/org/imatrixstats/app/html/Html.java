package org.imatrixstats.app.html;

import org.imatrixstats.app.terminal.Text;

/** HTML that is written element by element. Texts and attribute values are escaped here and nowhere else. */
final class Html {
    private final StringBuilder text = new StringBuilder();

    /** @param attributes names and values in turn; one whose value is null is left out */
    Html start(String element, String... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i + 1] != null) {
                text.append(' ').append(attributes[i]).append("=\"").append(escaped(attributes[i + 1])).append('"');
            }
        }
        text.append('>');
        return this;
    }

    Html end(String element) {
        text.append("</").append(element).append('>');
        return this;
    }

    Html text(String content) {
        text.append(escaped(content));
        return this;
    }

    /** An element that holds a text. */
    Html element(String element, String content, String... attributes) {
        return start(element, attributes).text(content).end(element);
    }

    Html line() {
        text.append('\n');
        return this;
    }

    /** Characters that a reader cannot see, or that reverse the reading direction, are written as escapes. */
    static String escaped(String content) {
        StringBuilder escaped = new StringBuilder();
        Text.printable(content).chars().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append((char) c);
            }
        });
        return escaped.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
