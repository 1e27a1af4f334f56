package org.imatrixstats.recipe.knapsack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class KnapsackTest {
    private static final double EXACT = 1e-9;

    private static Item item(long[] bytes, double... costs) {
        return new Item(bytes, costs);
    }

    @Test
    void takesTheCheapestOfAllWhereEverythingFits() {
        List<Item> items = List.of(item(new long[]{1, 2, 3}, 9, 4, 1), item(new long[]{5, 2}, 2, 7));
        Solution solution = Knapsack.solve(items, 8);
        assertArrayEquals(new int[]{2, 0}, solution.choices());
        assertEquals(8, solution.bytes());
        assertEquals(3, solution.cost());
        assertEquals(0, solution.gap());
    }

    /** The relaxation takes the first item's best and a part of the second's; the best leaves the first small. */
    @Test
    void findsWhatIsNotOnTheWayOfTheRelaxation() {
        List<Item> items = List.of(item(new long[]{0, 6}, 10, 3), item(new long[]{0, 5}, 10, 5),
                item(new long[]{0, 5}, 10, 5));
        Solution solution = Knapsack.solve(items, 10);
        assertArrayEquals(new int[]{0, 1, 1}, solution.choices());
        assertEquals(20, solution.cost());
        assertEquals(0, solution.gap());
    }

    @Test
    void ofTwoChoicesOfOneCostTakesTheSmaller() {
        assertArrayEquals(new int[]{1},
                Knapsack.solve(List.of(item(new long[]{9, 4}, 2, 2)), 100).choices());
    }

    @Test
    void noItemsCostNothing() {
        Solution solution = Knapsack.solve(List.of(), 0);
        assertEquals(0, solution.cost());
        assertEquals(0, solution.gap());
    }

    @Test
    void whatCannotFitIsRefused() {
        List<Item> items = List.of(item(new long[]{4, 7}, 2, 1), item(new long[]{3}, 0));
        assertEquals(7, Knapsack.leastBytes(items));
        assertEquals(10, Knapsack.mostBytes(items));
        assertThrows(IllegalArgumentException.class, () -> Knapsack.solve(items, 6));
        assertEquals(7, Knapsack.solve(items, 7).bytes());
    }

    // ---- against all combinations

    private static double bruteForce(List<Item> items, int from, long budget) {
        if (from == items.size()) {
            return 0;
        }
        Item item = items.get(from);
        double least = Double.POSITIVE_INFINITY;
        for (int choice = 0; choice < item.bytes().length; choice++) {
            if (item.bytes()[choice] <= budget) {
                least = Math.min(least,
                        item.costs()[choice] + bruteForce(items, from + 1, budget - item.bytes()[choice]));
            }
        }
        return least;
    }

    private static List<Item> random(Random random) {
        List<Item> items = new ArrayList<>();
        int count = 1 + random.nextInt(7);
        boolean typeLike = random.nextBoolean();
        for (int i = 0; i < count; i++) {
            int choices = 1 + random.nextInt(5);
            long[] bytes = new long[choices];
            double[] costs = new double[choices];
            double scale = Math.exp(2 * random.nextGaussian());
            for (int c = 0; c < choices; c++) {
                bytes[c] = random.nextInt(40);
                costs[c] = typeLike
                        ? scale * Math.pow(4, -bytes[c] / 8.0)
                        : random.nextInt(3) == 0 ? random.nextInt(5) : 10 * random.nextDouble();
            }
            items.add(new Item(bytes, costs));
        }
        return items;
    }

    @Test
    void findsTheBestOfThousandsOfSmallInstancesAndProvesIt() {
        Random random = new Random(6);
        for (int run = 0; run < 3_000; run++) {
            List<Item> items = random(random);
            long least = Knapsack.leastBytes(items);
            long budget = least + random.nextInt((int) (Knapsack.mostBytes(items) - least) + 2);
            double best = bruteForce(items, 0, budget);
            Solution solution = Knapsack.solve(items, budget);
            assertConsistent(items, budget, solution);
            assertEquals(best, solution.cost(), EXACT * (1 + best), () -> items + " in " + budget);
            assertTrue(solution.lowerBound() <= best * (1 + EXACT), () -> solution + ", best " + best);
            assertEquals(0, solution.gap(), EXACT);
        }
    }

    static void assertConsistent(List<Item> items, long budget, Solution solution) {
        long bytes = 0;
        double cost = 0;
        for (int i = 0; i < items.size(); i++) {
            bytes += items.get(i).bytes()[solution.choices()[i]];
            cost += items.get(i).costs()[solution.choices()[i]];
        }
        assertEquals(bytes, solution.bytes());
        assertEquals(cost, solution.cost(), EXACT * cost);
        assertTrue(bytes <= budget, () -> solution.bytes() + " bytes in a budget of " + budget);
        assertTrue(solution.lowerBound() <= solution.cost());
    }

    // ---- as large as models are

    private static List<Item> modelLike(int tensors, int types, boolean alike, Random random) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            long elements = 4096L * 256 * (1 + random.nextInt(alike ? 3 : 400));
            double importance = alike ? 1 : Math.exp(random.nextGaussian());
            long[] bytes = new long[types];
            double[] costs = new double[types];
            for (int type = 0; type < types; type++) {
                double bits = 1.5 + 7 * type / (types - 1.0);
                bytes[type] = elements * Math.round(bits * 32) / 256;
                costs[type] = importance * elements * Math.pow(4, -bits) * (1 + 0.2 * (type % 3));
            }
            items.add(new Item(bytes, costs));
        }
        return items;
    }

    @Test
    void provesLargeInstancesToAHundredthOfAPercent() {
        Random random = new Random(66);
        for (int run = 0; run < 60; run++) {
            List<Item> items = modelLike(100 + random.nextInt(900), 12, run % 3 == 0, random);
            long least = Knapsack.leastBytes(items);
            long budget = least + (long) ((Knapsack.mostBytes(items) - least) * random.nextDouble());
            Solution solution = Knapsack.solve(items, budget);
            assertConsistent(items, budget, solution);
            assertTrue(solution.gap() <= 1e-4, () -> "gap " + solution.gap());
        }
    }

    @Test
    void theAnswerIsTheSameEachTime() {
        List<Item> items = modelLike(300, 12, true, new Random(7));
        long budget = (Knapsack.leastBytes(items) + Knapsack.mostBytes(items)) / 2;
        assertArrayEquals(Knapsack.solve(items, budget).choices(), Knapsack.solve(items, budget).choices());
    }
}
