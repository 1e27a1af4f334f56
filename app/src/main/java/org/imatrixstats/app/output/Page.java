package org.imatrixstats.app.output;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** Text for people as wide as the terminal: paragraphs and tables. */
public final class Page {
    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    public Page(Terminal terminal) {
        this.terminal = terminal;
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
            line("");
            wrapped(table.title(), "", terminal::bold);
            line(terminal.dim(table.header(fit)));
            table.rows(fit).forEach(this::line);
        }
        return fit.widths().keySet();
    }

    public void line(String line) {
        text.append(line).append('\n');
    }

    public void wrapped(String paragraph, String indent, UnaryOperator<String> style) {
        String shown = terminal.ascii() ? Text.ascii(paragraph) : paragraph;
        Text.wrapped(shown, terminal.columns() - indent.length()).forEach(line -> line(indent + style.apply(line)));
    }

    public String text() {
        return text.toString();
    }
}
