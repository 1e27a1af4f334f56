package org.imatrixstats.recipe;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.knapsack.Knapsack;

/** Recipes of one model for any number of sizes: what each tensor may be stored as is worked out once. */
public final class Recipes {
    private final Candidates candidates;

    private Recipes(Candidates candidates) {
        this.candidates = candidates;
    }

    /**
     * @param imatrix values per entry of the importance matrix; empty without one
     * @throws RecipeException  if an option means no tensor, or a type whose loss is not known
     * @throws RefusedException if the quantizer refuses the model whatever the types
     */
    public static Recipes of(Model model, RecipeOptions options, Losses losses, Optional<Map<String, Long>> imatrix)
            throws RecipeException, RefusedException {
        return new Recipes(new Candidates(model, options, losses, imatrix));
    }

    /**
     * The recipe of one size.
     *
     * @throws RecipeException  if there is none: the message says what is possible
     * @throws RefusedException if the quantizer refuses the model
     */
    public static Recipe within(long budget, Model model, RecipeOptions options, Losses losses,
            Optional<Map<String, Long>> imatrix) throws RecipeException, RefusedException {
        return of(model, options, losses, imatrix).within(budget);
    }

    /**
     * The recipe that loses least within a number of bytes.
     *
     * @throws RecipeException if there is none: the message says what is possible
     */
    public Recipe within(long budget) throws RecipeException, RefusedException {
        return Recipe.within(budget, candidates);
    }

    /**
     * What a recipe within a number of bytes loses, without a search: {@link #within} can only better it, by little. Empty if
     * there is none.
     */
    public OptionalDouble loss(long budget) throws RefusedException {
        try {
            Pool pool = candidates.within(budget);
            return OptionalDouble.of(Knapsack.quickCost(pool.items(), budget - pool.fixed()));
        } catch (RecipeException e) {
            return OptionalDouble.empty();
        }
    }

    /**
     * The least loss at each size, from the smallest to that of the largest type.
     *
     * @throws RecipeException if there is no recipe of any size
     */
    public Frontier frontier() throws RecipeException, RefusedException {
        return Frontier.of(candidates);
    }
}
