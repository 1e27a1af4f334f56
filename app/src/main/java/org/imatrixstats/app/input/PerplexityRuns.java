package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TemporaryFile;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.measure.BaseLogits;
import org.imatrixstats.measure.LlamaPerplexity;
import org.imatrixstats.measure.WorkFolder;
import org.imatrixstats.plan.Model;

/** The runs of llama-perplexity of one measurement: that of the original, and those that are compared with it. */
public final class PerplexityRuns {
    private static final int TIMES_THE_BASE_RUN = 10;
    private static final Duration LEAST_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration UNKNOWN_TIMEOUT = Duration.ofDays(2);

    private final Path original;
    private final String program;
    private final Path text;
    private final List<String> arguments;
    private final Optional<Duration> timeout;
    private final Console console;

    /**
     * @param original  the model that all others are compared with
     * @param program   llama-perplexity
     * @param text      to evaluate
     * @param arguments what the user gives the program
     * @param timeout   of each run; empty to take it from the run of the original
     */
    public PerplexityRuns(Path original, String program, Path text, List<String> arguments, Optional<Duration> timeout,
            Console console) {
        this.original = original;
        this.program = program;
        this.text = text;
        this.arguments = arguments;
        this.timeout = timeout;
        this.console = console;
    }

    Path original() {
        return original;
    }

    LlamaPerplexity in(WorkFolder work) {
        return program(work.log());
    }

    private LlamaPerplexity program(Path log) {
        return new LlamaPerplexity(program, text, arguments, log, console::warn);
    }

    /** The logits of the original: those that an earlier measurement left, or new ones. */
    public WorkFolder.Base base(String evaluation, WorkFolder work) throws IOException {
        return work.base(evaluation, to -> {
            console.say("storing the logits of the original\n");
            return in(work).base(original, to, timeout.orElse(UNKNOWN_TIMEOUT));
        });
    }

    /** When a run counts as hanging. */
    Duration timeout(WorkFolder.Base base) {
        Duration usual = base.took().multipliedBy(TIMES_THE_BASE_RUN);
        return timeout.orElse(usual.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : usual);
    }

    /** @throws FormatException if the disk of the work folder lacks room for so many more bytes */
    static void requireRoom(WorkFolder work, long needed) throws IOException {
        if (work.room() < needed) {
            throw new FormatException(work.copy(), "needs " + Numbers.bytes(needed) + ", but the disk has room for "
                    + Numbers.bytes(work.room()) + ": name a folder on another disk with --work");
        }
    }

    /**
     * Disk and time, as far as llama-perplexity says how long it takes.
     *
     * @param bytes of what is kept on the disk beside the logits
     * @param runs  beside that of the original
     */
    public String estimated(GgufModel source, long bytes, String what, int runs) throws IOException {
        try (TemporaryFile log = new TemporaryFile(Files.createTempFile("imatrix-stats-", ".log"))) {
            Optional<LlamaPerplexity.Estimate> estimate = program(log.path()).estimate(original,
                    timeout.orElse(UNKNOWN_TIMEOUT));
            if (estimate.isEmpty()) {
                return "disk: " + Numbers.bytes(bytes) + " for " + what + ", and the logits of the original\ntime: "
                        + program + " did not say how long it takes\n";
            }
            LlamaPerplexity.Estimate found = estimate.get();
            long logits = BaseLogits.bytes(found.context(), Model.of(source).vocabulary(), found.chunks());
            return "disk: " + Numbers.bytes(bytes) + " for " + what + ", " + Numbers.bytes(logits) + " for logits of "
                    + Numbers.count(found.chunks(), "chunk") + " of " + found.context() + " tokens\ntime: about "
                    + time(found.seconds()) + " per run, " + time(found.seconds() * (runs + 1)) + " in all\n";
        }
    }

    private static String time(double seconds) {
        long whole = Math.max(1, Math.round(seconds));
        return whole < 120
                ? whole + " s"
                : whole < 7200
                        ? Math.round(whole / 60.0) + " min"
                        : Numbers.fixed(whole / 3600.0, 1) + " hours";
    }
}
