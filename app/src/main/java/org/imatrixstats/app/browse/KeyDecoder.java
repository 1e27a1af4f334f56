package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.Map;

import org.imatrixstats.app.browse.Key.Name;

/** Makes keys of the characters that a terminal sends. */
final class KeyDecoder {
    /** No character came in time. */
    static final int TIMEOUT = -2;
    static final int END = -1;

    /** The rest of a sequence comes at once: what takes longer was the Esc key alone. */
    private static final long REST_MILLIS = 50;
    private static final char ESC = '\033';
    private static final int LONGEST_SEQUENCE = 32;

    /**
     * After Esc, as xterm sends them in both of its modes, and the Linux console, rxvt, screen and tmux, where they differ.
     */
    private static final Map<String, Name> SEQUENCES = Map.ofEntries(Map.entry("[A", Name.UP),
            Map.entry("[B", Name.DOWN), Map.entry("[C", Name.RIGHT), Map.entry("[D", Name.LEFT),
            Map.entry("OA", Name.UP), Map.entry("OB", Name.DOWN), Map.entry("OC", Name.RIGHT),
            Map.entry("OD", Name.LEFT), Map.entry("[5~", Name.PAGE_UP), Map.entry("[6~", Name.PAGE_DOWN),
            Map.entry("[H", Name.HOME), Map.entry("OH", Name.HOME), Map.entry("[1~", Name.HOME),
            Map.entry("[7~", Name.HOME), Map.entry("[F", Name.END), Map.entry("OF", Name.END),
            Map.entry("[4~", Name.END), Map.entry("[8~", Name.END), Map.entry("[Z", Name.BACK_TAB),
            Map.entry("OM", Name.ENTER));

    /** Where characters come from. */
    @FunctionalInterface
    interface Input {
        /** A UTF-16 unit; {@link #TIMEOUT} if none came in time; {@link #END}. */
        int read(long timeoutMillis) throws IOException;
    }

    private final Input input;
    /** What was read too far; {@link #TIMEOUT} for nothing. */
    private int heldBack = TIMEOUT;

    KeyDecoder(Input input) {
        this.input = input;
    }

    /**
     * The next key; null if none was pressed in time.
     *
     * @throws java.io.EOFException if there will be no more
     */
    Key read(long timeoutMillis) throws IOException {
        int c = heldBack == TIMEOUT ? input.read(timeoutMillis) : heldBack;
        heldBack = TIMEOUT;
        return switch (c) {
            case TIMEOUT -> null;
            case END -> throw new java.io.EOFException("the terminal was closed");
            case ESC -> afterEscape();
            case '\r', '\n' -> Key.of(Name.ENTER);
            case '\t' -> Key.of(Name.TAB);
            case '\b', 0x7f -> Key.of(Name.BACKSPACE);
            default -> c < ' ' ? Key.control((char) (c + 0x40)) : character(c);
        };
    }

    private Key character(int c) throws IOException {
        if (!Character.isHighSurrogate((char) c)) {
            return Key.of(c);
        }
        int low = input.read(REST_MILLIS);
        return low >= 0 && Character.isLowSurrogate((char) low)
                ? Key.of(Character.toCodePoint((char) c, (char) low))
                : Key.UNKNOWN;
    }

    private Key afterEscape() throws IOException {
        int first = input.read(REST_MILLIS);
        if (first != '[' && first != 'O') {
            // Esc, and right after it another key.
            heldBack = first;
            return Key.of(Name.ESCAPE);
        }
        StringBuilder sequence = new StringBuilder().append((char) first);
        int c;
        do {
            c = input.read(REST_MILLIS);
            if (c < 0) {
                return Key.UNKNOWN;
            }
            sequence.append((char) c);
        } while (c < 0x40 && sequence.length() < LONGEST_SEQUENCE);
        Name name = SEQUENCES.get(sequence.toString());
        return name == null ? Key.UNKNOWN : Key.of(name);
    }
}
