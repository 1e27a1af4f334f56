package org.imatrixstats.app.output.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Promotion;
import org.imatrixstats.recipe.Ranking;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.Recipes;

/**
 * A recipe, and what people want to know of it.
 *
 * @param files    what it was made from
 * @param ranking  what tensors of a kind were ranked by
 * @param rules    of whichever sort of recipe it is
 * @param warnings said to the user already
 */
public record RecipeReport(Dialect dialect, BaseType base, Files files, Ranking ranking, List<Rule> rules,
        Optional<Sized> sized, Optional<Ranked> ranked, List<String> warnings) {
    /** The files of a recipe. */
    public record Files(Optional<ImatrixFile> imatrix, Optional<Path> model) {
    }

    /**
     * An importance matrix.
     *
     * @param path   as the user named it; {@code -} for standard input
     * @param legacy whether it is a legacy file
     */
    public record ImatrixFile(Path path, boolean legacy, boolean compressed) {
        @Override
        public String toString() {
            return Sources.name(path);
        }
    }

    /**
     * A standard mix beside a recipe.
     *
     * @param chosen     whether the user named it; else its size is nearest
     * @param loss       what a recipe of its size loses; NaN if there is none
     * @param ofSameSize whether that is the recipe itself
     */
    public record Versus(Plan plan, boolean chosen, double loss, boolean ofSameSize) {
        private static final double SAME_SIZE = 0.001;

        public static Versus of(Plan plan, boolean chosen, Recipe recipe, Recipes recipes) throws RefusedException {
            boolean same = Math.abs(plan.quantBytes() - recipe.plan().quantBytes()) <= SAME_SIZE * plan.quantBytes();
            return new Versus(plan, chosen,
                    same ? recipe.loss() : recipes.loss(plan.quantBytes()).orElse(Double.NaN), same);
        }

        String name() {
            return plan.options().base().name();
        }

        /** How much larger it is, in percent. */
        double percentLarger(Plan recipe) {
            return 100.0 * (plan.quantBytes() - recipe.quantBytes()) / recipe.quantBytes();
        }
    }

    /**
     * A recipe for a number of bytes.
     *
     * @param measured       what was measured near this size; empty where nothing is kept
     * @param withoutWeights why the weights of the model are not used, where they are by default
     */
    public record Sized(Recipe recipe, Losses losses, Optional<Versus> versus,
            Optional<MeasuredModel.Nearby> measured, Optional<String> withoutWeights) {
        /** How tensors weigh against each other, as {@code --importance} calls it. */
        String importance() {
            return RecipeReport.importance(losses);
        }

        List<KindTotals> kinds() {
            return KindTotals.of(recipe.plan().tensors(), losses);
        }

        List<KindTotals> versusKinds() {
            return versus.map(other -> KindTotals.of(other.plan().tensors(), losses)).orElse(List.of());
        }

        /** What the standard mix loses; NaN if that of a tensor is not known. */
        double versusLoss() {
            return versus.map(other -> losses.of(other.plan())).orElse(Double.NaN);
        }

        /** Whether the sum of the losses is a KL divergence. */
        boolean predicts() {
            return losses.shares();
        }
    }

    /** A share of each kind, of which no size is known. */
    public record Ranked(Promotion promotion, double share, boolean least) {
    }

    public static RecipeReport of(Files files, Ranking ranking, Sized sized, List<String> warnings) {
        Recipe recipe = sized.recipe();
        return new RecipeReport(recipe.options().dialect(), recipe.options().base(), files, ranking, recipe.rules(),
                Optional.of(sized), Optional.empty(), warnings);
    }

    public static RecipeReport of(Files files, Ranking ranking, Ranked ranked, Dialect dialect, BaseType base,
            List<String> warnings) {
        return new RecipeReport(dialect, base, files, ranking, ranked.promotion().rules(), Optional.empty(),
                Optional.of(ranked), warnings);
    }

    static String importance(Losses losses) {
        if (losses.scores().isPresent()) {
            return "layer-scores";
        }
        return losses.measured().isPresent()
                ? "measured"
                : losses.shares() ? "residual-share" : losses.sensitivity().isPresent() ? "measured" : "proxy";
    }

    /** What the figures stand for, and what not; one sentence each. */
    List<String> caveats() {
        boolean measured = sized.map(each -> each.losses().sensitivity().isPresent()).orElse(false);
        if (ranked.isPresent()) {
            return List.of(
                    "This ranking is an estimate from activations. No loss was measured on this model. Measure it, for example with llama-perplexity --kl-divergence.");
        }
        Optional<String> losses = sized.flatMap(each -> each.losses().measured());
        if (losses.isPresent()) {
            return List.of(
                    "The loss of each tensor was " + losses.get() + ". Their sum predicts the KL divergence of the"
                            + " recipe to within a few tens of percent at 4 bits and more. Below 3 bits the real one is larger.",
                    "Check it with 'imatrix-stats measure --recipe'.");
        }
        Optional<String> scores = sized.flatMap(each -> each.losses().scores());
        if (scores.isPresent()) {
            return List.of("Layers weigh by " + scores.get() + ", in place of what their blocks write to the residual"
                    + " stream, times " + (sized.orElseThrow().losses().errors().isPresent()
                            ? "measured errors."
                            : "the distortion of normal weights.")
                    + " People report small gains or none from similarities of layers.",
                    "Measure it against a recipe without it: imatrix-stats measure --recipe.");
        }
        if (sized.map(each -> each.losses().shares()).orElse(false)) {
            return List.of(
                    "The loss of a tensor is what its block writes to the residual stream times its measured error."
                            + " Their sum predicts the KL divergence from the original. The range is what was measured on small"
                            + " trained models. The sum is right to within a few tens of percent at 4 bits and more, and less"
                            + " exact below.",
                    "Check it with 'imatrix-stats measure --recipe', which runs llama-perplexity.");
        }
        if (!measured && sized.map(each -> each.losses().errors().isPresent()).orElse(false)) {
            return List.of("The errors were measured on the weights. How much each tensor counts is an estimate from "
                    + (files.imatrix().isPresent() ? "activations." : "the kinds of tensors."),
                    "Measure it against a standard mix of the same size: llama-perplexity --kl-divergence.");
        }
        boolean typed = sized.flatMap(each -> each.losses().sensitivity()).filter(each -> each.perTensor().isEmpty())
                .isPresent();
        String basis = measured
                ? "The losses were measured tensor by tensor and added as if they were independent."
                        + (typed
                                ? ""
                                : " The table does not say in which type: name it with --measured-type to predict a KL"
                                        + " divergence.")
                : files.imatrix().isPresent()
                        ? "This is an estimate from activations. No loss was measured on this model."
                        : "This is an estimate from the kinds of tensors. Without an importance matrix nothing is known"
                                + " of this model.";
        String measure = "Measure it against a standard mix of the same size: llama-perplexity --kl-divergence.";
        return sized.flatMap(Sized::withoutWeights).map(why -> List.of(basis, "The weights are not used: " + why
                + ". With them a recipe goes by residual shares and measured errors, and predicts a KL divergence. On a"
                + " small trained model such recipes had 0.45 to 0.67 times the KL divergence of recipes like this one.",
                measure)).orElse(List.of(basis, measure));
    }
}
