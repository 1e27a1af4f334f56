package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    private static final Importance DEFAULT = new Importance(Importance.DEFAULT_BETA, Ranking.SUM,
            Importance.DEFAULT_ROLES);
    private static final List<String> LARGE = List.of("llama-3.1-8b", "llama-3-70b", "qwen3-30b-a3b",
            "deepseek-v2-lite", "qwen2.5-0.5b");
    private static final List<String> SMALL = List.of("small-dense", "small-moe", "small-odd", "qwen2.5-0.5b",
            "llama-3.1-8b", "deepseek-v2-lite");

    private static Model model(String name) throws IOException {
        return Model.read(ReferenceFiles.testdata("models/" + name + ".gguf"));
    }

    private static Losses losses(Dialect dialect, Map<String, Double> weights, Set<String> entries) {
        return new Losses(dialect, weights, Distortion.measured(dialect), Optional.empty(), entries);
    }

    private static Recipe recipe(Model model, double bpw, RecipeOptions options) throws IOException {
        return Recipes.within((long) (bpw * model.elements() / 8), model, options,
                losses(options.dialect(), DEFAULT.weights(model, Optional.empty()), Set.of()), Optional.empty());
    }

    private static GgmlType typeOf(Recipe recipe, String tensor) {
        return recipe.plan().tensor(tensor).type();
    }

    // ---- what a recipe promises

    /** Entries for all tensors that a matrix usually has; some are left out. */
    private static Map<String, Long> entries(Model model, Dialect dialect, Random random) {
        Map<String, Long> entries = new HashMap<>();
        for (TensorInfo tensor : model.tensors()) {
            boolean usual = dialect.mayQuantize(tensor) && TensorName.of(tensor.name()).hasLayer();
            if (usual && random.nextInt(20) > 0) {
                long matrices = tensor.dims().size() > 2 ? tensor.dims().get(2) : 1;
                entries.put(tensor.name(), tensor.ne0() * matrices);
            }
        }
        return entries;
    }

    private static RecipeOptions options(Dialect dialect, Random random) {
        List<GgmlType> types = new ArrayList<>();
        if (random.nextBoolean()) {
            Distortion known = Distortion.measured(dialect);
            dialect.types().stream().filter(type -> !Double.isNaN(known.of(type, true)) && random.nextInt(3) == 0)
                    .forEach(types::add);
        }
        Set<Harmony> harmonies = new HashSet<>();
        for (Harmony harmony : Harmony.values()) {
            if (random.nextBoolean()) {
                harmonies.add(harmony);
            }
        }
        List<RecipeOptions.Pin> pins = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            pins.add(new RecipeOptions.Pin("pin", Pattern.compile("[13]\\.attn_v|output\\.w").asPredicate(),
                    GgmlType.Q8_0));
        }
        List<RecipeOptions.Limit> limits = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            limits.add(new RecipeOptions.Limit("least", "attn_q"::equals, GgmlType.Q3_K, false));
            limits.add(new RecipeOptions.Limit("most", kind -> kind.startsWith("ffn"), GgmlType.Q6_K, true));
        }
        return new RecipeOptions(dialect, random.nextBoolean() ? BaseType.Q8_0 : BaseType.Q4_K_M, types, pins, limits,
                harmonies);
    }

    /** Names and shapes as no converter writes them: capitals, characters of regular expressions, odd numbers, gaps. */
    private static Model odd(Random random) {
        List<String> kinds = List.of("blk.%d.attn_Q.weight", "blk.%d.attn_v.weight", "blk.%d.attn_k.weight",
                "v.blk.%d.ffn_down.weight", "blk.%d.ffn_gate_exps.weight", "blk.%d.ffn_up_exps.weight",
                "blk.%d.ffn+down(x).weight", "a[0].b{1}|c^d.%d.weight", "mm.%d.weight", "blk.%d.a,b=c d.weight",
                "blk.0%d.attn_v.weight", "v.blk.12345678%d90.ffn_down.weight", "blk.%d.token_embd.weight");
        long[] columns = {256, 512, 896, 1408, 96, 100};
        List<TensorInfo> tensors = new ArrayList<>();
        tensors.add(new TensorInfo("token_embd.weight", List.of(256L, 1000L), GgmlType.F16, 0, 0, 0));
        int layers = 1 + random.nextInt(13);
        for (String kind : kinds) {
            long columnsOfKind = columns[random.nextInt(columns.length)];
            for (int layer = 0; layer < layers; layer++) {
                if (random.nextInt(4) > 0) {
                    List<Long> dims = kind.contains("exps")
                            ? List.of(256L, 48L, 4L)
                            : List.of(columnsOfKind, 16L + random.nextInt(3));
                    tensors.add(new TensorInfo(String.format(kind, layer), dims, GgmlType.F16, 0, 0, 0));
                }
            }
        }
        return new Model("odd.gguf", "llama", layers, 1 + random.nextInt(8), 4 * random.nextInt(3), 1000, 0,
                tensors);
    }

    /** Simulated rules give the plan; it is within the budget; each rule matches a tensor and no tensor two. */
    @Test
    void holdsForAnyModelBudgetAndOptions() throws IOException {
        Random random = new Random(64);
        int made = 0;
        for (int run = 0; run < 300; run++) {
            Dialect dialect = Dialects.all().get(run % 2);
            Model model = random.nextInt(3) == 0 ? odd(random) : model(SMALL.get(random.nextInt(SMALL.size())));
            RecipeOptions options = options(dialect, random);
            Optional<Map<String, Long>> entries = random.nextInt(3) == 0
                    ? Optional.empty()
                    : Optional.of(entries(model, dialect, random));
            Map<String, Double> weights = new HashMap<>();
            model.tensors().forEach(tensor -> weights.put(tensor.name(), Math.exp(random.nextGaussian())));
            long budget = (long) ((2 + 7 * random.nextDouble()) * model.elements() / 8);
            Losses losses = losses(dialect, weights, entries.map(Map::keySet).orElse(Set.of()));
            Recipe recipe;
            try {
                recipe = Recipes.within(budget, model, options, losses, entries);
            } catch (RecipeException e) {
                assertTrue(e.getMessage().contains("cannot be made as small as")
                        || e.getMessage().startsWith("no type is left for")
                        || e.getMessage().startsWith("pin matches no tensor"), e.getMessage());
                continue;
            } catch (RefusedException e) {
                assertTrue(e.getMessage().endsWith("its layer cannot be determined from its name"), e.getMessage());
                continue;
            }
            made++;
            assertKept(recipe, model, budget, entries);
        }
        assertTrue(made > 150, made + " recipes");
    }

    /** From the texts of the rules, as a user would give them to the program. */
    private static void assertKept(Recipe recipe, Model model, long budget, Optional<Map<String, Long>> entries)
            throws IOException {
        Dialect dialect = recipe.options().dialect();
        List<Rule> parsed = new ArrayList<>();
        for (Rule rule : recipe.rules()) {
            assertTrue(rule.text().replaceAll("\\\\[{}]", "").matches("\\^[^A-Z,= {}]+\\$=[a-z0-9_KV]+"),
                    rule.text());
            parsed.addAll(dialect.rules(rule.text()));
        }
        QuantizeOptions options = QuantizeOptions.of(recipe.options().base());
        options = entries.isPresent() ? options.withImatrix(entries.get()) : options;
        Plan first = Plan.of(dialect, model, options.withRules(parsed));
        Plan last = Plan.of(dialect, model, options.withRules(parsed.reversed()));
        Map<String, GgmlType> chosen = recipe.choices().stream()
                .collect(Collectors.toMap(choice -> choice.tensor().name(), TypeChoice::type));
        Set<String> used = new HashSet<>();
        for (PlannedTensor tensor : first.tensors()) {
            GgmlType expected = chosen.getOrDefault(tensor.name(), tensor.source().ggmlType());
            assertEquals(expected, tensor.type(), tensor.name());
            assertEquals(expected, last.tensor(tensor.name()).type(), tensor.name());
            if (tensor.rule() != null) {
                used.add(tensor.rule().text());
            }
        }
        assertEquals(recipe.rules().stream().map(Rule::text).collect(Collectors.toSet()), used);
        assertTrue(first.tensors().stream().noneMatch(PlannedTensor::isBroken));
        assertEquals(List.of(), first.missingImatrix());
        assertEquals(0, first.fallbacks());
        assertTrue(first.quantBytes() <= budget, () -> first.quantBytes() + " in " + budget);
        assertTrue(recipe.gap() <= 1e-4, () -> "gap " + recipe.gap());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama.cpp", "ik_llama.cpp"})
    void isProvenToAHundredthOfAPercentForRealModelsAtManyBudgets(String program) throws IOException {
        Dialect dialect = Dialects.all().stream().filter(each -> each.name().equals(program)).findFirst().orElseThrow();
        for (String name : LARGE) {
            Model model = model(name);
            double before = Double.POSITIVE_INFINITY;
            for (double bpw = 4.25; bpw < 8.5; bpw += 0.47) {
                Recipe recipe = recipe(model, bpw, new RecipeOptions(dialect, BaseType.Q8_0, dialect.recipeTypes(),
                        List.of(), List.of(), Set.of(Harmony.GATE_UP)));
                double size = bpw;
                assertTrue(recipe.gap() <= 1e-4, () -> name + " at " + size + ": gap " + recipe.gap());
                assertTrue(recipe.lowerBound() <= recipe.loss());
                assertTrue(recipe.plan().bitsPerWeight() <= bpw);
                // More bytes never lose more.
                assertTrue(recipe.loss() <= before * (1 + 1e-4));
                before = recipe.loss();
            }
        }
    }

    // ---- what the user asks for

    @Test
    void gateAndUpOfALayerGetOneTypeUnlessSplit() throws IOException {
        Model model = model("small-dense");
        Map<String, Double> weights = new HashMap<>();
        weights.put("blk.1.ffn_up.weight", 1000.0);
        RecipeOptions together = RecipeOptions.of(Dialects.llamaCpp());
        RecipeOptions split = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0, List.of(), List.of(), List.of(),
                Set.of());
        long budget = (long) (4.6 * model.elements() / 8);
        Losses losses = losses(Dialects.llamaCpp(), weights, Set.of());
        Recipe one = Recipes.within(budget, model, together, losses, Optional.empty());
        assertEquals(typeOf(one, "blk.1.ffn_up.weight"), typeOf(one, "blk.1.ffn_gate.weight"));
        Recipe two = Recipes.within(budget, model, split, losses, Optional.empty());
        assertEquals(GgmlType.Q8_0, typeOf(two, "blk.1.ffn_up.weight"));
        assertFalse(typeOf(two, "blk.1.ffn_gate.weight") == GgmlType.Q8_0);
        assertTrue(two.loss() < one.loss());
    }

    @Test
    void pinsAndLimitsAreKept() throws IOException {
        RecipeOptions options = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0, List.of(),
                List.of(new RecipeOptions.Pin("pin", name -> name.equals("blk.0.attn_q.weight"), GgmlType.BF16)),
                List.of(new RecipeOptions.Limit("least", "attn_k"::equals, GgmlType.Q6_K, false),
                        new RecipeOptions.Limit("most", "output"::equals, GgmlType.Q4_K, true)),
                Set.of());
        Recipe recipe = recipe(model("llama-3.1-8b"), 4.5, options);
        assertEquals(GgmlType.BF16, typeOf(recipe, "blk.0.attn_q.weight"));
        for (TypeChoice choice : recipe.choices()) {
            String name = choice.tensor().name();
            assertEquals(name.equals("blk.0.attn_q.weight"), choice.pinned(), name);
            assertTrue(!name.endsWith("attn_k.weight") || Ladder.bitsPerWeight(choice.type()) >= 6.5625, name);
            assertTrue(!name.equals("output.weight") || Ladder.bitsPerWeight(choice.type()) <= 4.5, name);
        }
    }

    @Test
    void typesThatDemandAnEntryGoToTensorsThatHaveOne() throws IOException {
        Model model = model("llama-3.1-8b");
        Dialect dialect = Dialects.llamaCpp();
        Map<String, Long> entries = Map.of("blk.0.ffn_up.weight", 4096L, "blk.0.ffn_gate.weight", 4096L);
        RecipeOptions options = new RecipeOptions(dialect, BaseType.Q8_0, List.of(GgmlType.IQ2_XXS, GgmlType.Q3_K),
                List.of(), List.of(), Set.of());
        Recipe recipe = Recipes.within(model.elements() * 3436 / 8000, model, options,
                losses(dialect, Map.of(), entries.keySet()), Optional.of(entries));
        Map<GgmlType, List<String>> byType = recipe.choices().stream().collect(Collectors.groupingBy(
                TypeChoice::type, Collectors.mapping(choice -> choice.tensor().name(), Collectors.toList())));
        assertTrue(entries.keySet().containsAll(byType.get(GgmlType.IQ2_XXS)), byType.get(GgmlType.IQ2_XXS)::toString);
        assertEquals(Set.of(GgmlType.IQ2_XXS, GgmlType.Q3_K), byType.keySet());
    }

    /** Rows of 896 are no whole blocks of 256. */
    @Test
    void shapesThatDemandAnotherTypeAreWeighedAsThatType() throws IOException {
        Recipe recipe = recipe(model("qwen2.5-0.5b"), 6.5, RecipeOptions.of(Dialects.llamaCpp()));
        assertEquals(0, recipe.plan().fallbacks());
        assertTrue(recipe.choices().stream().filter(choice -> choice.tensor().ne0() == 896)
                .allMatch(choice -> choice.type().blockSize() == 32));
    }

    @Test
    void anImpossibleBudgetSaysWhatIsPossible() throws IOException {
        Model model = model("small-dense");
        RecipeOptions options = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0,
                List.of(GgmlType.Q4_K, GgmlType.Q8_0), List.of(), List.of(), Set.of());
        Plan least = Plan.of(Dialects.llamaCpp(), model, QuantizeOptions.of(BaseType.Q8_0)
                .withRules(Dialects.llamaCpp().rules(".*=q4_K")));
        Plan most = Plan.of(Dialects.llamaCpp(), model, QuantizeOptions.of(BaseType.Q8_0)
                .withRules(Dialects.llamaCpp().rules(".*=q8_0")));
        RecipeException e = assertThrows(RecipeException.class, () -> recipe(model, 4, options));
        assertTrue(e.getMessage().endsWith(String.format("possible sizes: %,d bytes (%.2f MiB, %.4f bpw) to %,d bytes"
                + " (%.2f MiB, %.4f bpw)", least.quantBytes(), least.quantMib(), least.bitsPerWeight(),
                most.quantBytes(), most.quantMib(), most.bitsPerWeight())), e.getMessage());
        RecipeException low = assertThrows(RecipeException.class,
                () -> recipe(model, 2, RecipeOptions.of(Dialects.llamaCpp())));
        assertTrue(low.getMessage().endsWith("; an importance matrix allows for types that demand one"),
                low.getMessage());
        RecipeOptions one = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0, List.of(GgmlType.Q4_K), List.of(),
                List.of(), Set.of());
        RecipeException only = assertThrows(RecipeException.class, () -> recipe(model, 4, one));
        assertTrue(only.getMessage().endsWith(String.format("the only possible size is %,d bytes (%.2f MiB, %.4f bpw)",
                least.quantBytes(), least.quantMib(), least.bitsPerWeight())), only.getMessage());
    }

    /** llama.cpp lets token_embd.weight go without an entry, and nothing else of that kind. */
    @Test
    void tensorsOfOneKindThatAreTreatedOtherwiseAreToldApart() throws IOException {
        List<Long> dims = List.of(256L, 1000L);
        Model model = new Model("x.gguf", "llama", 1, 1, 0, 1000, 0,
                List.of(new TensorInfo("token_embd.weight", dims, GgmlType.F16, 0, 0, 0),
                        new TensorInfo("blk.0.token_embd.weight", dims, GgmlType.F16, 0, 0, 0)));
        Map<GgmlType, Double> alike = Map.of(GgmlType.IQ2_S, 0.1, GgmlType.Q4_K, 0.1);
        RecipeOptions options = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0,
                List.of(GgmlType.IQ2_S, GgmlType.Q4_K), List.of(), List.of(), Set.of());
        Recipe recipe = Recipes.within(model.elements() * 4 / 8, model, options,
                new Losses(Dialects.llamaCpp(), Map.of(), new Distortion("", alike, alike), Optional.empty(), Set.of()),
                Optional.empty());
        assertEquals(GgmlType.IQ2_S, typeOf(recipe, "token_embd.weight"));
        assertEquals(GgmlType.Q4_K, typeOf(recipe, "blk.0.token_embd.weight"));
    }

    /** llama.cpp stops at an entry of another size, but where it has nothing to do. */
    @Test
    void tensorsWhoseEntriesHaveOtherSizesAreToldApart() throws IOException {
        List<Long> dims = List.of(256L, 64L);
        List<TensorInfo> tensors = new ArrayList<>();
        for (int layer = 0; layer < 2; layer++) {
            tensors.add(new TensorInfo("blk." + layer + ".attn_v.weight", dims, GgmlType.F16, 0, 0, 0));
        }
        Model model = new Model("x.gguf", "llama", 2, 1, 0, 1000, 0, tensors);
        Map<String, Long> entries = Map.of("blk.0.attn_v.weight", 256L, "blk.1.attn_v.weight", 7L);
        RecipeOptions options = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0,
                List.of(GgmlType.IQ2_S, GgmlType.F16), List.of(), List.of(), Set.of());
        Recipe recipe = Recipes.within(model.elements() * 10 / 8, model, options,
                losses(Dialects.llamaCpp(), Map.of(), entries.keySet()), Optional.of(entries));
        assertEquals(GgmlType.IQ2_S, typeOf(recipe, "blk.0.attn_v.weight"));
        assertEquals(GgmlType.F16, typeOf(recipe, "blk.1.attn_v.weight"));
    }

    // ---- weights

    /** 4 to the power of the bits that the mixes give a kind beyond the base type, on average of three. */
    @Test
    void defaultRolesFollowTheMixesOfLlamaCpp() throws IOException {
        Model model = model("llama-3.1-8b");
        Map<String, Double> bits = new HashMap<>();
        Map<BaseType, GgmlType> mixes = Map.of(BaseType.Q3_K_M, GgmlType.Q3_K, BaseType.Q4_K_M, GgmlType.Q4_K,
                BaseType.Q5_K_M, GgmlType.Q5_K);
        for (Map.Entry<BaseType, GgmlType> mix : mixes.entrySet()) {
            Plan plan = Plan.of(Dialects.llamaCpp(), model, QuantizeOptions.of(mix.getKey()));
            plan.tensors().stream().filter(PlannedTensor::quantized)
                    .collect(Collectors.groupingBy(tensor -> TensorName.of(tensor.name()).kind(),
                            Collectors.averagingDouble(tensor -> Ladder.bitsPerWeight(tensor.type())
                                    - Ladder.bitsPerWeight(mix.getValue()))))
                    .forEach((kind, more) -> bits.merge(kind, more / mixes.size(), Double::sum));
        }
        bits.forEach((kind, more) -> assertEquals(Math.pow(4, more), DEFAULT.role(kind, false),
                0.03 * Math.pow(4, more), kind));
    }

    @Test
    void tiedTokenEmbeddingsWeighAsTheOutput() {
        assertEquals(DEFAULT.role("output", false), DEFAULT.role("token_embd", true));
        assertEquals(1, DEFAULT.role("token_embd", false));
    }

    @Test
    void importanceWithinAKindIsBoundedByBeta() {
        assertEquals(1, DEFAULT.within(0));
        assertEquals(Math.exp(0.69 * Math.tanh(0.8)), DEFAULT.within(1), 1e-12);
        assertEquals(Math.exp(0.69), DEFAULT.within(100), 1e-12);
        assertEquals(1, new Importance(0, Ranking.SUM, List.of()).within(3));
    }

    @Test
    void moreImportantTensorsGetNoLessThanOthersOfTheirKind() throws IOException {
        Model model = Model.read(ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"));
        Dialect dialect = Dialects.llamaCpp();
        try (Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"))) {
            Report report = StatsCalculator.report(imatrix, 1);
            Map<String, Long> entries = QuantizeOptions.sizes(imatrix);
            Map<String, Double> weights = DEFAULT.weights(model, Optional.of(report));
            // 7 has the largest Σ of its kind, 3 the smallest.
            assertTrue(weights.get("blk.7.ffn_down.weight") > weights.get("blk.0.ffn_down.weight"));
            assertTrue(weights.get("blk.0.ffn_down.weight") > weights.get("blk.3.ffn_down.weight"));
            RecipeOptions options = new RecipeOptions(dialect, BaseType.Q8_0, List.of(), List.of(), List.of(),
                    Set.of());
            Recipe recipe = Recipes.within((long) (4.4 * model.elements() / 8), model, options,
                    losses(dialect, weights, entries.keySet()), Optional.of(entries));
            Map<String, TypeChoice> choices = recipe.choices().stream()
                    .collect(Collectors.toMap(choice -> choice.tensor().name(), Function.identity()));
            for (int layer = 0; layer < 8; layer++) {
                for (int other = 0; other < 8; other++) {
                    TypeChoice a = choices.get("blk." + layer + ".ffn_down.weight");
                    TypeChoice b = choices.get("blk." + other + ".ffn_down.weight");
                    assertTrue(a.weight() <= b.weight() || a.loss() / a.weight() <= b.loss() / b.weight() * (1 + 1e-9),
                            layer + " and " + other);
                }
            }
        }
    }

    @Test
    void refusesWhatNoRuleReaches() throws IOException {
        Model model = model("small-dense");
        RecipeOptions nothing = new RecipeOptions(Dialects.llamaCpp(), BaseType.Q8_0, List.of(),
                List.of(new RecipeOptions.Pin("--pin 'x=q8_0'", name -> name.endsWith("_norm.weight"),
                        GgmlType.Q8_0)),
                List.of(), Set.of());
        RecipeException e = assertThrows(RecipeException.class, () -> recipe(model, 5, nothing));
        assertTrue(e.getMessage().startsWith("--pin 'x=q8_0' matches no tensor of "), e.getMessage());
    }

    // ---- the published method

    private static Promotion raised(double share, boolean least, String... kinds) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"))) {
            return Promotion.of(StatsCalculator.report(imatrix, 1), Ranking.SUM, share, least, GgmlType.Q6_K,
                    Set.of(kinds)::contains, Dialects.llamaCpp(), BaseType.Q4_K_M);
        }
    }

    /** Q4_K_M has q6_K in ffn_down of layers 0, 3, 6 and 7 of 8, q4_K elsewhere; it raises no attn_k. */
    @Test
    void saysWhereTheBaseTypeGivesMoreThanATensorIsRaisedTo() throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"))) {
            Report report = StatsCalculator.report(imatrix, 1);
            assertEquals(List.of("Q4_K_M itself gives 3 of the 4 tensors more bits than the chosen type has, such as"
                    + " blk.0.ffn_down.weight q6_K: they are lowered"),
                    Promotion.of(report, Ranking.SUM, 0.5, false, GgmlType.Q5_K, "ffn_down"::equals,
                            Dialects.llamaCpp(), BaseType.Q4_K_M).warnings());
            assertEquals(List.of("Q4_K_M itself gives 8 of the 8 tensors fewer bits than the chosen type has, such as"
                    + " blk.0.attn_k.weight q4_K: they are raised"),
                    Promotion.of(report, Ranking.SUM, 1, true, GgmlType.Q5_K, "attn_k"::equals,
                            Dialects.ikLlamaCpp(), BaseType.Q4_K_M).warnings());
            assertEquals(List.of(), Promotion.of(report, Ranking.SUM, 1, false, GgmlType.Q5_K, "attn_k"::equals,
                    Dialects.llamaCpp(), BaseType.Q4_K_M).warnings());
        }
    }

    /** Σ of ffn_down by layer: 914, 195, 36, 31.9, 31.9, 121, 313, 1998 (README). */
    @Test
    void raisesTheMostImportantHalfOfAKind() throws IOException, RefusedException {
        Promotion promotion = raised(0.5, false, "ffn_down");
        assertEquals(List.of("^blk\\.[0167]\\.ffn_down\\.weight$=q6_K"),
                promotion.rules().stream().map(Rule::text).toList());
        assertEquals(Map.of("ffn_down", 8), promotion.ofKind());
    }

    @Test
    void lowersTheLeastImportantQuarter() throws IOException {
        assertEquals(List.of("^blk\\.[34]\\.ffn_down\\.weight$=q6_K"),
                raised(0.25, true, "ffn_down").rules().stream().map(Rule::text).toList());
    }

    @Test
    void ofSeveralKindsWithTheSameLayersMakesOneRule() throws IOException {
        assertEquals(List.of("^blk\\.[0-7]\\.ffn_(down|gate|up)\\.weight$=q6_K"),
                raised(1, false, "ffn_down", "ffn_gate", "ffn_up").rules().stream().map(Rule::text).toList());
    }

    @Test
    void kindsThatAreNotThereAreAnError() {
        assertThrows(RecipeException.class, () -> raised(0.5, false, "ffn_sideways"));
    }

    @Test
    void theModelOfAnotherMatrixIsRefused() throws IOException {
        Path file = ReferenceFiles.testdata("dense-prose.gguf");
        Model model = model("llama-3.1-8b");
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            IOException e = assertThrows(IOException.class,
                    () -> ModelFit.of(imatrix, model, Dialects.llamaCpp()).warnings(model.name()));
            assertTrue(e.getMessage().contains("512 columns, but "), e.getMessage());
        }
    }
}
