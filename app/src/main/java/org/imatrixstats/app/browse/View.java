package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.browse.Tab.Grouping;
import org.imatrixstats.app.browse.Tab.Row;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.tensor.TensorName;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** Draws a state: as many lines as the terminal has, none wider than it is. */
final class View {
    private static final String GAP = "  ";

    private final State state;
    private final Layout layout;
    private final Palette palette;
    private final int width;

    private View(State state, Palette palette) {
        this.state = state;
        this.layout = state.layout();
        this.palette = palette;
        this.width = state.size().width();
    }

    static List<AttributedString> render(State state, Palette palette) {
        return new View(state, palette).lines();
    }

    private List<AttributedString> lines() {
        List<AttributedString> lines = new ArrayList<>();
        if (layout.tooSmall()) {
            Text.wrapped("Too small: " + state.size().width() + "x" + state.size().height() + ", it takes "
                    + Layout.smallest() + "; q quits", Math.max(1, width))
                    .forEach(part -> lines.add(line().add(part).done()));
        } else {
            List<AttributedString> bottom = bottom();
            int room = state.size().height() - 2 - bottom.size();
            List<AttributedString> body = new ArrayList<>(body());
            while (body.size() < room) {
                body.add(AttributedString.EMPTY);
            }
            lines.add(title());
            lines.add(about());
            lines.addAll(body.subList(0, room));
            lines.addAll(bottom);
        }
        while (lines.size() < state.size().height()) {
            lines.add(AttributedString.EMPTY);
        }
        return lines.subList(0, Math.max(1, state.size().height()));
    }

    private Line line() {
        return new Line(width, palette.ascii());
    }

    // ---- the first two lines

    private AttributedString title() {
        AttributedStyle style = palette.inverse();
        String number = state.tabs().size() == 1 ? "" : state.tab() + 1 + "/" + state.tabs().size() + " ";
        Table table = state.current().table();
        String summary = table == null ? "" : "   " + table.summary();
        String name = state.current().source().title();
        int room = width - 2 - Text.width(summary) - Text.width(number);
        return line().add(" " + ending(name, Math.max(room, 20)), style).add(summary, style).right(number, style)
                .done();
    }

    /** What fits of a path: its end tells more than its start. */
    private static String ending(String path, int width) {
        if (Text.width(path) <= width) {
            return path;
        }
        int from = path.length();
        while (from > 0 && Text.width(path.substring(path.offsetByCodePoints(from, -1))) < width) {
            from = path.offsetByCodePoints(from, -1);
        }
        return "…" + path.substring(from);
    }

    private AttributedString about() {
        Tab tab = state.current();
        Line line = line().add(" ");
        if (tab.table() == null) {
            return line.add("reading …").done();
        }
        int shown = tab.shownTensors().size();
        int all = tab.table().tensors().size();
        if (state.mode() instanceof Mode.Filtering) {
            line.add("filter: " + tab.filter()).add(" ", palette.inverse());
        } else if (!tab.filter().isEmpty()) {
            line.add("filter: " + tab.filter());
        } else {
            line.add("no filter", palette.dim());
        }
        line.add(" · " + (shown == all ? "all " + all : shown + " of " + all) + " tensors");
        if (!state.marks().isEmpty()) {
            line.add(" · " + state.marks().inAPhrase(), palette.bold());
        }
        line.add(" · by " + (tab.grouping() == Grouping.NONE ? "" : tab.grouping().label() + ", then ")
                + tab.orderInWords(), palette.dim());
        return line.done();
    }

    // ---- the keys at the bottom, or what there is to say

    /** A message may take several lines: its end often says the most. */
    private List<AttributedString> bottom() {
        if (state.message().isEmpty()) {
            return List.of(keys());
        }
        return Text.wrapped(palette.text(state.message()), width - 2).stream().limit(layout.page())
                .map(part -> line().add(" " + part, palette.bold()).done()).toList();
    }

