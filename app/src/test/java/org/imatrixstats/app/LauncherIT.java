package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.github.luben.zstd.ZstdOutputStream;

/** The launcher and the image that the build has made, as a user starts them. */
class LauncherIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path LAUNCHER = ROOT.resolve("imatrix-stats");
    private static final String SAMPLE = ROOT.resolve("testdata/dense-prose.gguf").toString();

    @TempDir
    private Path folder;

    private record Result(int exit, String out, String err) {
    }

    private Result run(Path launcher, Path workingDirectory, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command).directory(workingDirectory.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile()).start();
        int exit = process.waitFor();
        return new Result(exit, Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static void assertShowsStatistics(Result result) {
        assertEquals("", result.err);
        assertEquals(0, result.exit);
        assertTrue(result.out.contains("42 tensors, 6 layers"), result.out);
    }

    @Test
    void runsFromAnyDirectory() throws IOException, InterruptedException {
        assertShowsStatistics(run(LAUNCHER, folder, "stats", SAMPLE));
    }

    @Test
    void understandsTheOptionsOfLlamaImatrix() throws IOException, InterruptedException {
        assertShowsStatistics(run(LAUNCHER, ROOT, "--in-file", "testdata/dense-prose.gguf", "--show-statistics"));
    }

    @Test
    void runsThroughALink() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);
        assertShowsStatistics(run(link, folder, "stats", SAMPLE));
        Files.delete(link);
    }

    @Test
    void runsFromAPathWithSpaces() throws IOException, InterruptedException {
        Path clone = Files.createDirectories(folder.resolve("a clone with spaces"));
        Path launcher = Files.copy(LAUNCHER, clone.resolve("imatrix-stats"));
        Path image = ROOT.resolve("app/target/image");
        try (Stream<Path> files = Files.walk(image)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = clone.resolve("app/target/image").resolve(image.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        assertShowsStatistics(run(launcher, folder, "stats", SAMPLE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "plan", "app"})
    void usesTheAotCache(String cache) throws IOException, InterruptedException {
        Path image = ROOT.resolve("app/target/image");
        Result result = run(image.resolve("bin/java"), folder, "-XX:AOTMode=on",
                "-XX:AOTCache=" + image.resolve("lib/" + cache + ".aot"), "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", image.resolve("lib/app/imatrix-stats.jar").toString(),
                "org.imatrixstats.app.Main", "--version");
        assertEquals("", result.err);
        assertEquals(0, result.exit);
    }

    @Test
    void readsZstdWithoutAWordFromTheRuntime() throws IOException, InterruptedException {
        Path packed = folder.resolve("packed.zst");
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(packed))) {
            Files.copy(Path.of(SAMPLE), out);
        }
        assertShowsStatistics(run(LAUNCHER, folder, "stats", packed.toString()));
    }

    @Test
    void fitsItsTablesIntoTheTerminal() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no program 'script' to make a terminal");
        Result result = run(Path.of("/usr/bin/script"), folder, "-qec",
                "stty cols 60; TERM=xterm NO_COLOR= '" + LAUNCHER + "' stats '" + SAMPLE + "'", "/dev/null");
        assertEquals(0, result.exit);
        assertTrue(result.out.contains("\033[1m"), "there are colours");
        String plain = result.out.replaceAll("\033\\[[0-9;]*m", "").replace("\r", "");
        plain.lines().filter(line -> !line.contains(SAMPLE))
                .forEach(line -> assertTrue(line.length() <= 60, line));
        assertTrue(plain.contains("attn_k = attn_q = attn_v"), plain);
    }

    @Test
    void saysInOneLineWhatIsWrong() throws IOException, InterruptedException {
        Result result = run(LAUNCHER, folder, "stats", "missing.gguf");
        assertEquals(1, result.exit);
        assertEquals("", result.out);
        assertEquals("imatrix-stats: missing.gguf: no such file\n", result.err);
    }

    @ParameterizedTest
    @CsvSource({"merge, INT, 130", "merge, TERM, 143", "convert, HUP, 129"})
    void leavesTheOldFileAndNoOtherBehindWhenItIsStopped(String command, String signal, int exitCode)
            throws IOException, InterruptedException {
        assumeTrue(isHeeded(signal), "this process was started to ignore SIG" + signal + ", and so are its children");
        Path large = largeLegacyFile();
        Path output = Files.writeString(folder.resolve("output.dat"), "old");
        Process process = new ProcessBuilder(LAUNCHER.toString(), command, large.toString(), "-o", output.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        while (process.isAlive() && temporaryFiles() == 0) {
            Thread.onSpinWait();
        }
        run(Path.of("/bin/kill"), folder, "-" + signal, Long.toString(process.pid()));
        assertEquals(exitCode, process.waitFor(), Files.readString(folder.resolve("log")));
        assertEquals("", Files.readString(folder.resolve("log")));
        assertEquals(0, temporaryFiles());
        assertEquals("old", Files.readString(output));
    }

    /** Shells start what runs in the background with SIGINT ignored, and the JVM keeps to that. */
    private static boolean isHeeded(String signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        String ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst()
                .orElse("SigIgn: 0").substring(7).strip();
        int number = Map.of("HUP", 1, "INT", 2, "TERM", 15).get(signal);
        return (Long.parseUnsignedLong(ignored, 16) & 1L << number - 1) == 0;
    }

    /** A limit on the size of files is a disk that is full, as far as a program can tell. */
    @Test
    void leavesTheOldFileAndNoOtherBehindWhenTheDiskIsFull() throws IOException, InterruptedException {
        Path large = largeLegacyFile();
        Path output = Files.writeString(folder.resolve("output.dat"), "old");
        Result result = run(Path.of("/bin/sh"), folder, "-c",
                "ulimit -f 2048; '" + LAUNCHER + "' convert '" + large + "' -o '" + output + "'");
        assertEquals(1, result.exit);
        assertEquals("", result.out);
        assertEquals("imatrix-stats: " + output + ": could not be written: File too large\n", result.err);
        assertEquals(0, temporaryFiles());
        assertEquals("old", Files.readString(output));
    }

    @Test
    void saysWhereThereIsNoRoomToUnpack() throws IOException, InterruptedException {
        Path packed = folder.resolve("packed.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(new byte[8 << 20]);
        }
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Result result = run(Path.of("/bin/sh"), folder, "-c",
                "ulimit -f 2048; TMPDIR='" + temporary + "' '" + LAUNCHER + "' stats '" + packed + "'");
        assertEquals(1, result.exit);
        assertEquals("imatrix-stats: " + packed + ": could not be unpacked to a temporary file in " + temporary
                + ": File too large (TMPDIR names another folder)\n", result.err);
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void twoProcessesThatWriteOneFileLeaveItWhole() throws IOException, InterruptedException {
        Path output = folder.resolve("both.gguf");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(LAUNCHER.toString(), "convert", SAMPLE, "-o", output.toString())
                    .redirectErrorStream(true).redirectOutput(folder.resolve("log" + i).toFile()).start());
        }
        for (Process process : processes) {
            assertEquals(0, process.waitFor());
        }
        assertEquals(-1, Files.mismatch(Path.of(SAMPLE), output));
        assertEquals(0, temporaryFiles());
    }

    @Test
    void readsStandardInputFromAPipe() throws IOException, InterruptedException {
        Result result = run(Path.of("/bin/sh"), ROOT, "-c",
                "gzip -c '" + SAMPLE + "' | cat | '" + LAUNCHER + "' stats -");
        assertShowsStatistics(result);
        assertTrue(result.out.startsWith("standard input\n"), result.out);
    }

    /** The JVM would take the first file that it opens for standard input, and read that. */
    @Test
    void readsNothingInPlaceOfAStandardInputThatIsClosed() throws IOException, InterruptedException {
        Result result = run(Path.of("/bin/sh"), ROOT, "-c", "'" + LAUNCHER + "' stats - <&-");
        assertEquals(new Result(1, "", "imatrix-stats: standard input: is empty (it can be read only once)\n"), result);
    }

    @Test
    void needsNoTemporaryFolderForASmallFile() throws IOException, InterruptedException {
        assertShowsStatistics(run(Path.of("/bin/sh"), ROOT, "-c",
                "TMPDIR='" + folder.resolve("missing") + "' '" + LAUNCHER + "' stats '" + SAMPLE + "'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL= LC_CTYPE= LANG=", "LC_ALL=C.UTF-8 TZ=Asia/Kathmandu"})
    void opensAFileOfAnyNameInAnyLocale(String environment) throws IOException, InterruptedException {
        Path copy = folder.resolve("größe 重み.gguf");
        // By a shell: this JVM may itself run in a locale that cannot name the file.
        Result result = run(Path.of("/bin/sh"), folder, "-c", "cp '" + SAMPLE + "' '" + copy + "'; env " + environment
                + " '" + LAUNCHER + "' stats '" + copy + "'");
        assertShowsStatistics(result);
        assertTrue(result.out.startsWith(copy + "\n"), result.out);
    }

    @Test
    void saysWhatToDoWithAFileWhoseNameIsNotUtf8() throws IOException, InterruptedException {
        Result result = run(Path.of("/bin/sh"), folder, "-c", "name=$(printf 'caf\\351.gguf'); cp '" + SAMPLE
                + "' \"$name\"; '" + LAUNCHER + "' stats \"$name\" || '" + LAUNCHER + "' stats - < \"$name\"");
        assertTrue(result.err.endsWith(
                ": no such file (if its name is not UTF-8: rename it, or read it as standard input, named -)\n"),
                result.err);
        assertTrue(result.out.contains("42 tensors, 6 layers"), result.out);
    }

    private long temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).count();
        }
    }

    /** One entry of 400 MB of zeros, which take no room on the disk. */
    private Path largeLegacyFile() throws IOException {
        int values = 100_000_000;
        Path file = folder.resolve("large.dat");
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.write(ByteBuffer.allocate(4 + 4 + 1 + 4 + 4).order(ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(1)
                    .put((byte) 'a').putInt(1).putInt(values).array());
            data.setLength(data.length() + 4L * values);
        }
        return file;
    }

    @Test
    void endsQuietlyWhenItsReaderDoes() throws IOException, InterruptedException {
        Result result = run(Path.of("/bin/sh"), ROOT, "-c",
                "'" + LAUNCHER + "' stats '" + SAMPLE + "' --format jsonl | head -n 1 >/dev/null");
        assertEquals(0, result.exit);
        assertEquals("", result.err);
    }
}
