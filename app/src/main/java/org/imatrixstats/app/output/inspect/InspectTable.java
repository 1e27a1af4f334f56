package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.model.GgufModelFile;

/** Models for people: a summary, what to beware of, and the tensors. */
final class InspectTable implements InspectWriter {
    private static final String INDENT = "  ";
    private static final int LABEL = 15;
    private static final int WIDEST_NAME = 72;
    /** The columns that are left out first where the terminal is narrow have the highest numbers. */
    private static final Map<String, Integer> PRIORITIES = Map.of("share", 9, "total", 8, "bytes", 7, "elements", 6,
            "layers", 5, "count", 4, "storage", 3, "values", 2, "shape", 1);

    private final Terminal terminal;
    private final boolean all;
    private final Page page;

    InspectTable(Terminal terminal, boolean all) {
        this.terminal = terminal;
        this.all = all;
        this.page = new Page(terminal);
    }

    @Override
    public void add(InspectReport report) throws IOException {
        if (!page.isEmpty()) {
            page.line("");
        }
        page.paragraph(report.name(), terminal::bold);
        for (InspectSummary.Line line : InspectSummary.lines(report)) {
            labelled(line.label(), line.text());
        }
        InspectSummary.warnings(report).forEach(warning -> page.wrapped("warning: " + warning, INDENT, INDENT + INDENT,
                terminal::high));
        if (report.keys() && report.model() instanceof GgufModelFile gguf) {
            page.line("");
            table(List.of("key", "type", "value"), MetadataRow.of(gguf.metadata()).stream()
                    .map(row -> List.of(row.key(), row.type(), row.shown())).toList());
        }
        if (!report.rows().isEmpty()) {
            TensorTable tensors = TensorTable.of(report, all);
            page.line("");
            table(tensors.headers(), tensors.rows());
        }
    }

    private void labelled(String label, String words) {
        List<String> lines = Text.wrapped(printable(words), terminal.columns() - INDENT.length() - LABEL);
        for (int i = 0; i < lines.size(); i++) {
            String left = i == 0 ? label + " ".repeat(Math.max(1, LABEL - label.length())) : " ".repeat(LABEL);
            page.line(INDENT + terminal.dim(left) + lines.get(i));
        }
    }

    private void table(List<String> headers, List<List<String>> rows) {
        List<TextColumn> columns = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            int number = i;
            String header = headers.get(i);
            columns.add(new TextColumn(header, rows.stream().map(row -> shown(row.get(number))).toList(),
                    !TensorTable.isNumber(header), PRIORITIES.getOrDefault(header, 0)));
        }
        page.add(List.of(new TextTable("", columns)));
    }

    private String shown(String cell) {
        String printable = Text.printable(cell);
        boolean cut = terminal.columns() != Terminal.UNLIMITED && printable.length() > WIDEST_NAME;
        return cut ? printable.substring(0, WIDEST_NAME - 1) + "…" : printable;
    }

    private String printable(String words) {
        String printable = Text.printable(words);
        return terminal.ascii() ? Text.ascii(printable) : printable;
    }

    @Override
    public String text() {
        return page.text();
    }
}
