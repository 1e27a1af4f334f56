package org.imatrixstats.app.browse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.QuantizeOptions;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** A user without a terminal: keys go in, the text of the screen comes out. What takes time happens at once. */
final class Screen {
    /** Rules of llama.cpp, the model being unknown. */
    static final RuleMaker RULES = new RuleMaker(Dialects.llamaCpp(), null, QuantizeOptions.of(BaseType.Q4_K_M));

    private State state;
    private Palette palette = new Palette(false, false);

    private Screen(State state) {
        this.state = state;
    }

    static Screen of(int width, int height, Path... files) throws IOException {
        return of(width, height, Marks.none(RULES), files);
    }

    static Screen of(int width, int height, Marks marks, Path... files) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Path file : files) {
            sources.add(new Matrix(ImatrixReader.open(file), OptionalInt.empty(), 2));
        }
        return new Screen(State.of(sources, marks, new ScreenSize(width, height))).work();
    }

    /** Does what is to be done beside the keyboard. */
    private Screen work() throws IOException {
        while (state.unloaded().isPresent()) {
            Source source = state.unloaded().get().source();
            state = state.loaded(source, source.load(_ -> {
            }));
        }
        if (state.wantedDetail().isPresent()) {
            State.DetailKey wanted = state.wantedDetail().get();
            state = state.found(wanted, wanted.source().detail(wanted.row()));
        }
        return this;
    }

    Screen press(Key key) throws IOException {
        state = state.update(key);
        return work();
    }

    Screen press(Key.Name... names) throws IOException {
        for (Key.Name name : names) {
            press(Key.of(name));
        }
        return this;
    }

    /** Presses a key for each character. */
    Screen type(String text) throws IOException {
        for (int c : text.codePoints().toArray()) {
            press(Key.of(c));
        }
        return this;
    }

    Screen resize(int width, int height) {
        state = state.resized(new ScreenSize(width, height));
        return this;
    }

    Screen withPalette(boolean colored, boolean ascii) {
        palette = new Palette(colored, ascii);
        return this;
    }

    State state() {
        return state;
    }

    List<AttributedString> lines() {
        List<AttributedString> lines = View.render(state, palette);
        assertEquals(Math.max(1, state.size().height()), lines.size());
        lines.forEach(line -> assertTrue(Text.width(line.toString()) <= state.size().width(),
                () -> "wider than " + state.size().width() + ": " + line));
        return lines;
    }

    String line(int number) {
        return lines().get(number).toString().stripTrailing();
    }

    String text() {
        return lines().stream().map(line -> line.toString().stripTrailing()).collect(Collectors.joining("\n"));
    }

    /** The line that the cursor is on. */
    String selected() {
        return lines().stream().skip(2).limit(state.size().height() - 3L)
                .filter(line -> !line.isEmpty()
                        && line.styleAt(0).getStyle() == AttributedStyle.INVERSE.getStyle())
                .map(line -> line.toString().strip()).collect(Collectors.joining("\n"));
    }

    Screen shows(String part) {
        assertTrue(text().contains(part), () -> "'" + part + "' is not on the screen:\n" + text());
        return this;
    }

    Screen hides(String part) {
        assertFalse(text().contains(part), () -> "'" + part + "' is on the screen:\n" + text());
        return this;
    }
}