    private AttributedString keys() {
        return switch (state.mode()) {
            case Mode.Naming naming -> {
                String prompt = " Write the rules to: ";
                yield line().add(prompt + ending(naming.file(), width - Text.width(prompt) - 1))
                        .add(" ", palette.inverse()).add("  Enter writes, Esc does not", palette.dim()).done();
            }
            case Mode.Confirming confirming ->
                line().add(" " + confirming.write().file() + " exists. Replace it? y, or any other key for no",
                        palette.bold()).done();
            case Mode.Filtering _ -> hints("type: words of the name", "Enter keep", "Esc undo");
            case Mode.Choosing _ -> hints("type: narrow the list", "↑↓ choose", "Enter take", "Esc back");
            case Mode.Reading reading when reading.page() == Mode.Page.RULES ->
                hints("t type", "w write to a file", "↑↓ scroll", "Esc back");
            case Mode.Reading _ -> hints("↑↓ PgUp PgDn scroll", "Esc back");
            case Mode.Browsing _ when state.detail() != null ->
                hints("↑↓ other tensor", "PgUp PgDn scroll", "Enter close", "Space mark", "? keys", "q quit");
            case Mode.Browsing _ when state.tabs().size() > 1 -> hints("? keys", "Tab file", "c compare", "/ filter",
                    "s sort", "Enter detail", "Space mark", "m rules", "r reverse", "b group", "f fold", "q quit");
            case Mode.Browsing _ -> hints("? keys", "/ filter", "s sort", "r reverse", "b group", "f fold",
                    "Enter detail", "Space mark", "m rules", "q quit");
        };
    }

    /** As many hints as fit. The last, which says how to get out, always fits. */
    private AttributedString hints(String... hints) {
        Line line = line();
        int left = width - 1;
        String last = hints[hints.length - 1];
        for (int i = 0; i < hints.length; i++) {
            boolean fits = left >= Text.width(hints[i]) + 2 + (i < hints.length - 1 ? Text.width(last) + 2 : 0);
            if (fits) {
                int key = hints[i].indexOf(hints[i].startsWith("type:") ? ':' : ' ');
                line.add(" ").add(hints[i].substring(0, key), palette.bold()).add(hints[i].substring(key) + " ",
                        palette.dim());
                left -= Text.width(hints[i]) + 2;
            }
        }
        return line.done();
    }

    // ---- what is between

    private List<AttributedString> body() {
        Tab tab = state.current();
        if (state.mode() instanceof Mode.Reading reading) {
            return page(reading);
        }
        if (tab.table() == null) {
            return List.of(AttributedString.EMPTY, progress(tab));
        }
        if (state.mode() instanceof Mode.Choosing choosing) {
            return menu(choosing);
        }
        List<AttributedString> table = table(tab);
        if (state.detail() == null) {
            return table;
        }
        return layout.beside() > 0 ? sideBySide(table) : oneBelowTheOther(table);
    }

    private AttributedString progress(Tab tab) {
        int cells = Math.max(10, Math.min(40, width - 20));
        int done = cells * tab.percent() / 100;
        return line().add("  ").add("█".repeat(done), palette.bar()).add("·".repeat(cells - done), palette.dim())
                .add(" " + tab.percent() + "%").done();
    }

    // ---- table

    private record Shown(Measure measure, int width) {
    }

    private List<AttributedString> table(Tab tab) {
        int tableWidth = layout.tableWidth();
        List<Row> rows = tab.rows().subList(Math.min(tab.top(), tab.rows().size()),
                Math.min(tab.rows().size(), tab.top() + layout.page()));
        int nameWidth = nameWidth(tab, tableWidth);
        int types = state.marks().typeOf().values().stream().mapToInt(Text::width).max().orElse(0);
        int typeWidth = types == 0 ? 0 : GAP.length() + Math.max(types, Text.width("type"));
        List<Shown> measures = measures(tab, tableWidth - 2 - nameWidth - typeWidth);
        List<AttributedString> lines = new ArrayList<>();
        lines.add(header(tab, nameWidth, typeWidth, measures, tableWidth));
        for (int i = 0; i < rows.size(); i++) {
            lines.add(row(tab, rows.get(i), tab.top() + i == tab.cursor(), nameWidth, typeWidth, measures,
                    tableWidth));
        }
        if (tab.rows().isEmpty()) {
            lines.add(new Line(tableWidth, palette.ascii())
                    .add(tab.table().tensors().isEmpty()
                            ? "  There is no tensor to show."
                            : "  No tensor has this in its name. Esc clears the filter.", palette.dim())
                    .done());
        }
        return lines;
    }

