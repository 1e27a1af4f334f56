package org.imatrixstats.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.io.FormatException;

/**
 * Runs {@code llama-perplexity}.
 *
 * @param program   its path, or its name where it is on the search path
 * @param text      that is evaluated
 * @param arguments of the user, such as {@code -ngl 99}
 * @param log       receives its standard error
 * @param warnings  told of runs that are repeated, and of figures with fewer digits
 */
public record LlamaPerplexity(String program, Path text, List<String> arguments, Path log,
        Consumer<String> warnings) {
    private static final Pattern CHUNKS = Pattern.compile(
            "calculating perplexity over ([0-9]+) chunks, n_ctx=([0-9]+), batch_size=[0-9]+, n_seq=([0-9]+)");
    private static final Pattern PASS = Pattern.compile("([0-9]+\\.[0-9]+) seconds per pass");
    private static final double NANOS = 1e9;
    private static final long POLL_MILLIS = 100;

    /** A run that fails is repeated once. */
    private static final int RUNS_AFTER_FAILURE = 2;
    /** A sound program loses lines by chance, more of them the busier the machine is. */
    private static final int RUNS_AFTER_LOSS = 5;

    /** How long runs will take. */
    public record Estimate(int chunks, int context, double seconds) {
    }

    /**
     * Stores the logits of the original model.
     *
     * @throws IOException if the program fails
     */
    public BaseLogits base(Path model, Path to, Duration timeout) throws IOException {
        Path unfinished = to.resolveSibling(to.getFileName() + ".part");
        Files.deleteIfExists(unfinished);
        ChildProcess.Ended ended = ChildProcess.run(command(model, unfinished, List.of()), log, timeout, _ -> {
        });
        if (ended.timedOut()) {
            throw new MeasureException(late("storing the logits of " + model, timeout));
        }
        if (ended.exitCode() != 0 || !Files.exists(unfinished)) {
            throw failed(model, ended);
        }
        if (Files.size(unfinished) < BaseLogits.HEADER) {
            // It says why and ends as if all were well, such as for a text that is too short.
            throw new MeasureException(program + " stored no logits of " + model + ": " + ChildProcess.lastLines(log)
                    + " (its log is " + log + ")");
        }
        BaseLogits whole = BaseLogits.read(unfinished);
        Files.move(unfinished, to, StandardCopyOption.REPLACE_EXISTING);
        return new BaseLogits(to, whole.context(), whole.vocabulary(), whole.chunks());
    }

    /**
     * Compares a model with its original. A run that fails or hangs is repeated once. One that loses its last lines is
     * repeated too. If they are lost again, the running figures after the last chunk stand in. If those are also lost, the
     * run is repeated up to three times more.
     *
     * @param name  what is measured, for messages
     * @param chunk told of each chunk that is done for the first time
     * @throws IOException if the program fails twice, loses its figures in all runs, or writes what is not understood
     */
    public KlDivergence compare(String name, Path model, BaseLogits base, Duration timeout, Runnable chunk)
            throws IOException {
        List<Run> runs = new ArrayList<>();
        int told = 0;
        while (true) {
            Run run = run(name, model, base, timeout, told, chunk);
            if (run.result.isPresent()) {
                return run.result.get();
            }
            runs.add(run);
            told = Math.max(told, run.chunks);
            Optional<KlDivergence> running = runs.stream().flatMap(each -> each.running.stream())
                    .filter(each -> each.chunks() == base.chunks()).findFirst();
            if (runs.size() > 1 && running.isPresent()) {
                warnings.accept(
                        name + ": the last lines of llama-perplexity were lost twice: its running figures stand in,"
                                + " which have five decimals");
                return running.get();
            }
            if (runs.size() >= (run.lost ? RUNS_AFTER_LOSS : RUNS_AFTER_FAILURE)) {
                throw new MeasureException(run.failure);
            }
            warnings.accept(run.failure + ". Running it again");
        }
    }

    /**
     * @param lost    whether the program ended well and lines are missing
     * @param failure what is missing, where there is no result
     */
    private record Run(Optional<KlDivergence> result, Optional<KlDivergence> running, int chunks, boolean lost,
            String failure) {
    }

    private Run run(String name, Path model, BaseLogits base, Duration timeout, int told, Runnable chunk)
            throws IOException {
        PerplexityOutput output = new PerplexityOutput(program, true);
        // A line that is not understood may be the last, which can be torn.
        FormatException[] torn = new FormatException[1];
        ChildProcess.Ended ended = ChildProcess.run(command(model, base.file(), List.of("--kl-divergence")), log,
                timeout, line -> {
                    if (torn[0] != null) {
                        throw torn[0];
                    }
                    try {
                        if (output.add(line) && output.chunks() > told) {
                            chunk.run();
                        }
                    } catch (FormatException e) {
                        torn[0] = e;
                    }
                });
        if (output.result().isPresent() && output.chunks() == base.chunks()) {
            return new Run(output.result(), output.running(), output.chunks(), false, "");
        }
        String failure = ended.timedOut()
                ? late(name, timeout)
                : ended.exitCode() != 0
                        ? failed(model, ended).getMessage()
                        : name + ": llama-perplexity ended without its final statistics, after " + output.chunks()
                                + " of " + base.chunks() + " chunks"
                                + (torn[0] == null ? "" : " (" + torn[0].getMessage() + ")") + "; its log is " + log;
        // After a failure the figures of a last chunk are not to be trusted.
        boolean lost = !ended.timedOut() && ended.exitCode() == 0;
        return new Run(Optional.empty(), lost ? output.running() : Optional.empty(), output.chunks(), lost, failure);
    }

    private static String late(String what, Duration timeout) {
        return what + ": llama-perplexity took longer than " + timeout.toSeconds() + " seconds and was ended";
    }

    private MeasureException failed(Path model, ChildProcess.Ended ended) {
        String said = ChildProcess.lastLines(log);
        return new MeasureException(program + " failed on " + model + " with exit code " + ended.exitCode()
                + (said.isEmpty() ? "" : ": " + said) + " (its log is " + log + ")");
    }

    private List<String> command(Path model, Path logits, List<String> more) {
        List<String> command = new ArrayList<>(List.of(program, "-m", model.toString(), "-f", text.toString(),
                "--kl-divergence-base", logits.toString()));
        command.addAll(more);
        command.addAll(arguments);
        return command;
    }

    /**
     * Starts a run and ends it when it knows how long it will take. Nothing is stored.
     *
     * @return empty if the program does not say it
     * @throws IOException if the program cannot be run
     */
    public Optional<Estimate> estimate(Path model, Duration timeout) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-m", model.toString(), "-f", text.toString()));
        command.addAll(arguments);
        long start = System.nanoTime();
        Estimate[] found = new Estimate[1];
        try (ChildProcess.Watched watched = ChildProcess.watch(command, log)) {
            long loaded = 0;
            while (found[0] == null && System.nanoTime() - start < timeout.toNanos()) {
                boolean running = watched.isRunning(POLL_MILLIS);
                String said = Files.readString(log, StandardCharsets.ISO_8859_1);
                Matcher chunks = CHUNKS.matcher(said);
                Matcher pass = PASS.matcher(said);
                if (chunks.find()) {
                    loaded = loaded == 0 ? System.nanoTime() : loaded;
                    if (pass.find()) {
                        int count = Integer.parseInt(chunks.group(1));
                        double passes = Math.ceil(count / Double.parseDouble(chunks.group(3)));
                        found[0] = new Estimate(count, Integer.parseInt(chunks.group(2)),
                                (loaded - start) / NANOS + passes * Double.parseDouble(pass.group(1)));
                    }
                }
                if (!running && found[0] == null) {
                    if (watched.exitCode() != 0) {
                        throw failed(model, new ChildProcess.Ended(watched.exitCode(), false));
                    }
                    break;
                }
            }
        }
        return Optional.ofNullable(found[0]);
    }
}
