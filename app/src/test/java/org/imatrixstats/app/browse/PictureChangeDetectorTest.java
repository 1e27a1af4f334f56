package org.imatrixstats.app.browse;

import static org.imatrixstats.imatrix.ReferenceFiles.testdata;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.browse.Key.Name;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.junit.jupiter.api.Test;

/**
 * Change detector: the pictures of docs/browse.md are what is drawn. {@code -Dpictures=write} draws them again.
 */
class PictureChangeDetectorTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path MATRIX = testdata("tiny-english-prose.imatrix.gguf");
    private static final Path MODEL = testdata("models/tiny-english-f16.header.gguf");
    private static final String TITLE = "imatrix-stats browse";
    private static final double CELL = 8.4;
    private static final int LINE = 18;

    @Test
    void theTableIsWhatIsDrawn() throws IOException {
        Screen screen = screen(112, 26).type("/ffn").press(Name.ENTER).type("sz").press(Name.ENTER).type("   ");
        assertPicture("browse-table.svg", screen, "tensors by kind, sorted by z; the first three are marked");
    }

    @Test
    void theDetailIsWhatIsDrawn() throws IOException {
        Screen screen = screen(150, 34).type("/ffn_down").press(Name.ENTER).press(Name.HOME, Name.DOWN, Name.ENTER);
        assertPicture("browse-detail.svg", screen, "a table, and beside it a tensor in words, as a histogram, and its"
                + " largest columns");
    }

    private static Screen screen(int width, int height) throws IOException {
        Marks marks = Marks.none(new RuleMaker(Dialects.llamaCpp(), Model.read(MODEL),
                QuantizeOptions.of(Dialects.llamaCpp().base("Q4_K_M")).withImatrix(ImatrixReader.open(MATRIX))));
        return Screen.of(width, height, marks, MATRIX).withPalette(true, false);
    }

    private static void assertPicture(String name, Screen screen, String description) throws IOException {
        String picture = picture(screen.lines(), screen.state().size().width(), description).replace("../testdata/",
                "testdata/");
        Path file = DOCS.resolve(name);
        if ("write".equals(System.getProperty("pictures"))) {
            Files.writeString(file, picture);
        }
        assertEquals(Files.readString(file), picture, "draw it again with -Dpictures=write");
    }

    private static String picture(List<AttributedString> lines, int width, String description) {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %d\" role=\"img\""
                + " font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n",
                width * CELL + 20, lines.size() * LINE + 20));
        svg.append("<title>").append(TITLE).append("</title>\n<desc>").append(escaped(description)).append("</desc>\n");
        svg.append("<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#16181d\"/>\n");
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), 10 + i * LINE);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void line(StringBuilder svg, AttributedString line, int top) {
        for (int from = 0; from < line.length();) {
            int to = from + 1;
            AttributedStyle style = line.styleAt(from);
            while (to < line.length() && line.styleAt(to).equals(style)) {
                to++;
            }
            String text = line.subSequence(from, to).toString();
            double left = 10 + Text.width(line.subSequence(0, from).toString()) * CELL;
            double wide = Text.width(text) * CELL;
            boolean inverse = style.getStyle() == AttributedStyle.INVERSE.getStyle();
            if (inverse) {
                svg.append(String.format("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#d5d8de\"/>\n",
                        left,
                        top, wide, LINE));
            }
            if (!text.isBlank()) {
                svg.append(String.format(
                        "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" xml:space=\"preserve\" fill=\"%s\"%s>%s"
                                + "</text>\n",
                        left, top + 14, wide, color(style, inverse),
                        style.getStyle() == AttributedStyle.BOLD.getStyle() ? " font-weight=\"bold\"" : "",
                        escaped(text)));
            }
            from = to;
        }
    }

    private static String color(AttributedStyle style, boolean inverse) {
        if (inverse) {
            return "#16181d";
        }
        Palette palette = new Palette(true, false);
        return style.equals(palette.high())
                ? "#e08be8"
                : style.equals(palette.low()) ? "#b57edc" : style.equals(palette.dim()) ? "#8b919d" : "#d5d8de";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
