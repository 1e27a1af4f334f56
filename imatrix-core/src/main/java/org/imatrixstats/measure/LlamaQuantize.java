package org.imatrixstats.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Runs {@code llama-quantize}.
 *
 * @param program its path
 * @param log     receives what it writes
 */
public record LlamaQuantize(String program, Path log) {
    private static final Duration TIMEOUT = Duration.ofDays(2);
    private static final int MOST_LINES = 1000;

    /**
     * Writes a quantized model.
     *
     * @param plan the base type and the rules
     * @throws IOException if the program fails, or gives a tensor another type than planned
     */
    public void write(Path model, Optional<Path> imatrix, Plan plan, Path to) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        imatrix.ifPresent(file -> command.addAll(List.of("--imatrix", file.toString())));
        List<Rule> rules = plan.options().rules();
        String option = plan.dialect().joinsRules() ? "--custom-q" : "--tensor-type";
        if (plan.dialect().joinsRules() && !rules.isEmpty()) {
            command.addAll(List.of(option, rules.stream().map(Rule::text).collect(Collectors.joining(","))));
        } else {
            rules.forEach(rule -> command.addAll(List.of(option, rule.text())));
        }
        command.addAll(List.of(model.toString(), to.toString(), plan.options().base().name()));
        List<String> usage = new ArrayList<>();
        ChildProcess.Ended ended = ChildProcess.run(command, log, TIMEOUT, line -> {
            // What it does not understand it answers with its options, on standard output.
            if (usage.size() < MOST_LINES && (!usage.isEmpty() || line.startsWith("usage:"))) {
                usage.add(line);
            }
        });
        if (ended.exitCode() != 0 || !Files.exists(to)) {
            throw new MeasureException(program + " failed on " + model + " with exit code " + ended.exitCode()
                    + reason(usage, rules.isEmpty() ? "" : option, imatrix) + " (its log is " + log + ")");
        }
        requireTypes(to, plan);
    }

    private String reason(List<String> usage, String option, Optional<Path> imatrix) throws IOException {
        if (!option.isEmpty() && !usage.isEmpty() && usage.stream().noneMatch(line -> line.contains(option))) {
            return ": it does not know " + option
                    + ", which gives each tensor its type. Builds of llama.cpp have it since"
                    + " April 2025";
        }
        String said = ChildProcess.lastLines(log);
        String old = imatrix.isPresent() && isGguf(imatrix.get())
                ? ". Builds of llama.cpp from before July 2025, and ik_llama.cpp, read only importance matrices in the"
                        + " legacy format"
                : "";
        return (said.isEmpty() ? usage.isEmpty() ? "" : ": " + usage.getFirst() : ": " + said) + old;
    }

    private static boolean isGguf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(4), StandardCharsets.US_ASCII).equals("GGUF");
        }
    }

    /** Another version of the program may have other mixes, or pass over rules. */
    private void requireTypes(Path file, Plan plan) throws IOException {
        Map<String, GgmlType> written = Model.read(file).tensors().stream()
                .collect(Collectors.toMap(TensorInfo::name, TensorInfo::ggmlType));
        List<PlannedTensor> others = plan.tensors().stream()
                .filter(tensor -> tensor.type() != written.get(tensor.name())).toList();
        if (!others.isEmpty()) {
            PlannedTensor first = others.getFirst();
            GgmlType is = written.get(first.name());
            throw new MeasureException(program + " gave " + others.size()
                    + (others.size() == 1 ? " tensor" : " tensors") + " another type than planned: " + first.name()
                    + " is " + (is == null ? "missing" : plan.dialect().nameOf(is)) + ", expected "
                    + plan.dialect().nameOf(first.type()) + ". It is of another version");
        }
    }
}
