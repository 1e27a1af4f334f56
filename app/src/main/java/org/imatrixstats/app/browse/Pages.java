package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.terminal.Text;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** Texts that take the place of the table. */
final class Pages {
    private static final int KEYS_WIDTH = 16;

    private final int width;
    private final Palette palette;
    private final List<AttributedString> lines = new ArrayList<>();

    private Pages(int width, Palette palette) {
        this.width = width;
        this.palette = palette;
    }

    static List<AttributedString> of(Mode.Page page, Marks marks, int width, Palette palette) {
        return switch (page) {
            case HELP -> help(width, palette);
            case RULES -> rules(marks, width, palette);
        };
    }

    /** All keys. */
    private static List<AttributedString> help(int width, Palette palette) {
        Pages page = new Pages(width, palette);
        for (Action.Group group : Action.Group.values()) {
            page.line(group.label(), palette.bold());
            for (Action action : Action.values()) {
                if (action.group() == group) {
                    page.described(action.keyLabels(), action.description());
                }
            }
        }
        return page.lines;
    }

    /** The rules that the marks make, and what they do to the size. */
    private static List<AttributedString> rules(Marks marks, int width, Palette palette) {
        Pages page = new Pages(width, palette);
        if (marks.isEmpty()) {
            page.line("No tensor is marked.", palette.bold());
            page.wrapped("Space marks a tensor, or all of a folded group; a marks all that the filter leaves; t chooses"
                    + " the type that they get.");
            return page.lines;
        }
        page.line(marks.inAPhrase(), palette.bold());
        marks.outcome().sizes().forEach(page::wrapped);
        page.line("", palette.plain());
        marks.outcome().rules().forEach(page::cut);
        page.line("", palette.plain());
        page.wrapped(marks.maker().howToUse());
        return page.lines;
    }

    private void line(String text, AttributedStyle style) {
        lines.add(new Line(width, palette.ascii()).add(text.isEmpty() ? "" : " " + text, style).done());
    }

    private void wrapped(String text) {
        Text.wrapped(palette.ascii() ? Text.ascii(text) : text, width - 2).forEach(part -> line(part, palette.plain()));
    }

    /** A rule that is too long goes on in the next line. */
    private void cut(String rule) {
        Text.wrapped(Text.printable(rule), width - 4).forEach(part -> line("  " + part, palette.plain()));
    }

    private void described(String keys, String description) {
        List<String> parts = Text.wrapped(description, Math.max(20, width - KEYS_WIDTH - 3));
        for (int i = 0; i < parts.size(); i++) {
            lines.add(new Line(width, palette.ascii()).add("   " + (i == 0 ? keys : ""), palette.bold())
                    .to(KEYS_WIDTH + 3, palette.plain()).add(parts.get(i)).done());
        }
    }
}
