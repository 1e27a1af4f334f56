package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.StandardMixes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontierTest {
    private static Recipes recipes(Model model, Dialect dialect, List<GgmlType> types) throws IOException {
        Importance importance = new Importance(Importance.DEFAULT_BETA, Ranking.SUM, Importance.DEFAULT_ROLES);
        RecipeOptions plain = RecipeOptions.of(dialect);
        RecipeOptions options = new RecipeOptions(dialect, plain.base(), types, plain.pins(), plain.limits(),
                plain.harmonies());
        return Recipes.of(model, options, new Losses(dialect, importance.weights(model, Optional.empty()),
                Distortion.measured(dialect), Optional.empty(), Set.of()), Optional.empty());
    }

    private static Model model(String name) throws IOException {
        return Model.read(ReferenceFiles.testdata("models/" + name + ".gguf"));
    }

    /** Each point is the recipe of its size: a search at that size finds nothing better. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-english-f16.header", "small-moe", "deepseek-v2-lite"})
    void eachPointIsTheRecipeOfItsSize(String name) throws IOException {
        for (Dialect dialect : Dialects.all()) {
            Recipes recipes = recipes(model(name), dialect, List.of());
            List<Frontier.Point> points = recipes.frontier().points();
            for (int i = 0; i < points.size(); i += 1 + points.size() / 12) {
                Frontier.Point point = points.get(i);
                Recipe recipe = recipes.within(point.bytes());
                assertEquals(point.bytes(), recipe.plan().quantBytes());
                assertEquals(point.loss(), recipe.loss(), 1e-9 * recipe.loss());
                assertEquals(point.bitsPerWeight(), recipe.plan().bitsPerWeight(), 1e-12);
            }
        }
    }

    /** By residual shares some i-quants below a K-quant are let in without it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatARecipeOfAnySizeChoosesFromIsSearched(boolean shares) throws IOException {
        for (Dialect dialect : Dialects.all()) {
            Model model = model("llama-3.1-8b");
            Candidates candidates = new Candidates(model, RecipeOptions.of(dialect),
                    new Losses(dialect, Map.of(), Distortion.measured(dialect), Optional.empty(), Set.of(),
                            Optional.empty(), shares),
                    Optional.empty());
            for (int hundredths = 270; hundredths < 850; hundredths++) {
                long budget = model.elements() * hundredths / 800;
                assertTrue(candidates.pools().contains(candidates.within(budget)), dialect.name() + " " + hundredths);
            }
        }
    }

    @Test
    void moreBytesLoseLessFromTheSmallestRecipeToTheLargestType() throws IOException {
        Recipes recipes = recipes(model("llama-3.1-8b"), Dialects.llamaCpp(), List.of());
        List<Frontier.Point> points = recipes.frontier().points();
        for (int i = 1; i < points.size(); i++) {
            assertTrue(points.get(i).bytes() > points.get(i - 1).bytes());
            assertTrue(points.get(i).loss() < points.get(i - 1).loss());
        }
        assertEquals(Map.of(GgmlType.Q8_0, 1.0), recipes.frontier().types(points.getLast()));
        // Without an importance matrix q2_K is the smallest: 84 bytes for 256 weights.
        assertTrue(points.getFirst().bitsPerWeight() < 2.63, points.getFirst().toString());
    }

    @Test
    void withinASizeIsTheBestPointThatIsNotLarger() throws IOException {
        Frontier frontier = recipes(model("small-dense"), Dialects.llamaCpp(), List.of(GgmlType.Q4_K, GgmlType.Q6_K))
                .frontier();
        Frontier.Point some = frontier.points().get(3);
        assertEquals(some, frontier.within(some.bytes()).orElseThrow());
        assertEquals(some, frontier.within(frontier.points().get(4).bytes() - 1).orElseThrow());
        assertTrue(frontier.within(frontier.points().getFirst().bytes() - 1).isEmpty());
        assertEquals(frontier.points().getLast(), frontier.within(Long.MAX_VALUE).orElseThrow());
    }

    /** The loss at a size without a search is at most a step of one tensor above the recipe. */
    @Test
    void theLossAtASizeIsNearThatOfTheRecipe() throws IOException {
        Model model = model("llama-3.1-8b");
        Recipes recipes = recipes(model, Dialects.llamaCpp(), List.of());
        long budget = (long) (4.37 * model.elements() / 8);
        double searched = recipes.within(budget).loss();
        double quick = recipes.loss(budget).orElseThrow();
        assertTrue(searched <= quick && quick < 1.01 * searched, quick + " and " + searched);
        assertTrue(recipes.loss(1000).isEmpty());
    }

    @Test
    void rowsAreAStepApart() throws IOException {
        Frontier frontier = recipes(model("llama-3.1-8b"), Dialects.llamaCpp(), List.of()).frontier();
        long step = 500L << 20;
        List<Frontier.Point> rows = frontier.every(step);
        for (int i = 1; i < rows.size() - 1; i++) {
            assertEquals(1, rows.get(i + 1).bytes() / step - rows.get(i).bytes() / step, 1);
            assertTrue(rows.get(i).bytes() <= rows.get(i + 1).bytes());
        }
        assertEquals(frontier.points().getFirst(), rows.getFirst());
        assertEquals(frontier.points().getLast(), rows.getLast());
    }

    /** Q4_0 and the like are older than the K-quants and no fair comparison; low types demand entries that are not here. */
    @Test
    void mixesThatCompeteAreOfKAndIQuantsAndAreNotRefused() throws IOException {
        List<String> names = StandardMixes.plans(Dialects.llamaCpp(), model("llama-3.1-8b"), Optional.empty()).stream()
                .map(plan -> plan.options().base().name()).toList();
        assertEquals(List.of("Q2_K", "Q3_K_S", "IQ3_S", "IQ3_M", "Q3_K_M", "Q3_K_L", "IQ4_XS", "Q4_K_S", "Q4_K_M",
                "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0"), names);
        List<Plan> plans = StandardMixes.plans(Dialects.llamaCpp(), model("llama-3.1-8b"), Optional.empty());
        assertEquals("Q4_K_M", StandardMixes.nearest(plans, 4_950_000_000L).orElseThrow().options().base().name());
    }
}
