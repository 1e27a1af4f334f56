package org.imatrixstats.app.output.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.Frontier;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Recipes;

/**
 * The least loss at each size, and standard mixes and measured models beside it.
 *
 * @param files    what it was made from
 * @param losses   what recipes minimise
 * @param step     bytes between rows
 * @param points   of the frontier, for charts
 * @param rows     the smallest first
 * @param measured models that were measured
 */
public record FrontierReport(Dialect dialect, RecipeReport.Files files, Losses losses, long step,
        List<Frontier.Point> points, List<FrontierRow> rows, List<KldPoint> measured) {
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
        List<KldPoint> known = measured.stream().map(point -> withSize(point, model.elements()))
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
        return new FrontierReport(dialect, files, losses, bytes, frontier.points(), rows, known);
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
            Optional<KldPoint> same = known.stream()
                    .filter(point -> point.name().equalsIgnoreCase(name) && point.bytes() == plan.quantBytes())
                    .findFirst();
            return new FrontierRow(FrontierRow.Sort.MIX, name, plan.quantBytes(), plan.bitsPerWeight(),
                    Frontier.loss(plan, losses) / norm, Double.NaN, recipe(plan.quantBytes()),
                    same.map(point -> point.result().kld()).orElse(Double.NaN),
                    same.map(point -> point.result().kldError()).orElse(Double.NaN), false, null);
        }

        FrontierRow measured(KldPoint point) throws RefusedException {
            return new FrontierRow(FrontierRow.Sort.MEASURED, point.name(), point.bytes(),
                    point.bytes() * 8.0 / elements, Double.NaN, Double.NaN, recipe(point.bytes()),
                    point.result().kld(), point.result().kldError(), false, null);
        }

        private double recipe(long bytes) throws RefusedException {
            return recipes.loss(bytes).orElse(Double.NaN) / norm;
        }
    }

    /** Bytes and figure of the points, thinned to what a chart can show. */
    List<double[]> curve() {
        List<double[]> curve = new ArrayList<>();
        double norm = rows.stream().filter(row -> row.sort() == FrontierRow.Sort.RECIPE).findFirst().orElseThrow()
                .loss() / points.getFirst().loss();
        long apart = Math.max(1, (points.getLast().bytes() - points.getFirst().bytes()) / MOST_POINTS);
        for (Frontier.Point point : points) {
            boolean last = point == points.getLast();
            if (curve.isEmpty() || last || point.bytes() - curve.getLast()[0] >= apart) {
                curve.add(new double[]{point.bytes(), point.loss() * norm});
            }
        }
        return curve;
    }

    /** Whether sizes are told in GiB. */
    boolean isLarge() {
        return points.getLast().bytes() >= LARGE;
    }

    /** Whether the figures predict a KL divergence. */
    boolean predicts() {
        return losses.shares();
    }

    /** What the figures are. */
    String figure() {
        return predicts()
                ? "KL divergence from the original"
                : losses.sensitivity().isPresent()
                        ? "sum of measured losses"
                        : "distortion (weighted relative squared error)";
    }
}
