package org.imatrixstats.app.terminal;

import java.util.Locale;
import java.util.Map;

/**
 * What standard output can show.
 *
 * @param columns width in characters; {@link #UNLIMITED} for a pipe or a file
 * @param colored whether colours may be used
 * @param ascii   whether to keep to ASCII
 */
public record Terminal(int columns, boolean colored, boolean ascii) {
    public static final int UNLIMITED = Integer.MAX_VALUE;
    /** No table can be drawn in less. */
    private static final int MIN_COLUMNS = 40;
    private static final int DEFAULT_COLUMNS = 80;

    /** {@code --color}. */
    public enum Color {
        AUTO, ALWAYS, NEVER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A pipe: unlimited width, no colours. */
    public static final Terminal PIPE = new Terminal(UNLIMITED, false, false);

    /**
     * The terminal that the environment tells of. The launcher says in {@code IMATRIX_STATS_COLUMNS} how wide the
     * terminal is if standard output is one, because to ask it from here would cost more time than everything else.
     */
    public static Terminal of(Map<String, String> environment, boolean isTerminal) {
        int launcher = number(environment.get("IMATRIX_STATS_COLUMNS"));
        boolean terminal = launcher > 0 || isTerminal;
        int columns = launcher > 0 ? launcher : number(environment.get("COLUMNS"));
        boolean colored = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
        return terminal
                ? new Terminal(columns > 0 ? Math.max(MIN_COLUMNS, columns) : DEFAULT_COLUMNS, colored, false)
                : PIPE;
    }

    private static int number(String text) {
        if (text == null || text.isEmpty() || text.length() > 5) {
            return 0;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = 10 * number + digit - '0';
        }
        return number;
    }

    /** The terminal as the options of the user have it. */
    public Terminal with(Color color, boolean asciiOnly) {
        return new Terminal(columns, color == Color.ALWAYS || color == Color.AUTO && colored, ascii || asciiOnly);
    }

    /** The same, but not wider. */
    public Terminal atMost(int width) {
        return new Terminal(Math.min(columns, width), colored, ascii);
    }

    public String bold(String text) {
        return styled("1", text);
    }

    public String dim(String text) {
        return styled("2", text);
    }

    /** More than is usual. Magenta is one of the colours that can be read on a light ground and on a dark one. */
    public String high(String text) {
        return styled("1;35", text);
    }

    /** Less than is usual. */
    public String low(String text) {
        return styled("35", text);
    }

    private String styled(String code, String text) {
        return colored && !text.isBlank() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
