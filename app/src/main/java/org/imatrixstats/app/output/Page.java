package org.imatrixstats.app.output;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** Text for people as wide as the terminal: paragraphs and tables. */
public final class Page {
    public static final String INDENT = "  ";

    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    public Page(Terminal terminal) {
        this.terminal = terminal;
    }

    /** How many lines there are. */
    public int lines() {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** What another page of the same terminal holds. */
    public void add(Page other) {
        text.append(other.text);
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /**
     * Tables of the same columns, which get the same widths.
     *
     * @return the headers of the columns that there was room for
     */
    public Set<String> add(List<TextTable> alike) {
        // Likenesses in ASCII may be wider: they come before the widths are known.
        List<TextTable> tables = terminal.ascii() ? alike.stream().map(TextTable::inAscii).toList() : alike;
        TextTable.Fit fit = TextTable.Fit.of(tables, terminal.columns());
        for (TextTable table : tables) {
            if (!table.title().isEmpty()) {
                line("");
                paragraph(table.title(), terminal::bold);
            }
            line(terminal.dim(table.header(fit)));
            table.rows(fit).forEach(this::line);
        }
        return fit.widths().keySet();
    }

    public void line(String line) {
        text.append(terminal.ascii() ? Text.ascii(line) : line).append('\n');
    }

    /** Words that may come from a file, in as many lines as they need. */
    public void paragraph(String words, UnaryOperator<String> style) {
        wrapped(words, "", "", style);
    }

    /** Words that may come from a file, in one line however long it gets. */
    public void unwrapped(String words, UnaryOperator<String> style) {
        line(style.apply(shown(words)));
    }

    public void indented(String words) {
        wrapped(words, INDENT, INDENT, UnaryOperator.identity());
    }

    /** The lines after the first are indented more. */
    public void hanging(String words) {
        wrapped(words, INDENT, INDENT + INDENT, UnaryOperator.identity());
    }

    /** How many lines that takes. */
    public int hangingLines(String words) {
        return Text.wrapped(shown(words), terminal.columns() - 2 * INDENT.length()).size();
    }

    /**
     * @param first  the indent of the first line
     * @param others that of the lines that continue it
     */
    public void wrapped(String words, String first, String others, UnaryOperator<String> style) {
        String indent = first;
        int width = terminal.columns() - Math.max(first.length(), others.length());
        for (String line : Text.wrapped(shown(words), width)) {
            line(indent + style.apply(line));
            indent = others;
        }
    }

    private String shown(String words) {
        String printable = Text.printable(words);
        return terminal.ascii() ? Text.ascii(printable) : printable;
    }

    public String text() {
        return text.toString();
    }
}
