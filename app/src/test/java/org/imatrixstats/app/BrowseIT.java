package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher on a real terminal: a shell within tmux, whose keys are typed and whose screen is read. */
class BrowseIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String LAUNCHER = ROOT.resolve("imatrix-stats").toString();
    private static final Path MOE = ROOT.resolve("testdata/moe-prose.gguf");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    @TempDir
    private Path folder;
    private String socket;

    @BeforeEach
    void openWindow() throws IOException, InterruptedException {
        assumeTrue(
                Stream.of("/usr/bin/tmux", "/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux").map(Path::of)
                        .anyMatch(Files::isExecutable),
                "there is no tmux to make a terminal");
        socket = folder.resolve("tmux").toString();
        // bash has jobs, which Ctrl-Z takes; every sh that is interactive has them too.
        tmux("-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "30", "env", "PS1=ready$ ", "ENV=",
                "LC_ALL=C.UTF-8",
                "sh", "-i");
        await("ready$");
    }

    @AfterEach
    void closeWindow() throws IOException, InterruptedException {
        if (socket != null) {
            tmux("kill-server");
        }
    }

    private String tmux(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tmux", "-u", "-S", socket));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "tmux does not answer: " + command);
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private void type(String text) throws IOException, InterruptedException {
        tmux("send-keys", "-l", text);
    }

    private void press(String... keys) throws IOException, InterruptedException {
        for (String key : keys) {
            tmux("send-keys", key);
        }
    }

    private void shell(String line) throws IOException, InterruptedException {
        type(line);
        press("Enter");
    }

    private String screen() throws IOException, InterruptedException {
        return tmux("capture-pane", "-p");
    }

    private String await(String part) throws IOException, InterruptedException {
        return await(screen -> screen.contains(part), "'" + part + "' does not appear");
    }

    private String await(Predicate<String> expected, String what) throws IOException, InterruptedException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            String screen = screen();
            if (expected.test(screen)) {
                return screen;
            }
            if (System.nanoTime() > until) {
                return fail(what + ":\n" + screen);
            }
            Thread.sleep(50);
        }
    }

    private void browse(Path... files) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder("'" + LAUNCHER + "' browse");
        Stream.of(files).forEach(file -> line.append(" '").append(file).append('\''));
        shell(line + "; echo ended with $?");
        await("q quit");
    }

    /** The shell is there again, on its own screen, with a cursor, line editing and echo. */
    private void assertGivenBack(int exitCode) throws IOException, InterruptedException {
        String screen = await("ended with " + exitCode + "\n");
        assertFalse(screen.contains("q quit"), screen);
        assertEquals("0 1", tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip());
        shell("clear; stty -a; echo those were $((1 + 1)) commands");
        String modes = await("those were 2 commands");
        for (String mode : List.of("icanon", "echo", "isig", "icrnl", "ixon", "opost")) {
            assertTrue((" " + modes.replaceAll("\\s+", " ")).contains(" " + mode + " "),
                    () -> mode + " is off:\n" + modes);
        }
    }

    @Test
    void sortsFiltersShowsDetailAndRulesAndQuits() throws IOException, InterruptedException {
        browse(MOE);
        await("▾ attn_k: 4 tensors");
        type("bb");
        await("blk.0.attn_k.weight");
        type("s");
        await("Sort by:");
        type("max");
        press("Enter");
        await(screen -> screen.lines().skip(3).findFirst().orElse("").contains("blk.2.ffn_down_exps.weight"),
                "the largest is not first");
        type("/up 3");
        await("1 of 32 tensors");
        press("Enter", "Enter");
        String detail = await("Columns by their E[x²]");
        assertTrue(detail.contains("blk.3.ffn_up_exps.weight") && detail.contains("█"), detail);
        press("Escape");
        type(" m");
        await("^blk\\.3\\.ffn_up_exps\\.weight$=q6_K");
        press("Escape");
        type("w");
        await("Write the rules to: rules.txt");
        Path rules = folder.resolve("my.rules");
        press("C-u");
        type(rules.toString());
        press("Enter");
        await("written");
        assertEquals("^blk\\.3\\.ffn_up_exps\\.weight$=q6_K\n", Files.readString(rules));
        type("q");
        assertGivenBack(0);
    }

    @Test
    void aNameThatTheLocaleDoesNotHaveIsRefusedAndTheMarksStay() throws IOException, InterruptedException {
        shell("export LC_ALL=en_US.ISO-8859-1");
        browse(MOE);
        await("attn_k: 4 tensors");
        type(" w");
        await("Write the rules to:");
        press("C-u");
        type(folder + "/日本");
        press("Enter");
        assertTrue(await("cannot be used in this locale").contains("1 marked"), screen());
        type("q");
        assertGivenBack(0);
    }

    @Test
    void givesTheTerminalBackAfterCtrlC() throws IOException, InterruptedException {
        browse(MOE);
        press("C-c");
        assertGivenBack(130);
    }

    @Test
    void givesTheTerminalBackWhenItIsTerminated() throws IOException, InterruptedException {
        browse(MOE);
        ProcessHandle browsing = ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().map(arguments -> {
                    List<String> all = List.of(arguments);
                    return all.contains("browse") && all.contains(MOE.toString())
                            && all.contains(ROOT + "/app/target/image/lib/app/imatrix-stats.jar");
                }).orElse(false)).filter(this::isOfThisWindow).findFirst().orElseThrow();
        browsing.destroy();
        assertGivenBack(143);
    }

    private boolean isOfThisWindow(ProcessHandle process) {
        try {
            String shell = tmux("display-message", "-p", "#{pane_pid}").strip();
            return process.parent().map(parent -> Long.toString(parent.pid()).equals(shell)).orElse(false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void givesTheTerminalBackWhenTheFileIsCutShortBelowIt() throws IOException, InterruptedException {
        // More than a megabyte: what is smaller is read as a whole.
        Path file = large(folder.resolve("large.dat"));
        browse(file);
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.setLength(100);
        }
        press("Enter");
        await("large.dat: was cut short");
        assertGivenBack(1);
    }

    /** One entry of 4 MB of ones. */
    private static Path large(Path file) throws IOException {
        int values = 1_000_000;
        java.nio.ByteBuffer data = java.nio.ByteBuffer.allocate(4 + 4 + 1 + 4 + 4 + 4 * values)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(1).put((byte) 'a').putInt(1).putInt(values);
        while (data.hasRemaining()) {
            data.putFloat(1);
        }
        return Files.write(file, data.array());
    }

    @Test
    void goesToTheBackgroundAndReturns() throws IOException, InterruptedException {
        browse(MOE);
        type("bb");
        await("blk.0.attn_k.weight");
        press("C-z");
        await(screen -> screen.contains("ready$") && !screen.contains("q quit"), "the shell is not there");
        shell("fg");
        await("blk.0.attn_k.weight");
        type("q");
        await(screen -> !screen.contains("q quit"), "it does not quit");
    }

    @Test
    void followsTheSizeOfTheWindow() throws IOException, InterruptedException {
        browse(MOE);
        await(screen -> !screen.contains("ffn_up_exps: 4 tensors"), "all fits");
        tmux("resize-window", "-x", "150", "-y", "50");
        await("ffn_up_exps: 4 tensors");
        tmux("resize-window", "-x", "30", "-y", "5");
        await("Too small: 30x5");
        tmux("resize-window", "-x", "60", "-y", "12");
        await("? keys");
        type("q");
        assertGivenBack(0);
    }

    @Test
    void keysOfTheKeypadWork() throws IOException, InterruptedException {
        browse(MOE);
        press("End");
        await("ffn_up_exps: 4 tensors");
        press("Home");
        await("attn_k: 4 tensors");
        press("NPage", "NPage", "PPage", "Up", "Down", "Left", "Right");
        type("?");
        await("filter as you type");
        press("Escape");
        await("q quit");
        type("q");
        assertGivenBack(0);
    }

    @Test
    void saysWhatToUseWithoutATerminal() throws IOException, InterruptedException {
        String browse = "'" + LAUNCHER + "' browse '" + MOE + "'";
        List<String> lines = List.of(browse + " < /dev/null", browse + " | cat", "TERM=dumb " + browse);
        for (int i = 0; i < lines.size(); i++) {
            shell("clear; " + lines.get(i) + "; echo run $((" + i + " + 1)) ended");
            String screen = await("run " + (i + 1) + " ended");
            assertTrue(screen.contains("browse needs a terminal"), lines.get(i) + ":\n" + screen);
            assertFalse(screen.contains("Exception"), screen);
        }
    }
}