    private static String label(Tab tab, int number) {
        TensorName name = tab.table().tensors().get(number);
        return switch (tab.grouping()) {
            case KIND -> name.hasLayer() ? "layer " + name.inStack() : "no layer";
            case LAYER -> Text.printable(name.kind());
            case NONE -> Text.printable(name.name());
        };
    }

    private int nameWidth(Tab tab, int tableWidth) {
        int widest = Text.width("tensor");
        for (Row row : tab.rows()) {
            if (row instanceof Row.Tensor tensor) {
                widest = Math.max(widest, Text.width(label(tab, tensor.number())));
            }
        }
        return Math.min(widest, tableWidth / 2);
    }

    /** The measures that fit, from the first in view on; the one that is sorted by is always among them. */
    private List<Shown> measures(Tab tab, int room) {
        List<Measure> all = tab.table().measures();
        List<Measure> wanted = new ArrayList<>(all.subList(Math.min(tab.firstColumn(), all.size()), all.size()));
        Measure sorted = tab.order().isEmpty() ? null : tab.table().measure(tab.order());
        if (sorted != null && fitting(wanted, room).stream().noneMatch(shown -> shown.measure == sorted)) {
            wanted.remove(sorted);
            wanted.addFirst(sorted);
        }
        return fitting(wanted, room);
    }

    private List<Shown> fitting(List<Measure> wanted, int room) {
        List<Shown> fitting = new ArrayList<>();
        int left = room;
        for (Measure measure : wanted) {
            int wide = Math.max(Text.width(palette.text(measure.header())) + 2, measure.width());
            left -= GAP.length() + wide;
            if (left < 0) {
                break;
            }
            fitting.add(new Shown(measure, wide));
        }
        return fitting;
    }

    private AttributedString header(Tab tab, int nameWidth, int typeWidth, List<Shown> measures, int tableWidth) {
        Line line = new Line(tableWidth, palette.ascii());
        line.add("  " + padded("tensor", nameWidth, true), palette.dim());
        line.add(padded(typeWidth == 0 ? "" : GAP + "type", typeWidth, true), palette.dim());
        for (Shown shown : measures) {
            boolean sorted = shown.measure.key().equals(tab.order());
            String text = (sorted ? tab.descending() ? "↓ " : "↑ " : "") + palette.text(shown.measure.header());
            line.add(GAP).add(padded(text, shown.width, false), sorted ? palette.bold() : palette.dim());
        }
        return line.done();
    }

    private AttributedString row(Tab tab, Row row, boolean selected, int nameWidth, int typeWidth,
            List<Shown> measures, int tableWidth) {
        AttributedStyle style = selected ? palette.inverse() : palette.plain();
        Line line = new Line(tableWidth, palette.ascii());
        switch (row) {
            case Row.Heading heading -> {
                String sign = heading.folded() ? "▸ " : "▾ ";
                long marked = heading.members().stream().filter(number -> mark(tab, number) != null).count();
                line.add(sign + heading.group() + ": " + heading.members().size()
                        + (heading.members().size() == 1 ? " tensor" : " tensors")
                        + (marked > 0 ? ", " + marked + " marked" : ""), selected ? style : palette.bold());
            }
            case Row.Tensor tensor -> {
                String type = mark(tab, tensor.number());
                line.add(type == null ? "  " : "* ", selected ? style : palette.bold());
                line.add(padded(Line.fitted(label(tab, tensor.number()), nameWidth, palette.ascii()), nameWidth, true),
                        style);
                line.add(padded(type == null ? "" : GAP + type, typeWidth, true), selected ? style : palette.bold());
                for (Shown shown : measures) {
                    AttributedStyle cell = selected ? style : switch (shown.measure.emphasis(tensor.number())) {
                        case HIGH -> palette.high();
                        case LOW -> palette.low();
                        case NONE -> palette.plain();
                    };
                    line.add(GAP, style).add(padded(shown.measure.cell(tensor.number()), shown.width, false), cell);
                }
            }
        }
        return (selected ? line.to(tableWidth, style) : line).done();
    }

