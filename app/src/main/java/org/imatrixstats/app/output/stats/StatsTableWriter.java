package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;

/**
 * Tables for people: what the file is, what stands out, tables of kinds and layers that fit on a screen, a table per group
 * of the rows that were asked for, and what the columns mean.
 */
final class StatsTableWriter implements StatsWriter {
    /** Lines of a screen, but for the one with the prompt. */
    private static final int SCREEN = 39;
    /** So many layers have a row each rather than that sentences name more. */
    private static final int FEW_LAYERS = 12;
    private static final int LEAST_KINDS = 4;
    /** A blank line, a title and headers. */
    private static final int AROUND_A_TABLE = 3;

    private final Terminal terminal;
    private final boolean overview;
    private final Page page;
    /** What columns mean is said once for all files. */
    private final Set<String> legend = new LinkedHashSet<>();

    /** @param overview whether to begin with what stands out, and the kinds and layers */
    StatsTableWriter(Terminal terminal, boolean overview) {
        this.terminal = terminal;
        this.overview = overview;
        this.page = new Page(terminal);
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) throws IOException {
        if (!page.isEmpty()) {
            page.line("");
        }
        int start = page.lines();
        page.paragraph(report.name(), terminal::bold);
        Summary.lines(report.summary(), report.report()).forEach(line -> page.indented(line));
        List<String> notes = report.report().notes().stream().map(note -> "Note: " + note + ".").toList();
        if (overview) {
            add(new Overview(report, terminal), page.lines() - start, notes, sheets.isEmpty());
        }
        for (Sheet<FileReport, ?> sheet : sheets) {
            Set<String> headers = page.add(sheet.tables(terminal)).stream().map(String::strip)
                    .collect(Collectors.toSet());
            legend.addAll(sheet.notes(headers));
        }
        if (!notes.isEmpty()) {
            page.line("");
            notes.forEach(note -> page.paragraph(note, terminal::dim));
        }
    }

    /**
     * @param used   lines above
     * @param notes  what comes below
     * @param folded whether that is all that is shown of the file, so that it should fit on a screen
     */
    private void add(Overview file, int used, List<String> notes, boolean folded) throws IOException {
        List<String> below = new ArrayList<>(file.legend(folded));
        if (folded) {
            below.add(more(file));
        }
        Page foot = new Page(terminal);
        Stream.concat(below.stream(), notes.stream()).forEach(line -> foot.paragraph(line, terminal::dim));
        int tables = AROUND_A_TABLE * (file.layers().isEmpty() ? 1 : 2);
        int room = SCREEN - used - foot.lines() - (notes.isEmpty() ? 1 : 2) - tables;
        Page answer = answer(file, Integer.MAX_VALUE);
        int few = file.layers().size() <= FEW_LAYERS ? file.layers().size() : file.ofLayers().size();
        int left = room - file.kinds() - few;
        if (folded && answer.lines() > left) {
            answer = answer(file, left - answer(file, 0).lines());
        }
        room -= answer.lines();
        boolean layerRows = !folded || file.kinds() + file.layers().size() <= room;
        int most = folded
                ? Math.max(LEAST_KINDS, room - (layerRows ? file.layers().size() : file.ofLayers().size()))
                : file.kinds();
        page.add(answer);
        add(file, most);
        if (folded) {
            page.add(file.layerTables(layerRows));
        }
        legend.addAll(below);
    }

    /** @param twoLines how many sentences may take two lines; the others name what fits in one */
    private Page answer(Overview file, int twoLines) throws IOException {
        Page answer = new Page(terminal);
        answer.line("");
        answer.paragraph("what stands out", terminal::bold);
        file.sentences((number, sentence) -> answer.hangingLines(sentence) <= (number < twoLines ? 2 : 1))
                .forEach(answer::hanging);
        return answer;
    }

    private void add(Overview file, int most) {
        int left = file.kinds() - most;
        page.add(List.of(file.kindTable(left > 0 ? most - 1 : most)));
        if (left > 0) {
            page.line(Page.INDENT + "… " + Numbers.count(left + 1L, "kind") + " that vary less: --level kind");
        }
    }

    private static String more(Overview file) {
        return "More: --all shows all " + Numbers.count(file.tensors(), "tensor")
                + ", --top 10 the highest z, --level layer, kind or expert other rows.";
    }

    @Override
    public String text() {
        if (!legend.isEmpty()) {
            page.line("");
            legend.forEach(note -> page.paragraph(note, terminal::dim));
            legend.clear();
        }
        return page.text();
    }
}
