package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.stream.Stream;

import com.github.luben.zstd.ZstdOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void usesTheAotCache() throws IOException, InterruptedException {
        Path image = ROOT.resolve("app/target/image");
        Result result = run(image.resolve("bin/java"), folder, "-XX:AOTMode=on",
                "-XX:AOTCache=" + image.resolve("lib/app.aot"), "-XX:+UseSerialGC", "-jar",
                image.resolve("lib/app/imatrix-stats.jar").toString(), "--version");
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
        assertTrue(plain.contains("attn_k: 6 tensors"), plain);
    }

    @Test
    void saysInOneLineWhatIsWrong() throws IOException, InterruptedException {
        Result result = run(LAUNCHER, folder, "stats", "missing.gguf");
        assertEquals(1, result.exit);
        assertEquals("", result.out);
        assertEquals("imatrix-stats: missing.gguf: no such file\n", result.err);
    }

    @Test
    void leavesTheOldFileAndNoOtherBehindWhenItIsStopped() throws IOException, InterruptedException {
        Path large = largeLegacyFile();
        Path output = Files.writeString(folder.resolve("output.dat"), "old");
        Process process = new ProcessBuilder(LAUNCHER.toString(), "convert", large.toString(), "-o", output.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        while (process.isAlive() && temporaryFiles() == 0) {
            Thread.onSpinWait();
        }
        process.destroy();
        assertNotEquals(0, process.waitFor(), "it was done before it could be stopped");
        assertEquals(0, temporaryFiles());
        assertEquals("old", Files.readString(output));
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