    private String mark(Tab tab, int number) {
        return state.marks().typeOf().get(tab.table().tensors().get(number).name());
    }

    private static String padded(String text, int width, boolean left) {
        String padding = " ".repeat(Math.max(0, width - Text.width(text)));
        return left ? text + padding : padding + text;
    }

    // ---- detail

    /** The part of the lines that is in view: the last page at least. */
    private static <T> List<T> inView(List<T> lines, int top, int page) {
        int from = Math.clamp(top, 0, Math.max(0, lines.size() - page));
        return lines.subList(from, Math.min(lines.size(), from + page));
    }

    private List<AttributedString> sideBySide(List<AttributedString> table) {
        List<AttributedString> detail = inView(state.detailLines(palette), state.detail(), layout.detailPage());
        List<AttributedString> lines = new ArrayList<>();
        for (int i = 0; i < layout.body(); i++) {
            Line line = line();
            if (i < table.size()) {
                line.addAll(table.get(i));
            }
            line.to(layout.tableWidth(), palette.plain()).add(" ┃ ", palette.dim());
            if (i < detail.size()) {
                line.addAll(detail.get(i));
            }
            lines.add(line.done());
        }
        return lines;
    }

    private List<AttributedString> oneBelowTheOther(List<AttributedString> table) {
        List<AttributedString> lines = new ArrayList<>(table);
        while (lines.size() < layout.page() + 1) {
            lines.add(AttributedString.EMPTY);
        }
        lines.add(line().add("━".repeat(width), palette.dim()).done());
        lines.addAll(inView(state.detailLines(palette), state.detail(), layout.detailPage()));
        while (lines.size() < layout.body()) {
            lines.add(AttributedString.EMPTY);
        }
        return lines;
    }

    // ---- menus and pages

    private List<AttributedString> menu(Mode.Choosing choosing) {
        List<AttributedString> lines = new ArrayList<>();
        lines.add(line().add(" " + choosing.what().title() + ": ", palette.bold()).add(choosing.filter())
                .add(" ", palette.inverse()).done());
        List<Item> shown = choosing.shown();
        int labels = shown.stream().mapToInt(item -> Text.width(palette.text(item.label()))).max().orElse(0);
        int page = layout.menuPage();
        int top = Math.clamp(choosing.position() - page / 2, 0, Math.max(0, shown.size() - page));
        for (int i = top; i < Math.min(shown.size(), top + page); i++) {
            boolean selected = i == choosing.position();
            AttributedStyle style = selected ? palette.inverse() : palette.plain();
            lines.add(line()
                    .add("  " + padded(palette.text(shown.get(i).label()), Math.min(labels, width - 4), true), style)
                    .add(GAP + shown.get(i).meaning() + " ", selected ? style : palette.dim()).done());
        }
        if (shown.isEmpty()) {
            lines.add(line().add("  Nothing in the list has this. Backspace deletes.", palette.dim()).done());
        }
        while (lines.size() < layout.body()) {
            lines.add(AttributedString.EMPTY);
        }
        return lines;
    }

    private List<AttributedString> page(Mode.Reading reading) {
        List<AttributedString> inView = new ArrayList<>(
                inView(Pages.of(reading.page(), state.marks(), width, palette), reading.top(), layout.body()));
        while (inView.size() < layout.body()) {
            inView.add(AttributedString.EMPTY);
        }
        return inView;
    }
}
