package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command line in a process that can be killed. Its process group is its own, as that of a job of a shell. */
public final class CliProcess implements AutoCloseable {
    private static final int MOST_SECONDS = 60;

    private final Process process;
    private final Path err;

    private CliProcess(Process process, Path err) {
        this.process = process;
        this.err = err;
    }

    /** @param folder for what it says */
    public static CliProcess start(Path folder, Object... arguments) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")) && Files.isExecutable(Path.of("/usr/bin/env")),
                "there is no setsid");
        Path err = folder.resolve("said");
        // Who starts the tests in the background may ignore signals.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.imatrixstats.app.Main"));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return new CliProcess(new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile()).start(), err);
    }

    /** Waits until a file has lines of results. */
    public void awaitResults(Path journal, int count) throws IOException, InterruptedException {
        while (process.isAlive() && results(journal) < count) {
            Thread.sleep(2);
        }
        assertTrue(process.isAlive(), () -> "it ended before it could be stopped");
    }

    public void awaitFile(Path file) throws InterruptedException {
        while (process.isAlive() && !Files.exists(file)) {
            Thread.sleep(2);
        }
        assertTrue(process.isAlive(), () -> "it ended before it could be stopped");
    }

    private static long results(Path journal) throws IOException {
        if (!Files.exists(journal)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(journal, StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.matches("\\d+ .*")).count();
        }
    }

    /** Sends a signal to the process and those that it started, as a terminal does. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, "--", "-" + process.pid()).start().waitFor();
    }

    public void awaitEnd(int exitCode) throws IOException, InterruptedException {
        assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "it does not end");
        assertEquals(exitCode, process.exitValue(), said());
    }

    /** What it said on standard error. */
    public String said() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
