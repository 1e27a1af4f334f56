package org.imatrixstats.app.output.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.Sources;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.Frontier;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Recipes;
import org.imatrixstats.recipe.TensorErrors;

/**
 * The least loss at each size, and standard mixes and measured models beside it.
 *
 * @param dialect      the program that the recipes are for
 * @param model        as the user named it
 * @param imatrix      likewise; null without one
 * @param importance   how tensors weigh against each other
 * @param errorsSource where errors are from; null without
 * @param figure       what a loss is
 * @param predicts     whether that is a KL divergence
 * @param step         bytes between rows
 * @param sizes        how many sizes have a recipe that is optimal for it
 * @param curve        bytes and loss of such recipes, the smallest first, thinned to what a chart can show
 * @param rows         the smallest first
 */
public record FrontierReport(String dialect, String model, String imatrix, String importance, String errorsSource,
        String figure, boolean predicts, long step, long sizes, List<double[]> curve, List<FrontierRow> rows) {
    private static final double LARGE = 1 << 30;
    private static final int MOST_ROWS = 28;
    private static final int MOST_POINTS = 400;
    private static final int MOST_TYPES = 3;
    private static final double LEAST_SHARE = 0.05;

    /**
     * Makes the rows.
     *
     * @param step     bytes between rows; 0 for a round number that makes some two dozen of them
     * @param mixes    the smallest first
     * @param measured models that were measured; those whose size is not known are left out
     * @throws RefusedException if the quantizer refuses the model
     * @throws IOException      if there is no recipe of any size
     */
    public static FrontierReport of(Recipes recipes, Model model, Losses losses, Dialect dialect,
            RecipeReport.Files files, long step, List<Plan> mixes, List<KldPoint> measured) throws IOException {
        Frontier frontier = recipes.frontier();
        long bytes = step > 0
                ? step
                : roundStep(frontier.points().getLast().bytes() - frontier.points().getFirst().bytes());
        List<KldPoint> known = MeasuredModel.ofModel(measured, model.name()).stream()
                .map(point -> withSize(point, model.elements()))
                .filter(point -> point.bytes() > 0).toList();
        Maker maker = new Maker(recipes, frontier, losses, dialect, model, known);
        List<FrontierRow> rows = new ArrayList<>();
        maker.addRecipes(bytes, rows);
        for (Plan mix : mixes) {
            rows.add(maker.mix(mix));
        }
        for (KldPoint point : known) {
            rows.add(maker.measured(point));
        }
        rows.sort(Comparator.comparingLong(FrontierRow::bytes));
        return new FrontierReport(dialect.name(), Sources.name(files.model().orElseThrow()),
                files.imatrix().map(Object::toString).orElse(null), RecipeReport.importance(losses),
                losses.errors().map(TensorErrors::source).orElse(null), figure(losses), losses.shares(), bytes,
                frontier.points().size(), curve(frontier.points(), maker.norm), rows);
    }

    private static KldPoint withSize(KldPoint point, long elements) {
        return point.bytes() > 0 || !(point.bitsPerWeight() > 0)
                ? point
                : new KldPoint(point.name(), point.model(), Math.round(point.bitsPerWeight() * elements / Byte.SIZE),
                        point.bitsPerWeight(), point.result(), point.text(), point.evaluation(), point.types());
    }

    /** 1, 2.5 or 5 times a power of ten of KiB, MiB or GiB. */
    private static long roundStep(long range) {
        for (long unit = 1 << 10; unit < 1L << 50; unit <<= 10) {
            for (double factor : new double[]{1, 2.5, 5, 10, 25, 50, 100, 250, 500}) {
                long step = Math.round(factor * unit);
                if (range / step < MOST_ROWS) {
                    return step;
                }
            }
        }
        return Math.max(1, range / MOST_ROWS);
    }

    private record Maker(Recipes recipes, Frontier frontier, Losses losses, Dialect dialect, double norm,
            long elements, List<KldPoint> known) {
        Maker(Recipes recipes, Frontier frontier, Losses losses, Dialect dialect, Model model, List<KldPoint> known) {
            this(recipes, frontier, losses, dialect, norm(losses, dialect, model), model.elements(), known);
        }

        /** What a loss is divided by to be a relative error; 1 where it is a KL divergence or was measured. */
        private static double norm(Losses losses, Dialect dialect, Model model) {
            double sum = model.tensors().stream().filter(dialect::mayQuantize).mapToDouble(losses::norm).sum();
            return losses.shares() || !(sum > 0) ? 1 : sum;
        }

        void addRecipes(long step, List<FrontierRow> rows) {
            Set<Integer> knees = new HashSet<>();
            List<Frontier.Point> chosen = new ArrayList<>(frontier.every(step));
            for (Frontier.Point knee : frontier.knees()) {
                // The row that is nearest stands for it.
                chosen.stream().min(Comparator.comparingLong(point -> Math.abs(point.bytes() - knee.bytes())))
                        .ifPresent(point -> knees.add(point.number()));
            }
            double before = Double.NaN;
            for (Frontier.Point point : chosen) {
                double loss = point.loss() / norm;
                rows.add(new FrontierRow(FrontierRow.Sort.RECIPE, null, point.bytes(), point.bitsPerWeight(), loss,
                        loss / before, Double.NaN, Double.NaN, Double.NaN, knees.contains(point.number()),
                        types(frontier.types(point))));
                before = loss;
            }
        }

        private String types(Map<GgmlType, Double> shares) {
            return shares.entrySet().stream().filter(type -> type.getValue() >= LEAST_SHARE)
                    .sorted(Map.Entry.<GgmlType, Double>comparingByValue().reversed()).limit(MOST_TYPES)
                    .map(type -> dialect.nameOf(type.getKey()) + " " + Math.round(100 * type.getValue()) + "%")
                    .collect(Collectors.joining(", "));
        }

        FrontierRow mix(Plan plan) throws RefusedException {
            String name = plan.options().base().name();
            FrontierRow row = new FrontierRow(FrontierRow.Sort.MIX, name, plan.quantBytes(), plan.bitsPerWeight(),
                    losses.of(plan) / norm, Double.NaN, recipe(plan.quantBytes()), Double.NaN, Double.NaN,
                    false, null);
            return known.stream().filter(row::isMixOf).findFirst().map(row::with).orElse(row);
        }

        FrontierRow measured(KldPoint point) throws RefusedException {
            return FrontierRow.of(point, elements, recipe(point.bytes()));
        }

        private double recipe(long bytes) throws RefusedException {
            return recipes.loss(bytes).orElse(Double.NaN) / norm;
        }
    }

    private static List<double[]> curve(List<Frontier.Point> points, double norm) {
        List<double[]> curve = new ArrayList<>();
        long apart = Math.max(1, (points.getLast().bytes() - points.getFirst().bytes()) / MOST_POINTS);
        for (Frontier.Point point : points) {
            boolean last = point == points.getLast();
            if (curve.isEmpty() || last || point.bytes() - curve.getLast()[0] >= apart) {
                curve.add(new double[]{point.bytes(), point.loss() / norm});
            }
        }
        return curve;
    }

    private static String figure(Losses losses) {
        return losses.shares()
                ? "KL divergence from the original"
                : losses.sensitivity().isPresent()
                        ? "sum of measured losses"
                        : "distortion (weighted relative squared error)";
    }

    /** How many of these points are of models with another file name. */
    public int foreign(List<KldPoint> measured) {
        return measured.size() - MeasuredModel.ofModel(measured, model).size();
    }

    /** With models that were measured, but for those that are there, and those of other models. */
    public FrontierReport with(List<KldPoint> measured) {
        long elements = Math.round(rows.getFirst().bytes() * 8.0 / rows.getFirst().bitsPerWeight());
        List<FrontierRow> all = new ArrayList<>(rows);
        for (KldPoint each : MeasuredModel.ofModel(measured, model)) {
            KldPoint point = withSize(each, elements);
            boolean known = rows.stream().anyMatch(row -> row.sort() == FrontierRow.Sort.MEASURED
                    && point.name().equals(row.name()) && point.bytes() == row.bytes()
                    && point.result().kld() == row.measured());
            if (point.bytes() > 0 && !known) {
                all.replaceAll(row -> row.isMixOf(point) ? row.with(point) : row);
                all.add(FrontierRow.of(point, elements, within(point.bytes())));
            }
        }
        all.sort(Comparator.comparingLong(FrontierRow::bytes));
        return new FrontierReport(dialect, model, imatrix, importance, errorsSource, figure, predicts, step, sizes,
                curve, all);
    }

    /** The loss of the recipe of a size: as beside a mix of that size, or else on the curve; NaN without one. */
    private double within(long bytes) {
        for (FrontierRow row : rows) {
            if (row.sort() == FrontierRow.Sort.MIX && row.bytes() == bytes) {
                return row.recipe();
            }
        }
        double loss = Double.NaN;
        for (double[] point : curve) {
            loss = point[0] <= bytes ? point[1] : loss;
        }
        return loss;
    }

    boolean hasMeasured() {
        return rows.stream().anyMatch(row -> row.sort() == FrontierRow.Sort.MEASURED);
    }

    /** Rows of recipes: the first and the last are the smallest and the largest of all. */
    List<FrontierRow> recipes() {
        return rows.stream().filter(row -> row.sort() == FrontierRow.Sort.RECIPE).toList();
    }

    /** Whether sizes are told in GiB. */
    boolean isLarge() {
        return curve.getLast()[0] >= LARGE;
    }
}
