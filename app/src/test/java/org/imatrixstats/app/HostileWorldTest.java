package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.stats.Layout;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever surrounds the tool: locales, permissions, pipes, standard input, file systems. */
class HostileWorldTest {
    private static final Path DENSE = ReferenceFiles.testdata("dense-prose.gguf");
    private static final Path MODEL = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf");

    @TempDir
    private Path folder;

    // ---- locale, clock and time zone

    /** Turkish has another small I, Arabic other digits, German a comma in numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "ar-EG-u-nu-arab", "de-DE", "hi-IN-u-nu-deva", "th-TH-u-ca-buddhist"})
    void localeAndTimeZoneChangeNothing(String tag) {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        List<String> expected = everyOutput();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertEquals(expected, everyOutput());
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    private static List<String> everyOutput() {
        List<String> outputs = new ArrayList<>();
        for (OutputFormat format : OutputFormat.OF_ROWS) {
            outputs.add(CliRun.outputOf("stats", DENSE, "--format", format.name(), "--columns", "all"));
        }
        for (Layout layout : Layout.values()) {
            outputs.add(CliRun.outputOf("stats", DENSE, "--layout", layout.name()));
        }
        outputs.add(CliRun.of("check", DENSE, "--format", "JSON").out());
        outputs.add(CliRun.outputOf("spectrum", ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "--imatrix",
                ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"), "--kind", "attn_k", "--layers", "0",
                "--plot",
                "blk.0.attn_k.weight", "--no-cache"));
        outputs.add(CliRun.outputOf("stats", "--help"));
        outputs.add(CliRun.of("stats", "x\u001b\u0130I.gguf").failed(ExitCode.FAILED));
        return outputs;
    }

    // ---- what is no file to be read

    @Test
    void aFolderIsRefused() {
        assertEquals("imatrix-stats: " + folder + ": is a directory, expected a file\n",
                CliRun.of("stats", folder).failed(ExitCode.FAILED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/zero"})
    void aDeviceIsRefused(String device) {
        assumeTrue(Files.exists(Path.of(device)), "there is no " + device);
        assertEquals("imatrix-stats: " + device + ": is not a regular file (a pipe can be read as standard input, named"
                + " -)\n", CliRun.of("stats", device).failed(ExitCode.FAILED));
    }

    /** To open it would wait for somebody who writes to it. */
    @Test
    @Timeout(20)
    void aNamedPipeIsRefusedAtOnce() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "there is no mkfifo");
        assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
        for (String command : List.of("stats", "check")) {
            assertTrue(CliRun.of(command, pipe).failed(ExitCode.FAILED).contains(": is not a regular file"));
        }
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws IOException {
        Path secret = Files.copy(DENSE, folder.resolve("secret.gguf"));
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions here");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(secret), "this user may read everything");
        assertEquals("imatrix-stats: " + secret + ": may not be read (permission denied)\n",
                CliRun.of("stats", secret).failed(ExitCode.FAILED));
    }

    @Test
    void aLinkInACircleIsRefused() throws IOException {
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, Path.of("link"));
        String error = CliRun.of("stats", link).failed(ExitCode.FAILED);
        assertTrue(error.startsWith("imatrix-stats: " + link + ": could not be opened: "), error);
        assertEquals(1, error.lines().count());
    }

    @Test
    void aFolderThatMayNotBeWrittenToIsNamed() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions here");
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(locked), "this user may write everywhere");
        Path out = locked.resolve("a.csv");
        assertEquals("imatrix-stats: " + out + ": could not be written: permission denied\n",
                CliRun.of("stats", DENSE, "-o", out).failed(ExitCode.FAILED));
    }

    // ---- standard input

    private static CliRun withInput(byte[] input, Object... arguments) {
        InputStream before = System.in;
        // One that cannot be read once it is closed, as the real one.
        System.setIn(new BufferedInputStream(new ByteArrayInputStream(input)));
        try {
            return CliRun.of(arguments);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void everyCommandReadsStandardInput() throws IOException {
        byte[] dense = Files.readAllBytes(DENSE);
        assertEquals(CliRun.outputOf("stats", DENSE).replace(DENSE.toString(), "standard input"),
                withInput(dense, "stats", "-").succeeded().out());
        assertEquals(CliRun.of("check", DENSE, "--format", "json").out().replace(DENSE.toString(), "standard input"),
                withInput(dense, "check", "-", "--format", "json").out());
        assertEquals(CliRun.outputOf("inspect", DENSE).replace(DENSE.toString(), "standard input"),
                withInput(dense, "inspect", "-").succeeded().out());
        assertEquals(CliRun.of("check", DENSE, "--model", MODEL).out(),
                withInput(Files.readAllBytes(MODEL), "check", DENSE, "--model", "-").out());
        Path out = folder.resolve("out.gguf");
        withInput(dense, "convert", "-", "-o", out).succeeded();
        assertArrayEquals(dense, Files.readAllBytes(out));
        withInput(dense, "merge", "-", ReferenceFiles.testdata("dense-code.gguf"), "--chunk-size", 512, "-o", out)
                .succeeded();
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata("dense-merged.gguf")), Files.readAllBytes(out));
    }

    @Test
    void aPageTakesItsModelFromStandardInput() throws IOException {
        Path imatrix = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");
        byte[] model = Files.readAllBytes(ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"));
        String page = withInput(model, "report", imatrix, "--model", "-", "-o", "-").succeeded().out();
        assertTrue(page.contains("imatrix-stats/plan/1"));
    }

    @Test
    void rulesAreReadFromStandardInput() {
        Path imatrix = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");
        byte[] rules = "attn_v=q8_0\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(CliRun.outputOf("plan", MODEL, "--rule", "attn_v=q8_0"),
                withInput(rules, "plan", MODEL, "--tensor-type-file", "-").succeeded().out());
        assertEquals(CliRun.outputOf("report", imatrix, "--model", MODEL, "--rule", "attn_v=q8_0", "-o", "-"),
                withInput(rules, "report", imatrix, "--model", MODEL, "--tensor-type-file", "-", "-o", "-")
                        .succeeded().out());
    }

    @Test
    void standardInputCanBeReadOnce() throws IOException {
        assertEquals("imatrix-stats: standard input: is empty (it can be read only once)\n",
                withInput(Files.readAllBytes(DENSE), "stats", "-", "-").err());
    }

    @Test
    void standardInputThatIsNoImatrixIsNamedInTheError() {
        assertEquals("imatrix-stats: standard input: offset 0x0: n_entries needs 4 bytes, 2 remain\n",
                withInput(new byte[2], "stats", "-").failed(ExitCode.FAILED));
    }

    // ---- bombs

    /** Zeros for ever, as a program in front of a pipe could send them. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return length;
        }
    }

    @Test
    @Timeout(60)
    void aStreamWithoutEndIsCutAtTheLimit() {
        InputStream before = System.in;
        System.setIn(new Endless());
        try {
            assertEquals(
                    "imatrix-stats: standard input: holds more than 8388608 bytes when unpacked, expected at most that:"
                            + " if it is right, allow it with --max-unpacked SIZE\n",
                    CliRun.of("stats", "-", "--max-unpacked", "8M").failed(ExitCode.FAILED));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aPackedFileThatGrowsWithoutBoundIsCutAtTheLimit() throws IOException {
        Path bomb = folder.resolve("bomb.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            for (int i = 0; i < 64; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        for (String command : List.of("stats", "check")) {
            assertEquals(
                    "imatrix-stats: " + bomb + ": holds more than 16777216 bytes when unpacked, expected at most that:"
                            + " if it is right, allow it with --max-unpacked SIZE\n",
                    CliRun.of(command, bomb, "--max-unpacked", "16MiB").failed(ExitCode.FAILED));
        }
        assertTrue(CliRun.of("check", DENSE, "--model", bomb, "--max-unpacked", "1K").failed(ExitCode.FAILED)
                .contains("more than 1024 bytes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "16X", "many", "", "999999999T", "4096", "0G"})
    void aLimitThatIsNoSizeIsAUsageError(String size) {
        assertTrue(CliRun.of("stats", DENSE, "--max-unpacked", size).failed(ExitCode.USAGE)
                .matches("(?s).*(is not a size|is too large for a file size).*"));
    }

    // ---- output

    private static final class Full extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    static Stream<List<String>> commandsThatPrint() {
        return Stream.of(List.of("stats", DENSE.toString()), List.of("completion", "bash"), List.of("--help"),
                List.of("stats", "--help"), List.of("--version"));
    }

    @ParameterizedTest
    @MethodSource("commandsThatPrint")
    void aFullStandardOutputIsAnError(List<String> arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new Cli(new Full(), err, Terminal.PIPE).run(arguments.toArray(String[]::new));
        assertEquals(ExitCode.FAILED, exit);
        assertEquals("imatrix-stats: standard output could not be written: No space left on device\n",
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFullDeviceIsNamed() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        assertEquals("imatrix-stats: /dev/full: could not be written: No space left on device\n",
                CliRun.of("stats", DENSE, "-o", full).failed(ExitCode.FAILED));
    }

    @Test
    void severalWritersOfOneFileLeaveOneWholeFile() throws InterruptedException, IOException {
        Path out = folder.resolve("out.gguf");
        List<Thread> writers = new ArrayList<>();
        List<Integer> exits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(Thread.ofPlatform().start(() -> {
                for (int run = 0; run < 5; run++) {
                    int exit = CliRun.of("convert", DENSE, "-o", out).exitCode();
                    synchronized (exits) {
                        exits.add(exit);
                    }
                }
            }));
        }
        while (writers.stream().anyMatch(Thread::isAlive)) {
            if (Files.exists(out)) {
                assertEquals(-1, Files.mismatch(DENSE, out), "half a file was seen");
            }
            Thread.sleep(1);
        }
        assertEquals(20, exits.stream().filter(exit -> exit == ExitCode.DONE).count());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(out), files.toList());
        }
    }
}
