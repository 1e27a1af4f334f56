package org.imatrixstats.app.output;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How a command is written so that a shell passes its arguments on unchanged. */
public enum Shell {
    /** sh, bash, zsh, dash, ksh, busybox; also fish, which takes the same quotes. */
    POSIX("[A-Za-z0-9_./:@%+-]+", " \\\n  ", Integer.MAX_VALUE) {
        @Override
        String quotes(String argument) {
            return "'" + argument.replace("'", "'\\''") + "'";
        }

        @Override
        String then(String first, String second) {
            return first + " &&\n" + second;
        }
    },
    /** Windows PowerShell and PowerShell 7, where typographic quotes end a text too. */
    POWERSHELL("[A-Za-z0-9_./:\\\\+-]+", " `\n  ", 32_767) {
        @Override
        String quotes(String argument) {
            return "'" + SINGLE_QUOTE.matcher(argument).replaceAll("$0$0") + "'";
        }

        @Override
        String then(String first, String second) {
            return first + "\nif ($LASTEXITCODE -eq 0) {\n" + second + "\n}";
        }
    },
    /** The command prompt of Windows. It has no way to quote the end of a line. */
    CMD("[A-Za-z0-9_./:\\\\+-]+", " ^\n  ", 8_191) {
        @Override
        String quotes(String argument) {
            // Backslashes before a quote are doubled. A percent sign stands outside of the quotes, where ^ takes its meaning.
            String inner = BACKSLASHES_AND_QUOTE.matcher(argument).replaceAll("$1$1\"\"");
            inner = BACKSLASHES_AND_PERCENT.matcher(inner).replaceAll("$1$1\"^%\"");
            return '"' + TRAILING_BACKSLASHES.matcher(inner).replaceFirst("$0$0") + '"';
        }

        @Override
        String then(String first, String second) {
            return first + " && ^\n" + second;
        }
    };

    private static final Pattern SINGLE_QUOTE = Pattern.compile("['\u2018\u2019\u201a\u201b]");
    private static final Pattern BACKSLASHES_AND_QUOTE = Pattern.compile("(\\\\*)\"");
    private static final Pattern BACKSLASHES_AND_PERCENT = Pattern.compile("(\\\\*)%");
    private static final Pattern TRAILING_BACKSLASHES = Pattern.compile("\\\\+$");

    private final Pattern safe;
    private final String continuation;
    private final int longest;

    Shell(String safe, String continuation, int longest) {
        this.safe = Pattern.compile(safe);
        this.continuation = continuation;
        this.longest = longest;
    }

    /** The usual shell of this machine. A POSIX shell on Windows (Git Bash, MSYS2) sets SHELL. */
    public static Shell ofPlatform() {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        return windows && System.getenv("SHELL") == null ? POWERSHELL : POSIX;
    }

    /**
     * A command on several lines.
     *
     * @param lines what stands on one line: an option and its value
     */
    public String command(List<List<String>> lines) {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            text.append(text.isEmpty() ? "" : continuation).append(command(line.toArray(String[]::new)));
        }
        return text.toString();
    }

    /** A command on one line. */
    public String command(String... arguments) {
        StringBuilder text = new StringBuilder();
        for (String argument : arguments) {
            text.append(text.isEmpty() ? "" : " ").append(quoted(argument));
        }
        return text.toString();
    }

    /** The content of a file of one line as one argument. */
    public String contentOf(String file) {
        return this == POWERSHELL ? "(Get-Content " + file + ")" : "\"$(cat " + file + ")\"";
    }

    /** A command that is run if another one succeeds. */
    abstract String then(String first, String second);

    /** Commands of which each is run if those before it succeed. */
    public String inTurn(List<String> commands) {
        return commands.stream().reduce(this::then).orElse("");
    }

    /** Whether the shell can pass on a text at all: the command prompt ends it with the line. */
    public boolean canQuote(String argument) {
        return this != CMD || argument.chars().noneMatch(c -> c == '\n' || c == '\r');
    }

    /** The most characters that a command may have. */
    public int longest() {
        return longest;
    }

    private String quoted(String argument) {
        return safe.matcher(argument).matches() ? argument : quotes(argument);
    }

    abstract String quotes(String argument);

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
