package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.browse.Detail.Block;
import org.imatrixstats.app.terminal.Text;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** Draws a detail in a given width. */
final class DetailView {
    private static final int MOST_BAR = 40;
    private static final int LEAST_BAR = 4;
    /** By eighths of a cell. */
    private static final String PARTS = "▏▎▍▌▋▊▉";

    private final int width;
    private final Palette palette;
    private final List<AttributedString> lines = new ArrayList<>();

    private DetailView(int width, Palette palette) {
        this.width = width;
        this.palette = palette;
    }

    static List<AttributedString> lines(Detail detail, int width, Palette palette) {
        DetailView view = new DetailView(width, palette);
        view.wrapped(detail.title(), "", palette.bold());
        detail.blocks().forEach(view::add);
        return view.lines;
    }

    /** Shown in place of a detail that is missing or not read yet. */
    static List<AttributedString> without(boolean isOfTensor, int width, Palette palette) {
        return List.of(new Line(width, palette.ascii())
                .add(isOfTensor ? "reading …" : "A group: choose a tensor.", palette.dim()).done());
    }

    private void add(Block block) {
        switch (block) {
            case Block.Heading heading -> {
                lines.add(AttributedString.EMPTY);
                wrapped(heading.text(), "", palette.bold());
            }
            case Block.Sentence sentence -> wrapped(sentence.text(), "", palette.plain());
            case Block.Fact fact -> fact(fact);
            case Block.Bars bars -> bars(bars);
        }
    }

    private Line line() {
        return new Line(width, palette.ascii());
    }

    private void wrapped(String text, String indent, AttributedStyle style) {
        String shown = palette.ascii() ? Text.ascii(text) : text;
        Text.wrapped(shown, width - indent.length())
                .forEach(part -> lines.add(line().add(indent + part, style).done()));
    }

    private void fact(Block.Fact fact) {
        int labelWidth = 12;
        int valueWidth = 12;
        int meaningAt = labelWidth + valueWidth + 2;
        List<String> meaning = Text.wrapped(fact.meaning(), Math.max(16, width - meaningAt));
        for (int i = 0; i < meaning.size(); i++) {
            Line line = line();
            if (i == 0) {
                line.add(fact.label()).add(" ".repeat(Math.max(1,
                        labelWidth + valueWidth - Text.width(fact.label()) - Text.width(fact.value()))))
                        .add(fact.value(), palette.bold());
            }
            lines.add(line.to(meaningAt, palette.plain()).add(meaning.get(i), palette.dim()).done());
        }
    }

    private void bars(Block.Bars bars) {
        int labels = bars.labels().stream().mapToInt(Text::width).max().orElse(0);
        int values = bars.values().stream().mapToInt(Text::width).max().orElse(0);
        int cells = Math.clamp(width - labels - values - 4, LEAST_BAR, MOST_BAR);
        for (int i = 0; i < bars.labels().size(); i++) {
            lines.add(line().add(bars.labels().get(i)).to(labels + 1, palette.plain())
                    .add(bar(bars.parts().get(i), cells), palette.bar()).to(labels + 1 + cells + 1, palette.plain())
                    .add(" ".repeat(values - Text.width(bars.values().get(i))) + bars.values().get(i)).done());
        }
    }

    /** A bar with eighths of a cell; what is more than nothing is seen. */
    private String bar(double part, int cells) {
        int eighths = (int) Math.round(Math.clamp(part, 0, 1) * cells * 8);
        if (palette.ascii()) {
            return "#".repeat(part > 0 ? Math.max(1, eighths / 8) : 0);
        }
        if (eighths == 0) {
            return part > 0 ? PARTS.substring(0, 1) : "";
        }
        return "█".repeat(eighths / 8) + (eighths % 8 == 0 ? "" : PARTS.substring(eighths % 8 - 1, eighths % 8));
    }
}
