package org.imatrixstats.app.output.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;

/** A plan for people: the size, what to beware of, and which tensors get which type. */
final class PlanTable {
    private static final String INDENT = "  ";
    private static final Set<String> TEXTS = Set.of("tensor", "layers", "shape", "from", "to", "why");
    /** The columns that are left out first where the terminal is narrow have the highest numbers. */
    private static final List<Integer> PRIORITIES = List.of(0, 0, 3, 4, 5, 0, 0, 2, 1);
    private static final int WIDEST_CELL = 44;
    private static final int WIDEST_LAYERS = 30;

    private final Model model;
    private final Plan plan;
    private final Terminal terminal;
    private final boolean all;
    private final StringBuilder text = new StringBuilder();

    PlanTable(Model model, Plan plan, Terminal terminal, boolean all) {
        this.model = model;
        this.plan = plan;
        this.terminal = terminal;
        this.all = all;
    }

    String text() {
        wrapped(plan.options().base() + " by " + plan.dialect() + ": " + PlanSummary.size(plan), "", terminal::bold);
        PlanSummary.lines(model, plan).forEach(line -> wrapped(line, INDENT, UnaryOperator.identity()));
        line("");
        if (!plan.warnings().isEmpty()) {
            plan.warnings().forEach(this::warning);
            line("");
        }
        TextTable table = table();
        TextTable.Fit fit = TextTable.Fit.of(List.of(table), terminal.columns());
        line(terminal.dim(table.header(fit)));
        table.rows(fit).forEach(this::line);
        return text.toString();
    }

    private void warning(String warning) {
        List<String> lines = Text.wrapped(printable("warning: " + warning), terminal.columns() - INDENT.length());
        for (int i = 0; i < lines.size(); i++) {
            line((i == 0 ? "" : INDENT) + terminal.high(lines.get(i)));
        }
    }

    private TextTable table() {
        List<List<String>> rows = PlanRow.of(plan, all).stream().map(row -> row.cells(plan.dialect())).toList();
        List<TextColumn> columns = new ArrayList<>();
        for (int i = 0; i < PlanRow.headers().size(); i++) {
            int number = i;
            String header = PlanRow.headers().get(i);
            columns.add(new TextColumn(header, rows.stream().map(row -> shown(header, row.get(number))).toList(),
                    TEXTS.contains(header), PRIORITIES.get(i)));
        }
        if (all) {
            columns.removeIf(column -> Set.of("layers", "count").contains(column.header()));
        }
        TextTable table = new TextTable("", columns);
        return terminal.ascii() ? table.inAscii() : table;
    }

    /** Layers are cut between numbers. */
    private static String shown(String header, String cell) {
        String printable = Text.printable(cell);
        boolean layers = header.equals("layers");
        int widest = layers ? WIDEST_LAYERS : WIDEST_CELL;
        if (printable.length() <= widest) {
            return printable;
        }
        int end = layers ? printable.lastIndexOf(", ", widest - 2) + 2 : widest - 1;
        return printable.substring(0, end) + "…";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void wrapped(String paragraph, String indent, UnaryOperator<String> style) {
        Text.wrapped(printable(paragraph), terminal.columns() - indent.length())
                .forEach(line -> line(indent + style.apply(line)));
    }

    private String printable(String words) {
        String printable = Text.printable(words);
        return terminal.ascii() ? Text.ascii(printable) : printable;
    }
}
