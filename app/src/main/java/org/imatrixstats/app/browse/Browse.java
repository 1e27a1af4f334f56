package org.imatrixstats.app.browse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/** The full-screen view of importance matrices. */
public final class Browse {
    private Browse() {
    }

    /**
     * Shows the files until the user has had enough.
     *
     * @param experts given by the user; empty: as the files say
     * @param dialect whose rules the marks make
     * @param model   the model to be quantized
     * @param base    type that the rules come on top of
     * @param inputs  files that nothing is written to
     * @return the exit code
     * @throws IOException if there is no terminal, or a file cannot be read on
     */
    public static int run(List<Imatrix> imatrices, OptionalInt experts, int threads, Dialect dialect,
            Optional<Model> model, BaseType base, List<Path> inputs, boolean colored, boolean ascii)
            throws IOException {
        List<Source> sources = new ArrayList<>();
        imatrices.forEach(imatrix -> sources.add(new Matrix(imatrix, experts, threads)));
        State first = State.of(sources, Marks.none(new RuleMaker(dialect, model.orElse(null),
                QuantizeOptions.of(base).withImatrix(imatrices.getFirst()))), new ScreenSize(0, 0));
        // Else thin lines are drawn with the letters of an alternate character set, which not every terminal has.
        System.setProperty(TerminalBuilder.PROP_DISABLE_ALTERNATE_CHARSET, "true");
        try (Terminal terminal = terminal()) {
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)
                    || terminal.getStringCapability(Capability.cursor_address) == null) {
                throw noTerminal();
            }
            return Session.run(terminal, new Palette(colored, ascii), inputs, first);
        }
    }

    /** What is said where there is no terminal. */
    public static IOException noTerminal() {
        return new IOException("browse needs a terminal to draw on and to read keys from;"
                + " for pipes, files and scripts there is imatrix-stats stats FILE...");
    }

    private static Terminal terminal() throws IOException {
        try {
            return TerminalBuilder.builder().system(true).dumb(false).encoding(StandardCharsets.UTF_8)
                    .nativeSignals(false).graphemeCluster(false).build();
        } catch (IllegalStateException e) {
            throw noTerminal();
        }
    }
}
