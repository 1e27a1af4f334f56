package org.imatrixstats.app.browse;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.journal.SignalHook;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * A state on a terminal: draws it, reads keys, and gives the terminal back as it was, whatever happens. The only class that
 * knows terminals.
 */
final class Session {
    /** How soon a change of the size is seen. Its signal can be had from Java only by what is not for applications. */
    private static final int TICK_MILLIS = 200;
    /** The same while something is awaited. */
    private static final int BUSY_TICK_MILLIS = 30;
    private static final int MOST_AHEAD = 1000;

    private final Terminal terminal;
    private final Palette palette;
    private final List<Path> inputs;
    private final Attributes before;
    private final PrintWriter writer;
    private final String leave;
    private final KeyDecoder keys;
    private final Queue<Key> ahead = new ArrayDeque<>();
    private final Background background = new Background();
    private Display display;
    private State drawn;
    private boolean entered;

    private Session(Terminal terminal, Palette palette, List<Path> inputs) {
        this.terminal = terminal;
        this.palette = palette;
        this.inputs = inputs;
        this.before = terminal.getAttributes();
        this.writer = terminal.writer();
        // Put together now: when it is needed the terminal may have been closed already.
        this.leave = capability(Capability.exit_attribute_mode) + capability(Capability.exit_ca_mode)
                + capability(Capability.cursor_normal);
        this.keys = new KeyDecoder(timeout -> terminal.reader().read(timeout));
    }

    /**
     * Shows the state that begins with this, until the user has had enough; returns the exit code.
     *
     * @param inputs files that nothing is written to
     * @throws IOException if a file cannot be read on, or the terminal is gone
     */
    static int run(Terminal terminal, Palette palette, List<Path> inputs, State first) throws IOException {
        Session session = new Session(terminal, palette, inputs);
        try (SignalHook _ = new SignalHook(session::leave)) {
            session.enter();
            return session.loop(first);
        } finally {
            session.leave();
        }
    }

    private int loop(State first) throws IOException {
        State state = first;
        while (true) {
            state = background.collect(state);
            state = resized(state);
            background.begin(state);
            draw(state);
            Key key = next(state);
            if (key == null) {
                continue;
            }
            state = state.update(key);
            if (key.equals(Action.REDRAW.keys().getFirst())) {
                redraw();
            } else if (key.equals(Action.SUSPEND.keys().getFirst())) {
                suspend();
            }
            switch (state.request()) {
                case null -> {
                }
                case Request.Quit quit -> {
                    return quit.exitCode();
                }
                case Request.Write write -> state = written(state, write);
            }
        }
    }

    /** The next key; null if there is none now. What is typed ahead waits for the table that it is meant for. */
    private Key next(State state) throws IOException {
        boolean table = state.current().table() != null;
        if (table && !ahead.isEmpty()) {
            return ahead.remove();
        }
        Key key = keys.read(background.busy() ? BUSY_TICK_MILLIS : TICK_MILLIS);
        Action action = key == null ? null : Action.of(key);
        boolean now = ahead.isEmpty() && action != null && action.needsNoTable() || Key.control('C').equals(key);
        if (table || key == null || now) {
            return key;
        }
        if (ahead.size() < MOST_AHEAD) {
            ahead.add(key);
        }
        return null;
    }

    // ---- the terminal

    private String capability(Capability capability) {
        String sequence = terminal.getStringCapability(capability);
        return sequence == null ? "" : Curses.tputs(sequence);
    }

    private synchronized void enter() {
        Attributes raw = new Attributes(before);
        // Ctrl-C and Ctrl-Z are keys like others: what they do is done in order.
        raw.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.IEXTEN, LocalFlag.ISIG), false);
        raw.setInputFlags(EnumSet.of(InputFlag.IXON, InputFlag.ICRNL, InputFlag.INLCR), false);
        raw.setControlChar(ControlChar.VMIN, 1);
        raw.setControlChar(ControlChar.VTIME, 0);
        terminal.setAttributes(raw);
        writer.print(capability(Capability.enter_ca_mode) + capability(Capability.cursor_invisible));
        writer.flush();
        entered = true;
        redraw();
    }

    /** Gives the terminal back as it was; more often than once does no harm. */
    private synchronized void leave() {
        if (!entered) {
            return;
        }
        entered = false;
        writer.print(leave);
        writer.flush();
        try {
            terminal.setAttributes(before);
        } catch (IllegalStateException e) {
            // It was closed, which sets them.
        }
    }

    private synchronized void redraw() {
        display = new Display(terminal, true);
        display.clear();
        drawn = null;
    }

    private State resized(State state) {
        Size size = terminal.getSize();
        ScreenSize now = new ScreenSize(size.getColumns(), size.getRows());
        if (now.equals(state.size())) {
            return state;
        }
        redraw();
        return state.resized(now);
    }

    private synchronized void draw(State state) {
        if (!entered || state.equals(drawn)) {
            return;
        }
        display.resize(Size.of(state.size().width(), state.size().height()));
        display.update(View.render(state, palette), -1);
        drawn = state;
    }

    /** Stops the process group, as the terminal does for others at Ctrl-Z; returns when the shell has it go on. */
    private void suspend() throws IOException {
        leave();
        try {
            new ProcessBuilder("sh", "-c", "kill -TSTP 0").inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        enter();
    }

    // ---- files

    private State written(State state, Request.Write write) {
        try {
            Path file = Path.of(write.file().startsWith("~/")
                    ? System.getProperty("user.home") + write.file().substring(1)
                    : write.file());
            if (AtomicFile.wouldReplace(file, inputs)) {
                return state.done(Text.printable("Nothing is written over an input file: " + file));
            }
            if (Files.isDirectory(file)) {
                return state.done(Text.printable(file + " is a folder: nothing was written"));
            }
            if (Files.exists(file) && !write.replace()) {
                return state.askToReplace(write);
            }
            AtomicFile.write(file, write.content());
            return state.done(Text.printable(file + ": written"));
        } catch (InvalidPathException e) {
            return state.done("This file name cannot be used in this locale: nothing was written");
        } catch (IOException e) {
            return state.done(Text.printable(e.getMessage()));
        }
    }
}
