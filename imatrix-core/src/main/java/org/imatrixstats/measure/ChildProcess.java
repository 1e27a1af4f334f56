package org.imatrixstats.measure;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.imatrixstats.journal.SignalHook;

/**
 * A program that runs until it ends, its time is over, or this process ends. Its standard output is read line by line; its
 * standard error goes to a file.
 */
final class ChildProcess {
    private static final long LOG_TAIL = 1 << 14;
    private static final int LAST_LINES = 3;
    /** Exit codes of SIGINT and SIGTERM. */
    private static final Set<Integer> SIGNALS_OF_USERS = Set.of(130, 143);
    private static final long SIGNAL_MILLIS = 300;
    /** Prefixes and colours would be in the lines that are read. */
    private static final List<String> LOG_VARIABLES = List.of("LLAMA_LOG_PREFIX", "LLAMA_ARG_LOG_PREFIX",
            "LLAMA_LOG_TIMESTAMPS", "LLAMA_ARG_LOG_TIMESTAMPS", "LLAMA_LOG_COLORS", "LLAMA_ARG_LOG_COLORS",
            "LLAMA_LOG_VERBOSITY", "LLAMA_ARG_LOG_VERBOSITY");

    /** Takes a line of standard output. */
    @FunctionalInterface
    interface Lines {
        void take(String line) throws IOException;
    }

    /**
     * How a program ended.
     *
     * @param exitCode  128 + N where signal N ended it
     * @param timedOut  whether it was ended because its time was over
     */
    record Ended(int exitCode, boolean timedOut) {
    }

    private ChildProcess() {
    }

    /**
     * Runs a program.
     *
     * @param log receives its standard error
     * @param out takes its standard output
     * @throws MeasureException if it cannot be started
     */
    static Ended run(List<String> command, Path log, Duration timeout, Lines out) throws IOException {
        Process process = start(command, log, ProcessBuilder.Redirect.PIPE);
        SignalHook end = killedAtEnd(process);
        AtomicBoolean late = new AtomicBoolean();
        Thread watch = Thread.ofPlatform().daemon().start(() -> {
            try {
                if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    late.set(true);
                    kill(process);
                }
            } catch (InterruptedException e) {
                // The program has ended.
            }
        });
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.take(line);
            }
            int exitCode = process.waitFor();
            if (SIGNALS_OF_USERS.contains(exitCode)) {
                // A terminal sends its signal to this process too.
                Thread.sleep(SIGNAL_MILLIS);
            }
            return new Ended(exitCode, late.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            kill(process);
            watch.interrupt();
            end.close();
        }
    }

    /** A program whose log is watched while it runs; it is ended with this. */
    static final class Watched implements AutoCloseable {
        private final Process process;
        private final SignalHook end;

        private Watched(Process process) {
            this.process = process;
            this.end = killedAtEnd(process);
        }

        /** Waits a little; whether it still runs. */
        boolean isRunning(long millis) throws IOException {
            try {
                return !process.waitFor(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        int exitCode() {
            return process.exitValue();
        }

        @Override
        public void close() {
            kill(process);
            end.close();
        }
    }

    /** Starts a program whose standard output is of no interest. */
    static Watched watch(List<String> command, Path log) throws IOException {
        return new Watched(start(command, log, ProcessBuilder.Redirect.DISCARD));
    }

    private static Process start(List<String> command, Path log, ProcessBuilder.Redirect out) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        LOG_VARIABLES.forEach(environment::remove);
        builder.redirectInput(ProcessBuilder.Redirect.from(nullDevice()));
        builder.redirectError(log.toFile());
        builder.redirectOutput(out);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new MeasureException(command.getFirst() + " could not be started: " + e.getMessage(), e);
        }
    }

    private static File nullDevice() {
        return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    private static void kill(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.stream().sorted(Comparator.comparing(ProcessHandle::pid)).forEach(ProcessHandle::destroyForcibly);
    }

    /** Closing this does not return if a signal is ending both: that is not a failure of the program. */
    private static SignalHook killedAtEnd(Process process) {
        return new SignalHook(() -> kill(process));
    }

    /** The last lines of a log that say something. */
    static String lastLines(Path log) {
        try {
            long size = Files.size(log);
            byte[] tail;
            try (var in = Files.newInputStream(log)) {
                in.skipNBytes(Math.max(0, size - LOG_TAIL));
                tail = in.readAllBytes();
            }
            List<String> lines = Stream.of(new String(tail, StandardCharsets.UTF_8).split("\r?\n"))
                    .map(String::strip).filter(line -> !line.isEmpty()).toList();
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
