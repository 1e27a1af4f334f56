package org.imatrixstats.app.browse;

import static org.imatrixstats.imatrix.ReferenceFiles.testdata;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

import org.imatrixstats.imatrix.ImatrixReader;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session on a terminal that keeps its screen in memory: bytes of keys go in, what a person would see comes out. */
class SessionTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    private Path folder;
    private final ScreenTerminal screen = new ScreenTerminal(80, 24);
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final AtomicReference<Object> end = new AtomicReference<>();
    private List<Path> inputs = List.of();
    private LineDisciplineTerminal terminal;
    private Thread thread;

    /** Starts a session; its exit code, or what it throws, becomes the end. */
    private void start(Source... sources) throws IOException {
        terminal = new LineDisciplineTerminal("test", "xterm-256color", new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                sent.write(bytes, from, length);
                screen.write(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
            }
        }, StandardCharsets.UTF_8);
        terminal.setSize(Size.of(80, 24));
        State first = State.of(List.of(sources), Marks.none(Screen.RULES), new ScreenSize(0, 0));
        thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                end.set(Session.run(terminal, new Palette(true, true), inputs, first));
            } catch (Throwable e) {
                end.set(e);
            }
        });
    }

    private static Matrix matrix(String name) throws IOException {
        return new Matrix(ImatrixReader.open(testdata(name)), OptionalInt.empty(), 1);
    }

    @AfterEach
    void endsInAnyCase() throws IOException, InterruptedException {
        if (thread != null && thread.isAlive()) {
            send("\003");
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertFalse(thread.isAlive(), "the session goes on after Ctrl-C");
        }
    }

    private void send(String keys) throws IOException {
        terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        return screen.toString();
    }

    private void await(String part) {
        await(text -> text.contains(part), "'" + part + "' does not appear");
    }

    private void await(Predicate<String> expected, String what) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!expected.test(text())) {
            if (System.nanoTime() > until || end.get() != null) {
                fail(what + "; the end is " + end.get() + ", the screen:\n" + text());
            }
            Thread.onSpinWait();
        }
    }

    private Object awaitEnd() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(20));
        return end.get();
    }

    private void assertTerminalIsAsItWas() {
        assertTrue(terminal.getAttributes().getLocalFlag(LocalFlag.ICANON), "lines are edited");
        assertTrue(terminal.getAttributes().getLocalFlag(LocalFlag.ECHO), "what is typed is seen");
        assertTrue(terminal.getAttributes().getLocalFlag(LocalFlag.ISIG), "Ctrl-C is a signal");
        String all = sent.toString(StandardCharsets.UTF_8);
        assertTrue(all.lastIndexOf("\033[?1049l") > all.lastIndexOf("\033[?1049h"), "the other screen was left");
        assertTrue(all.lastIndexOf("\033[?25h") > all.lastIndexOf("\033[?25l"), "the cursor is seen");
        assertTrue(all.lastIndexOf("\033[?1049l") > all.lastIndexOf("attn"), "nothing was drawn after that");
    }

    @Test
    void sortsFiltersShowsDetailAndRulesAndQuits() throws IOException, InterruptedException {
        start(matrix("moe-prose.gguf"));
        await("32 tensors, 4 layers, 16 experts");
        await("- attn_k: 4 tensors");

        send("bb");
        await("blk.0.attn_k.weight");
        send("s");
        await("Sort by:");
        send("max\r");
        await("Sorted by max, largest first");
        await(text -> text.lines()
                .anyMatch(line -> line.contains("blk.2.ffn_down_exps.weight") && line.contains("660.72"))
                && text.indexOf("660.72") < text.indexOf("635.34"), "the largest is not first");

        send("/down 2");
        await("filter: down 2");
        await("1 of 32 tensors");
        assertFalse(text().contains("ffn_gate_exps"), text());
        send("\r\r");
        await("16 experts of");
        await("The largest column holds");

        send("\033[B \r");
        await("1 marked");
        send("m");
        await("=q6_K");
        assertTrue(text().contains("ffn_down_exps"), text());

        send("\033");
        await("? keys");
        send("q");
        assertEquals(0, awaitEnd());
        assertTerminalIsAsItWas();
    }

    @Test
    void writesTheRules() throws IOException {
        start(matrix("dense-prose.gguf"));
        await("42 tensors, 6 layers");
        send(" w");
        await("Write the rules to: rules.txt");
        Path file = folder.resolve("my.rules");
        send("\025" + file + "\r");
        await("written");
        String rules = Files.readString(file);
        assertTrue(rules.startsWith("^") && rules.endsWith("=q6_K\n"), rules);

        send(" w");
        await("Write the rules to:");
        send("\025" + file + "\r");
        await("Replace it?");
        send("n");
        await("Nothing was written");
        assertEquals(rules, Files.readString(file));
    }

    @Test
    void replacesNoInput() throws IOException {
        Path model = Files.writeString(folder.resolve("model.gguf"), "weights of many hours");
        inputs = List.of(model);
        start(matrix("dense-prose.gguf"));
        await("42 tensors, 6 layers");
        send(" w");
        await("Write the rules to:");
        send("\025" + model + "\r");
        await("Nothing is written over an input file");
        assertEquals("weights of many hours", Files.readString(model));
    }

    @Test
    void saysWhyAFileCannotBeWrittenAndGoesOn() throws IOException {
        start(matrix("dense-prose.gguf"));
        await("42 tensors, 6 layers");
        send(" w");
        await("Write the rules to:");
        send("\025" + folder.resolve("missing/rules") + "\r");
        await("directory does not exist");
        send("w");
        await("Write the rules to:");
        send("\025" + folder + "\r");
        await("is a folder");
    }

    @Test
    void drawsAnewWhenTheWindowChanges() throws IOException {
        start(matrix("moe-prose.gguf"));
        await("- attn_k: 4 tensors");
        screen.setSize(Size.of(130, 40));
        terminal.setSize(Size.of(130, 40));
        await("attn_v: 4 tensors");
        await("ffn_up_exps: 4 tensors");
        screen.setSize(Size.of(30, 5));
        terminal.setSize(Size.of(30, 5));
        await("Too small: 30x5");
    }

    @Test
    void ctrlCEndsItAtOnce() throws IOException, InterruptedException {
        start(matrix("moe-prose.gguf"));
        await("- attn_k: 4 tensors");
        send("\003");
        assertEquals(130, awaitEnd());
        assertTerminalIsAsItWas();
    }

    @Test
    void aTerminalThatIsClosedEndsIt() throws IOException, InterruptedException {
        start(matrix("moe-prose.gguf"));
        await("- attn_k: 4 tensors");
        String modes = terminal.getAttributes().toString();
        assertFalse(modes.isEmpty());
        terminal.close();
        assertInstanceOf(Throwable.class, awaitEnd());
    }

    /** A file that breaks, in one way or the other. */
    private record Broken(Throwable atLoading, Throwable atDetail, Matrix whole) implements Source {
        @Override
        public String title() {
            return "broken";
        }

        @Override
        public long work() {
            return 1;
        }

        @Override
        public Table load(LongConsumer walked) throws IOException {
            return atLoading == null ? whole.load(walked) : thrown(atLoading);
        }

        @Override
        public Detail detail(int row) throws IOException {
            return thrown(atDetail);
        }

        private static <T> T thrown(Throwable e) throws IOException {
            switch (e) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                default -> throw new IllegalArgumentException(e);
            }
        }
    }

    @Test
    void theTerminalIsGivenBackAfterAFileBreaks() throws IOException, InterruptedException {
        IOException cutShort = new IOException("cut short");
        start(new Broken(null, cutShort, matrix("moe-prose.gguf")));
        await("- attn_k: 4 tensors");
        send("\r");
        assertEquals(cutShort, awaitEnd());
        assertTerminalIsAsItWas();
    }

    @Test
    void theTerminalIsGivenBackAfterACrash() throws IOException, InterruptedException {
        List<Throwable> crashes = new ArrayList<>(
                List.of(new IllegalStateException("a bug"), new StackOverflowError()));
        for (Throwable crash : crashes) {
            end.set(null);
            sent.reset();
            start(new Broken(crash, null, null));
            assertEquals(crash, awaitEnd());
            assertTerminalIsAsItWas();
        }
    }

    @Test
    void whatIsTypedBeforeTheFiguresAreThereIsNotLost() throws IOException {
        CountDownLatch typed = new CountDownLatch(1);
        Matrix matrix = matrix("moe-prose.gguf");
        start(new Source() {
            @Override
            public String title() {
                return "slow";
            }

            @Override
            public long work() {
                return 1;
            }

            @Override
            public Table load(LongConsumer walked) throws IOException {
                try {
                    assertTrue(typed.await(20, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return matrix.load(walked);
            }

            @Override
            public Detail detail(int row) throws IOException {
                return matrix.detail(row);
            }
        });
        await("reading");
        send("/attn_q\177v\r");
        typed.countDown();
        await("filter: attn_v");
        await("4 of 32 tensors");
    }

    @Test
    void keysThatComeAllAtOnceAreAllTaken() throws IOException, InterruptedException {
        start(matrix("moe-prose.gguf"));
        await("- attn_k: 4 tensors");
        send("jjjjjjjjjjkkkkkkkkkkbbbsmax\r/attn_v\r\rq");
        assertEquals(0, awaitEnd());
        assertTerminalIsAsItWas();
    }
}
