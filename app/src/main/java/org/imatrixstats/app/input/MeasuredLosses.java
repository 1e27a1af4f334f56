package org.imatrixstats.app.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Model;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.recipe.residual.ResidualShare;
import org.imatrixstats.recipe.Sensitivity;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Losses that were measured in one type per tensor: those in other types follow by E, those of tensors that were not measured
 * by residual shares.
 */
final class MeasuredLosses {
    private final Losses given;
    private final Sensitivity measured;
    private final RecipeOptions options;
    private final MeasuredWeights weights;

    MeasuredLosses(MeasuredWeights weights, Losses given, RecipeOptions options) {
        this.given = given;
        this.measured = given.sensitivity().orElseThrow();
        this.options = options;
        this.weights = weights;
    }

    Losses losses(Model model, List<String> warnings) throws IOException {
        boolean readable = weights.isReadable();
        Optional<TensorErrors> errors = given.errors().isEmpty() && readable
                ? Optional.of(errors(model))
                : given.errors();
        Losses byError = with(Map.of(), errors);
        Map<String, TensorInfo> tensors = new HashMap<>();
        model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        Map<String, Double> scales = measured.scales((name, type) -> tensors.containsKey(name)
                ? byError.relativeError(tensors.get(name), type)
                : Double.NaN);
        Map<String, Double> all = new HashMap<>(
                weights.shares().map(ResidualShare::weights).orElse(Map.of()));
        List<String> missing = model.tensors().stream()
                .filter(tensor -> options.dialect().mayQuantize(tensor) && !model.isUnused(tensor.name()))
                .map(TensorInfo::name).filter(name -> !scales.containsKey(name)).toList();
        for (String name : missing) {
            if (!all.containsKey(name)) {
                throw new FormatException(measured.file(),
                        "has no value for " + name + ", and its residual share is not"
                                + " known: add a value");
            }
        }
        if (!missing.isEmpty()) {
            warnings.add(
                    measured.file() + ": " + missing.size() + (missing.size() == 1 ? " tensor has" : " tensors have")
                            + " no value, such as " + missing.getFirst() + ": the residual share stands in");
        }
        model.tensors().stream().map(TensorInfo::name).filter(model::isUnused).forEach(name -> all.put(name, 0.0));
        all.putAll(scales);
        return with(all, errors);
    }

    /** Losses in the types that a recipe may give and in those that were measured. */
    private TensorErrors errors(Model model) throws IOException {
        List<GgmlType> types = new ArrayList<>(Recipe.candidates(options, model));
        types.addAll(measured.types());
        return weights.errors(types.stream().distinct().toList(), options.dialect());
    }

    private Losses with(Map<String, Double> scales, Optional<TensorErrors> errors) {
        String types = String.join(", ", measured.types().stream().map(options.dialect()::nameOf).toList());
        return new Losses(options.dialect(), scales, given.distortion(), Optional.empty(), given.entries(), errors,
                true,
                Optional.of("measured in " + types + " (" + measured.file() + "), other types scaled by "
                        + (errors.isPresent() ? "measured errors" : "the distortion of normal weights")),
                Optional.empty());
    }
}
