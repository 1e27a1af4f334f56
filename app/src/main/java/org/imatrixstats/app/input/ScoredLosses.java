package org.imatrixstats.app.input;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.imatrixstats.plan.Model;
import org.imatrixstats.recipe.residual.LayerScores;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.recipe.TensorErrors;

/** Losses by scores of layers from a file, in place of residual shares. */
final class ScoredLosses {
    private final LayerScores scores;
    private final RecipeOptions options;
    private final boolean measures;
    private final MeasuredWeights weights;

    /** @param measures whether errors are measured on the weights where they can be read and no others were given */
    ScoredLosses(LayerScores scores, MeasuredWeights weights, RecipeOptions options, boolean measures) {
        this.scores = scores;
        this.options = options;
        this.measures = measures;
        this.weights = weights;
    }

    Losses losses(Losses given, Model model, List<String> warnings) throws IOException {
        LayerScores.Weights scored = scores.weights(model, weights.predictingLayers(), weights.shares());
        if (!scored.missing().isEmpty()) {
            warnings.add(scores.file() + " has no score of a block of "
                    + (scored.missing().size() == 1 ? "layer " : "layers ")
                    + scored.missing().stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + ": its residual share stands in");
        }
        Optional<TensorErrors> errors = given.errors().isEmpty() && measures && weights.isReadable()
                ? Optional.of(weights.errors(Recipe.candidates(options, model), options.dialect()))
                : given.errors();
        return new Losses(options.dialect(), scored.weights(), given.distortion(), Optional.empty(), given.entries(),
                errors, true, Optional.empty(),
                Optional.of(scores.measure() + " of " + scores.layers().size()
                        + (scores.layers().size() == 1 ? " layer" : " layers") + " (" + scores.file() + ")"));
    }
}
