package org.imatrixstats.app.output.recipe;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.recipe.PredictedKld;
import org.imatrixstats.recipe.Recipe;

/** What a recipe is worth, in sentences. */
final class RecipeWorth {
    private static final int DECIMALS = 6;
    /** Smaller numbers have an exponent. */
    private static final double SMALL = 1e-4;

    private RecipeWorth() {
    }

    /** The loss, and how far it is from the least possible. */
    static String quality(RecipeReport.Sized sized) {
        Recipe recipe = sized.recipe();
        double distortion = KindTotals.distortion(sized.kinds());
        boolean measured = sized.losses().sensitivity().isPresent();
        String figure = measured
                ? "loss " + number(recipe.loss()) + ", summed from " + sized.losses().sensitivity().orElseThrow().file()
                : sized.predicts()
                        ? predicted(sized)
                                + (sized.losses().measured().isPresent() ? " (sum of measured losses)" : "")
                        : "distortion " + number(distortion) + " (weighted relative squared error)";
        String bound = recipe.gap() == 0
                ? "optimal for this size"
                : "the optimum for this size is at least "
                        + number((sized.predicts() ? recipe.loss() : distortion) / (1 + recipe.gap()))
                        + " (gap " + Numbers.fixed(100 * recipe.gap(), 4) + "%)";
        return figure + "; " + bound;
    }

    /** No range is known for scores that others made. */
    private static String predicted(RecipeReport.Sized sized) {
        Recipe recipe = sized.recipe();
        if (sized.losses().scores().isPresent()) {
            return "predicted KL divergence " + number(recipe.loss()) + " (by " + sized.losses().scores().get() + ")";
        }
        PredictedKld kld = PredictedKld.of(recipe.loss(), recipe.plan().bitsPerWeight());
        return "predicted KL divergence " + number(kld.value()) + ", probably " + twoDigits(kld.low()) + " to "
                + twoDigits(kld.high());
    }

    private static String twoDigits(double value) {
        if (value > 0 && value < SMALL) {
            return Numbers.scientific(value, 1);
        }
        return value > 0 && value < 1
                ? Numbers.fixed(value, 1 - (int) Math.floor(Math.log10(value)))
                : number(value);
    }

    static String number(double value) {
        return Double.isNaN(value)
                ? Cells.UNDEFINED
                : value != 0 && value < SMALL
                        ? Numbers.scientific(value, 3)
                        : Numbers.fixed(value, DECIMALS);
    }

    /** A standard mix, and how the recipe does beside it. */
    static String versus(RecipeReport.Sized sized, RecipeReport.Versus other) {
        double loss = figure(sized, sized.versusLoss());
        double own = figure(sized, other.loss());
        String size = other.name() + (other.chosen() ? "" : ", the nearest standard mix") + ": "
                + RecipeText.size(other.plan());
        double percent = other.percentLarger(sized.recipe().plan());
        String compared = other.ofSameSize()
                ? ", same size"
                : ", " + Numbers.fixed(Math.abs(percent), 1) + "% " + (percent > 0 ? "larger" : "smaller");
        String figure = ". " + capital(figureName(sized)) + " " + (Double.isNaN(loss) ? "unknown" : number(loss));
        if (Double.isNaN(loss) || Double.isNaN(own) || loss == 0) {
            return size + compared + figure;
        }
        String ratio = Numbers.fixed(own / loss, 2) + " times that";
        return size + compared + figure + (other.ofSameSize()
                ? ". This recipe has " + ratio
                : ". A recipe of its size (--target-size " + other.plan().quantBytes() + "B) has " + number(own) + ", "
                        + ratio);
    }

    /** The loss as people are told it. */
    private static double figure(RecipeReport.Sized sized, double loss) {
        double norm = sized.recipe().choices().stream().mapToDouble(choice -> sized.losses().norm(choice.tensor()))
                .sum();
        return sized.predicts() || !(norm > 0) ? loss : loss / norm;
    }

    private static String figureName(RecipeReport.Sized sized) {
        return sized.predicts()
                ? "predicted KL divergence"
                : sized.losses().sensitivity().isPresent() ? "loss" : "distortion";
    }

    static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** What the file will say that it is, and how to make it say something else. */
    static String label(BaseType base, RecipeReport.Sized sized) {
        return "The file will call itself " + base + " (general.file_type " + base.number() + ")"
                + sized.versus().map(RecipeReport.Versus::plan).map(plan -> plan.options().base())
                        .filter(other -> other != base)
                        .map(other -> ". To label it " + other + ", add --override-kv general.file_type=int:"
                                + other.number() + " to the command")
                        .orElse(". To change that, add --override-kv general.file_type=int:NUMBER to the command");
    }
}
