package org.imatrixstats.app.browse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.quantize.BaseType;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.QuantizeOptions;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;

/** A session on a terminal that nobody sees: what the AOT cache is trained on. */
public final class Rehearsal {
    /** Long enough for what a key brings about. */
    private static final int PAUSE_MILLIS = 200;
    private static final List<String> KEYS = List.of("jb", "\r", "\r", "smax\r", "/at\r", " m", "\033", "?", "\033",
            "q");

    private Rehearsal() {
    }

    public static void of(Imatrix imatrix) throws IOException, InterruptedException {
        RuleMaker maker = new RuleMaker(Dialect.llamaCpp(), null, QuantizeOptions.of(BaseType.Q4_K_M));
        State first = State.of(List.of(new Matrix(imatrix, OptionalInt.empty(), 1)), Marks.none(maker),
                new State.Size(0, 0));
        try (LineDisciplineTerminal window = new LineDisciplineTerminal("rehearsal", "xterm-256color",
                OutputStream.nullOutputStream(), StandardCharsets.UTF_8)) {
            window.setSize(Size.of(130, 40));
            Thread.ofPlatform().daemon().start(() -> press(window));
            Session.run(window, new Palette(true, false), first);
        }
    }

    private static void press(LineDisciplineTerminal window) {
        try {
            for (String keys : KEYS) {
                Thread.sleep(PAUSE_MILLIS);
                window.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
