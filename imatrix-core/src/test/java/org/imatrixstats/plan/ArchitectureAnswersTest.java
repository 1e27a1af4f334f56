package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.tensor.TensorInfo;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plans against what {@code llama-quantize --dry-run} of llama.cpp v0.5.0 answered for synthetic headers of many
 * architectures: all base types with and without an importance matrix, options, rules, pruned layers. See
 * testdata/README.md. {@code -Dquantize.answers=FOLDER} looks at others.
 */
class ArchitectureAnswersTest {
    private static final String FOLDER = System.getProperty("quantize.answers", "");

    private static Path folder() {
        return FOLDER.isEmpty() ? ReferenceFiles.testdata("quantize/architectures") : Path.of(FOLDER);
    }

    @TestFactory
    Stream<DynamicTest> givesEveryTensorTheTypeOfTheDryRun() throws IOException {
        List<Path> answers;
        try (Stream<Path> files = Files.list(folder())) {
            answers = files.filter(file -> file.toString().endsWith(".json.gz")).sorted().toList();
        }
        assertFalse(answers.isEmpty());
        return answers.stream().map(
                file -> dynamicTest(file.getFileName().toString().replace(".json.gz", ""), () -> compareAll(file)));
    }

    private static void compareAll(Path file) throws IOException {
        JsonNode answer = read(file);
        Model model = Model.read(Path.of(file.toString().replace(".json.gz", ".gguf")));
        List<Executable> runs = new ArrayList<>();
        for (JsonNode run : answer.get("runs")) {
            runs.add(() -> compare(answer.get("names"), run, model));
        }
        assertAll(runs);
    }

    private static JsonNode read(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return JsonMapper.shared().readTree(in);
        }
    }

    private static void compare(JsonNode names, JsonNode run, Model model) throws IOException {
        String what = run.get("base").asString() + " " + run.get("args");
        if (run.get("exit").asInt() != 0) {
            RefusedException refused = assertThrows(RefusedException.class, () -> plan(run, model), what);
            String message = run.get("message").asString();
            if (message.contains("no tensor type fallback is defined")) {
                assertTrue(refused.getMessage().contains(message), refused.getMessage());
            }
            return;
        }
        JsonNode now = run.has("names") ? run.get("names") : names;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            expected.add(now.get(i).asString() + " " + run.get("types").get(i).asString());
        }
        Plan plan = plan(run, model);
        assertEquals(String.join("\n", expected), String.join("\n",
                plan.tensors().stream().map(tensor -> tensor.name() + " " + tensor.type().ggmlName()).toList()), what);
        assertEquals(run.get("size_mib").asDouble(), plan.quantMib(), 0.00501, what);
        assertEquals(run.get("fallbacks").asLong(), plan.fallbacks(), what);
        assertEquals(run.get("needs_imatrix").asBoolean(), !plan.missingImatrix().isEmpty(), what);
    }

    private static Plan plan(JsonNode run, Model whole) throws IOException {
        Dialect dialect = Dialects.llamaCpp();
        QuantizeOptions options = QuantizeOptions.of(dialect.base(run.get("base").asString()));
        Model model = whole;
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < run.get("args").size(); i++) {
            String option = run.get("args").get(i).asString();
            switch (option) {
                case "--pure" -> options = options.withPure(true);
                case "--leave-output-tensor" -> options = options.withLeaveOutput(true);
                case "--keep-split" -> options = options.withFileOrder(true);
                case "--imatrix" -> options = options.withImatrix(entries(model));
                case "--tensor-type" -> rules.addAll(dialect.rules(run.get("args").get(++i).asString()));
                case "--prune-layers" -> model = Pruning.of(whole, layers(run.get("args").get(++i).asString())).model();
                default -> options = options.with(
                        Arrays.stream(TypeOption.values()).filter(each -> each.toString().equals(option)).findFirst()
                                .orElseThrow(),
                        dialect.type(run.get("args").get(++i).asString()));
            }
        }
        return Plan.of(dialect, model, options.withRules(rules));
    }

    private static Set<Integer> layers(String list) {
        Set<Integer> layers = new LinkedHashSet<>();
        for (String layer : list.split(",")) {
            layers.add(Integer.valueOf(layer));
        }
        return layers;
    }

    /** An entry for every matrix in a block, as llama-imatrix collects them. */
    private static Map<String, Long> entries(Model model) {
        Map<String, Long> entries = new HashMap<>();
        for (TensorInfo tensor : model.tensors()) {
            if (tensor.name().contains("blk.") && tensor.name().endsWith("weight") && tensor.dims().size() > 1) {
                entries.put(tensor.name(), Model.entrySize(tensor));
            }
        }
        return entries;
    }
}
