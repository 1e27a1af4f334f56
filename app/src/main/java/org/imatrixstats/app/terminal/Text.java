package org.imatrixstats.app.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jline.utils.WCWidth;

/**
 * Text for people. Names and dataset strings come out of files: what could move a cursor, colour a screen or reverse the
 * reading direction must not reach a terminal as it is.
 */
public final class Text {
    private static final int MOST_OF_A_MESSAGE = 8_000;
    private static final int START_OF_A_MESSAGE = 2_000;
    private static final int END_OF_A_MESSAGE = 1_000;

    private Text() {
    }

    /** The text with control, format and unassigned characters written as {@code \xNN} or {@code \\u{NNNN}}. */
    public static String printable(String text) {
        if (isAscii(text) || text.codePoints().noneMatch(Text::isUnsafe)) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (!isUnsafe(c)) {
                safe.appendCodePoint(c);
            } else if (c <= 0xff) {
                safe.append(String.format(Locale.ROOT, "\\x%02x", c));
            } else {
                safe.append(String.format(Locale.ROOT, "\\u{%x}", c));
            }
        });
        return safe.toString();
    }

    /** Whether all characters are among those of ASCII that are drawn: most names are, and streams are slow at start-up. */
    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * A message as {@link #printable}, without its middle if it is longer than anybody reads: a name out of a file may have
     * millions of characters. The file is named at the start of a message, and what to do at its end.
     */
    public static String message(String text) {
        String printable = printable(text);
        return printable.length() <= MOST_OF_A_MESSAGE
                ? printable
                : printable.substring(0, printable.offsetByCodePoints(0, START_OF_A_MESSAGE)) + " … "
                        + printable.substring(printable.offsetByCodePoints(printable.length(), -END_OF_A_MESSAGE));
    }

    /** Whether a terminal may do something else with a character than draw it. */
    public static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
                true;
            default -> false;
        };
    }

    /** Columns that a printable text takes on a terminal. */
    public static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += width(text.codePointAt(i));
        }
        return width;
    }

    private static int width(int c) {
        return c < 0x300 ? 1 : Math.max(0, WCWidth.wcwidth(c));
    }

    /** The text in lines of at most this width, broken at spaces; a word that is wider is cut. */
    public static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ")) {
            int wide = width(word);
            if (used > 0 && used + 1L + wide > width) {
                lines.add(line.toString());
                line.setLength(0);
                used = 0;
            }
            line.append(used == 0 ? "" : " ");
            used += used == 0 ? 0 : 1;
            for (int c : word.codePoints().toArray()) {
                if (used > 0 && used + width(c) > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                    used = 0;
                }
                line.appendCodePoint(c);
                used += width(c);
            }
        }
        lines.add(line.toString());
        return lines;
    }

    /** The text in ASCII: our own symbols have a likeness, anything else becomes a question mark. */
    public static String ascii(String text) {
        StringBuilder ascii = new StringBuilder();
        text.codePoints().forEach(c -> ascii.append(c < 0x80 ? Character.toString(c) : likeness(c)));
        return ascii.toString();
    }

    private static String likeness(int c) {
        return switch (c) {
            case 'Σ', '∑' -> "sum";
            case 'Δ' -> "d";
            case 'μ' -> "mu";
            case 'σ' -> "sigma";
            case '²' -> "^2";
            case '√' -> "sqrt";
            case '−', '–', '—', '─', '┄' -> "-";
            case '±' -> "+-";
            case '·' -> "*";
            case '×' -> "x";
            case '≥' -> ">=";
            case '≤' -> "<=";
            case '…' -> "...";
            case '→' -> "->";
            case '▲' -> "^";
            case '▼' -> "v";
            case '▁' -> "_";
            case '▂' -> ".";
            case '▃' -> ":";
            case '▄' -> "-";
            case '▅' -> "=";
            case '▆' -> "+";
            case '▇' -> "*";
            case '█' -> "#";
            case '│' -> "|";
            case '└' -> "+";
            case '●' -> "o";
            case '━' -> "-";
            case '┃' -> "|";
            case '▸' -> "+";
            case '▾' -> "-";
            case '↑' -> "^";
            case '↓' -> "v";
            case '←' -> "<";
            default -> "?";
        };
    }
}
