package org.imatrixstats.app.browse;

import org.imatrixstats.app.terminal.Text;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** One line of the screen, put together from left to right; what does not fit is cut. */
final class Line {
    private final int width;
    private final boolean ascii;
    private final AttributedStringBuilder text = new AttributedStringBuilder();
    private int used;

    Line(int width, boolean ascii) {
        this.width = width;
        this.ascii = ascii;
    }

    Line add(String part, AttributedStyle style) {
        String shown = ascii ? Text.ascii(part) : part;
        int wide = Text.width(shown);
        if (used + wide > width) {
            shown = fitted(shown, width - used, ascii);
            wide = Text.width(shown);
        }
        text.style(style).append(shown);
        used += wide;
        return this;
    }

    Line add(String part) {
        return add(part, AttributedStyle.DEFAULT);
    }

    /** Spaces up to a column. */
    Line to(int column, AttributedStyle style) {
        return add(" ".repeat(Math.max(0, Math.min(column, width) - used)), style);
    }

    /** At the right end, if there is room. */
    Line right(String part, AttributedStyle style) {
        String shown = ascii ? Text.ascii(part) : part;
        int wide = Text.width(shown);
        return used + wide > width ? to(width, style) : to(width - wide, style).add(part, style);
    }

    Line addAll(AttributedString other) {
        // Or it would take on the style of what is before it.
        text.style(AttributedStyle.DEFAULT).append(other);
        used += other.columnLength();
        return this;
    }

    AttributedString done() {
        return text.toAttributedString();
    }

    /** The text, or as much of it as fits before a sign that it goes on. */
    static String fitted(String text, int width, boolean ascii) {
        if (Text.width(text) <= width) {
            return text;
        }
        StringBuilder start = new StringBuilder();
        int used = 0;
        for (int c : text.codePoints().toArray()) {
            int wide = Text.width(Character.toString(c));
            if (used + wide > width - 1) {
                break;
            }
            start.appendCodePoint(c);
            used += wide;
        }
        return width <= 0 ? "" : start + (ascii ? "~" : "…");
    }
}
