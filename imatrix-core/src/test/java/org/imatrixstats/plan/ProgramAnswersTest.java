package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plans against what the two real programs answered: testdata/quantize. */
class ProgramAnswersTest {
    private static final List<String> ARCHITECTURES = List.of("llama-3.1-8b", "llama-3-70b", "qwen3-30b-a3b",
            "deepseek-v2-lite", "qwen2.5-0.5b");
    private static final List<String> SMALL = List.of("small-dense", "small-moe", "small-odd");

    static Model model(String name) throws IOException {
        return Model.read(ReferenceFiles.testdata("models/" + name + ".gguf"));
    }

    private static JsonNode answers(String folder, String name) throws IOException {
        try (InputStream in = new GZIPInputStream(
                Files.newInputStream(ReferenceFiles.testdata("quantize/" + folder + "/" + name + ".json.gz")))) {
            return JsonMapper.shared().readTree(in);
        }
    }

    private static String twoDecimals(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    @TestFactory
    Stream<DynamicTest> givesEveryTensorTheTypeOfTheDryRun() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : ARCHITECTURES) {
            Model model = model(name);
            JsonNode answers = answers("dry-run", name);
            for (Map.Entry<String, JsonNode> answer : answers.get("ftypes").properties()) {
                tests.add(dynamicTest(name + " " + answer.getKey(),
                        () -> compare(answers.get("tensors"), answer.getValue(), Plan.of(Dialects.llamaCpp(), model,
                                QuantizeOptions.of(Dialects.llamaCpp().base(answer.getKey()))))));
            }
        }
        assertEquals(5 * 38 - 1, tests.size());
        return tests.stream();
    }

    private static void compare(JsonNode tensors, JsonNode answer, Plan plan) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            expected.add(tensors.get(i).get(0).asString() + " " + answer.get("types").get(i).asString());
        }
        assertEquals(expected,
                plan.tensors().stream().map(tensor -> tensor.name() + " " + tensor.type().ggmlName()).toList());
        assertEquals(twoDecimals(answer.get("quant_size_mib").asDouble()), twoDecimals(plan.quantMib()));
        assertEquals(twoDecimals(answer.get("bpw").asDouble()), twoDecimals(plan.bitsPerWeight()));
        assertEquals(answer.get("fallbacks").asLong(), plan.fallbacks());
        assertEquals(answer.get("needs_imatrix").asBoolean(), plan.needsImatrix());
        assertEquals(plan.needsImatrix(), !plan.missingImatrix().isEmpty());
    }

    @Test
    void refusesTheOneThatTheDryRunRefused() throws IOException {
        Model model = model("deepseek-v2-lite");
        RefusedException refused = assertThrows(RefusedException.class,
                () -> Plan.of(Dialects.llamaCpp(), model, QuantizeOptions.of(BaseType.Q1_0)));
        assertTrue(refused.getMessage().contains("no tensor type fallback is defined for type q1_0"),
                refused.getMessage());
    }

    @TestFactory
    Stream<DynamicTest> answersRulesAsTheProgramsDo() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : SMALL) {
            Model model = model(name);
            JsonNode answers = answers("rules", name);
            for (JsonNode run : answers.get("runs")) {
                tests.add(dynamicTest(
                        name + " " + run.get("dialect").asString() + " " + run.get("base").asString() + " "
                                + run.get("args"),
                        () -> compareRun(answers.get("tensor_order"), run, model)));
            }
        }
        assertEquals(375, tests.size());
        return tests.stream();
    }

    /** What its function that chooses types answers, for all base types, with its options for some tensors. */
    @TestFactory
    Stream<DynamicTest> choosesAsIkLlamaCppDoes() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : Stream.concat(ARCHITECTURES.stream(), SMALL.stream()).toList()) {
            Model model = model(name);
            JsonNode answers = answers("ik-mixes", name);
            assertEquals(SMALL.contains(name) ? 286 : 166, answers.get("runs").size());
            tests.add(dynamicTest(name, () -> {
                for (JsonNode run : answers.get("runs")) {
                    compareChoice(answers.get("tensor_order"), run, model);
                }
            }));
        }
        return tests.stream();
    }

    private static void compareChoice(JsonNode order, JsonNode run, Model model) throws RefusedException {
        Dialect dialect = Dialects.ikLlamaCpp();
        // Entries are another matter: the function does not look at them.
        QuantizeOptions options = options(dialect, run).withIgnoreImatrixRules(true);
        Plan plan = Plan.of(dialect, model, run.get("imatrix").asBoolean() ? options.withImatrix(Map.of()) : options);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            JsonNode type = run.get("types").get(i);
            expected.add(order.get(i).asString() + " " + (type.isNull() ? "kept" : type.asString()));
        }
        assertEquals(expected, plan.tensors().stream().map(tensor -> tensor.name() + " "
                + (tensor.quantized() ? dialect.nameOf(tensor.type()) : "kept")).toList(),
                () -> run.get("base") + " " + run.get("args"));
    }

    private static void compareRun(JsonNode order, JsonNode run, Model model) throws RefusedException {
        if (run.get("exit").asInt() != 0) {
            RefusedException refused = assertThrows(RefusedException.class, () -> plan(run, model));
            String message = run.get("message").asString();
            if (message.contains("Missing importance matrix for tensor ")) {
                String tensor = message.replaceFirst(".*Missing importance matrix for tensor (\\S+).*", "$1");
                assertTrue(refused.getMessage().contains("'" + tensor + "'"), refused.getMessage());
            }
            return;
        }
        Plan plan = plan(run, model);
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < order.size(); i++) {
            expected.put(order.get(i).asString(), run.get("types").get(i).asString());
        }
        Map<String, String> actual = new TreeMap<>();
        plan.tensors().forEach(tensor -> actual.put(tensor.name(), plan.dialect().nameOf(tensor.type())));
        assertEquals(expected, actual);
        assertEquals(twoDecimals(run.get("size_mib").asDouble()), twoDecimals(plan.quantMib()));
        assertSurprisesAreWarnedOf(plan);
    }

    /** Where a tensor gets another type than the rule that matches it says, a warning says so. */
    private static void assertSurprisesAreWarnedOf(Plan plan) throws RefusedException {
        for (PlannedTensor tensor : plan.tensors()) {
            Rule rule = Rule.firstMatch(tensor.name(), plan.options().rules());
            if (tensor.quantized() && rule != null && tensor.type() != rule.type()) {
                assertTrue(plan.warnings().stream().anyMatch(warning -> warning.contains("'" + rule + "'")
                        || warning.contains("ignores all rules") || warning.contains("several rows at once")),
                        () -> tensor.name() + " by " + rule + ": " + plan.warnings());
            }
        }
    }

    /** What the arguments of a run say, as the program reads them. */
    static Plan plan(JsonNode run, Model model) throws RefusedException {
        boolean ik = run.get("dialect").asString().equals("ik_llama.cpp");
        Dialect dialect = ik ? Dialects.ikLlamaCpp() : Dialects.llamaCpp();
        return Plan.of(dialect, model, options(dialect, run));
    }

    private static QuantizeOptions options(Dialect dialect, JsonNode run) throws RefusedException {
        QuantizeOptions options = QuantizeOptions.of(dialect.base(run.get("base").asString()));
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < run.get("args").size(); i++) {
            String option = run.get("args").get(i).asString();
            switch (option) {
                case "--pure" -> options = options.withPure(true);
                case "--ignore-imatrix-rules" -> options = options.withIgnoreImatrixRules(true);
                case "--custom-q", "--tensor-type" -> rules.addAll(dialect.rules(run.get("args").get(++i).asString()));
                default -> options = options.with(
                        Arrays.stream(TypeOption.values()).filter(each -> each.toString().equals(option)).findFirst()
                                .orElseThrow(),
                        dialect.type(run.get("args").get(++i).asString()));
            }
        }
        return options.withRules(rules);
    }
}
