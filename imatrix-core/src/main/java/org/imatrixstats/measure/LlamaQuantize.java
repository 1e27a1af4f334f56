package org.imatrixstats.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.Rule;

/**
 * Runs {@code llama-quantize}.
 *
 * @param program its path
 * @param log     receives what it writes
 */
public record LlamaQuantize(String program, Path log) {
    private static final Duration TIMEOUT = Duration.ofDays(2);

    /**
     * Writes a quantized model.
     *
     * @param plan the base type and the rules
     * @throws IOException if the program fails
     */
    public void write(Path model, Optional<Path> imatrix, Plan plan, Path to) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        imatrix.ifPresent(file -> command.addAll(List.of("--imatrix", file.toString())));
        List<Rule> rules = plan.options().rules();
        if (plan.dialect().joinsRules() && !rules.isEmpty()) {
            command.addAll(List.of("--custom-q", rules.stream().map(Rule::text).collect(Collectors.joining(","))));
        } else {
            rules.forEach(rule -> command.addAll(List.of("--tensor-type", rule.text())));
        }
        command.addAll(List.of(model.toString(), to.toString(), plan.options().base().name()));
        ChildProcess.Ended ended = ChildProcess.run(command, log, TIMEOUT, _ -> {
        });
        if (ended.exitCode() != 0 || !Files.exists(to)) {
            throw new MeasureException(program + " failed on " + model + " with exit code " + ended.exitCode() + ": "
                    + ChildProcess.lastLines(log) + " (its log is " + log + ")");
        }
    }
}
