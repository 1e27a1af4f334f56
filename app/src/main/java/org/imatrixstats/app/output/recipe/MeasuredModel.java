package org.imatrixstats.app.output.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.Recipes;

/**
 * A model whose KL divergence was measured, beside a recipe.
 *
 * @param point        what was measured
 * @param bytes        of the data of all tensors
 * @param bitsPerWeight over the elements of all tensors
 * @param isRecipe     whether it has the types of the recipe
 * @param predicted    the loss that is predicted for it; NaN if its types are not known
 * @param recipe       the loss that is predicted for a recipe of its size; NaN if there is none
 */
public record MeasuredModel(KldPoint point, long bytes, double bitsPerWeight, boolean isRecipe, double predicted,
        double recipe) {
    /** Sizes that others tell are rounded. */
    private static final double SAME_SIZE = 0.005;

    /** Points of a model by the name of its file, as folders may have changed; and those that do not say of which. */
    static List<KldPoint> ofModel(List<KldPoint> points, String model) {
        return points.stream()
                .filter(point -> point.model().isEmpty() || fileName(point.model()).equals(fileName(model))).toList();
    }

    private static String fileName(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /** Whether a model of some name and size is a standard mix. */
    static boolean isMix(String name, long bytes, String mix, long mixBytes) {
        return mix.equalsIgnoreCase(name) && Math.abs(bytes - mixBytes) <= SAME_SIZE * mixBytes;
    }

    /** What was measured by what was predicted. */
    double ratio() {
        return point.result().kld() / predicted;
    }

    /**
     * Models that were measured, of about the size of a recipe.
     *
     * @param file   where the figures are kept
     * @param near   those of about the size, the smallest first
     * @param others how many measurements of the model are of another size, or of none that is known
     * @param foreign how many are of other models
     */
    public record Nearby(Path file, List<MeasuredModel> near, int others, int foreign) {
        /** A convention: over so much of the size, losses change by about as much as types can do. */
        private static final double NEAR = 0.15;
        private static final int MOST = 8;

        /**
         * Chooses those of the model that have about the size of the recipe.
         *
         * @param points what is kept
         * @param types  a digest of the types of the recipe and of the importance matrix
         * @param mixes  standard mixes: their types are known
         */
        public static Nearby of(Path file, List<KldPoint> points, Recipe recipe, String types, List<Plan> mixes,
                Recipes recipes, Losses losses, Model model) throws RefusedException {
            long elements = model.elements();
            long size = recipe.plan().quantBytes();
            List<MeasuredModel> near = new ArrayList<>();
            int others = 0;
            List<KldPoint> own = ofModel(points, model.name());
            for (KldPoint point : own) {
                long bytes = point.bytes() > 0
                        ? point.bytes()
                        : Math.round(point.bitsPerWeight() * elements / Byte.SIZE);
                if (bytes <= 0 || Math.abs(bytes - size) > NEAR * size) {
                    others++;
                    continue;
                }
                boolean same = !types.isEmpty() && types.equals(point.types());
                Optional<Plan> mix = mixes.stream().filter(
                        plan -> isMix(point.name(), bytes, plan.options().base().name(), plan.quantBytes()))
                        .findFirst();
                double predicted = same
                        ? recipe.loss()
                        : mix.map(losses::of).orElse(Double.NaN);
                near.add(new MeasuredModel(point, bytes, bytes * 8.0 / elements, same, predicted,
                        same ? recipe.loss() : recipes.loss(bytes).orElse(Double.NaN)));
            }
            near.sort(Comparator.comparingLong(each -> Math.abs(each.bytes - size)));
            others += Math.max(0, near.size() - MOST);
            List<MeasuredModel> shown = new ArrayList<>(near.subList(0, Math.min(MOST, near.size())));
            shown.sort(Comparator.comparingLong(MeasuredModel::bytes));
            return new Nearby(file, List.copyOf(shown), others, points.size() - own.size());
        }

        /** The measurement of the recipe itself. */
        Optional<MeasuredModel> ofRecipe() {
            return near.stream().filter(MeasuredModel::isRecipe).findFirst();
        }

        /** Whether not all can be compared with each other. */
        boolean differ() {
            return near.stream().map(each -> each.point.evaluation() + each.point.text()).distinct().count() > 1;
        }
    }
}
