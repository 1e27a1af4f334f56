package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.knapsack.Knapsack;
import org.imatrixstats.recipe.knapsack.SupportedSolutions;

/**
 * The least loss of a model at each size. Each point is the recipe of exactly its size: no other choice of types in so many
 * bytes loses less.
 */
public final class Frontier {
    /**
     * A recipe.
     *
     * @param number        among the points
     * @param bytes         of the data of all tensors
     * @param bitsPerWeight over the elements of all tensors
     * @param loss          Σ of the losses of all tensors
     */
    public record Point(int number, long bytes, double bitsPerWeight, double loss) {
    }

    /** Both are conventions. */
    private static final double KNEE = 1.25;
    private static final double KNEE_BITS = 1;

    private final List<Vertex> vertices;
    private final List<Point> points;

    private Frontier(List<Vertex> vertices, long elements) {
        this.vertices = vertices;
        this.points = IntStream.range(0, vertices.size()).mapToObj(i -> new Point(i, vertices.get(i).bytes,
                vertices.get(i).bytes * 8.0 / elements, Math.max(0, vertices.get(i).loss))).toList();
    }

    /** Solves for all sizes, from the smallest to that of the largest type. */
    static Frontier of(Candidates candidates) throws RecipeException, RefusedException {
        List<Vertex> vertices = new ArrayList<>();
        for (Pool pool : candidates.pools()) {
            SupportedSolutions frontier = Knapsack.supported(pool.items());
            for (int i = 0; i < frontier.size(); i++) {
                long bytes = pool.fixed() + frontier.bytes(i);
                if (candidates.isFor(pool, bytes)) {
                    vertices.add(new Vertex(pool, frontier, i, bytes, frontier.cost(i)));
                }
            }
        }
        vertices.sort(Comparator.comparingLong(Vertex::bytes).thenComparingDouble(Vertex::loss));
        List<Vertex> best = new ArrayList<>();
        for (Vertex vertex : vertices) {
            if (best.isEmpty() || vertex.loss < best.getLast().loss) {
                best.add(vertex);
            }
        }
        return new Frontier(best, candidates.model().elements());
    }

    private record Vertex(Pool pool, SupportedSolutions frontier, int solution, long bytes, double loss) {
        Map<GgmlType, Double> types() {
            Map<GgmlType, Double> shares = new EnumMap<>(GgmlType.class);
            pool.forEach(frontier.choices(solution),
                    (tensor, option) -> shares.merge(option.type(), (double) tensor.elements(), Double::sum));
            double elements = shares.values().stream().mapToDouble(each -> each).sum();
            shares.replaceAll((_, each) -> each / elements);
            return shares;
        }
    }

    /** In the order of bytes; each loses less than the one before. */
    public List<Point> points() {
        return points;
    }

    /** How the quantized elements of a recipe divide among the types. */
    public Map<GgmlType, Double> types(Point point) {
        return vertices.get(point.number).types();
    }

    /** The recipe with the least loss within a number of bytes; empty if none is so small. */
    public Optional<Point> within(long bytes) {
        int at = firstAbove(bytes);
        return at == 0 ? Optional.empty() : Optional.of(points.get(at - 1));
    }

    private int firstAbove(long bytes) {
        int from = 0;
        int to = points.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (points.get(middle).bytes <= bytes) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** The smallest recipe, the best ones within each whole number of steps, and the largest. */
    public List<Point> every(long step) {
        List<Point> chosen = new ArrayList<>(List.of(points.getFirst()));
        for (long bytes = (points.getFirst().bytes / step + 1) * step; bytes < points.getLast().bytes; bytes += step) {
            Point point = within(bytes).orElseThrow();
            if (point != chosen.getLast()) {
                chosen.add(point);
            }
        }
        if (chosen.getLast() != points.getLast()) {
            chosen.add(points.getLast());
        }
        return chosen;
    }

    /**
     * Where more bytes begin to buy less: over a bit per weight before the point the logarithm of the loss falls
     * {@value #KNEE} times as fast, or more, as over a bit behind it; of neighbours the sharpest.
     */
    public List<Point> knees() {
        List<Point> knees = new ArrayList<>();
        double[] sharpness = points.stream().mapToDouble(this::sharpness).toArray();
        for (int i = 0; i < sharpness.length; i++) {
            boolean sharpest = sharpness[i] >= KNEE;
            for (int j = 0; j < sharpness.length && sharpest; j++) {
                boolean near = Math.abs(points.get(j).bitsPerWeight - points.get(i).bitsPerWeight) <= KNEE_BITS;
                sharpest = !near || sharpness[j] < sharpness[i] || sharpness[j] == sharpness[i] && j >= i;
            }
            if (sharpest) {
                knees.add(points.get(i));
            }
        }
        return knees;
    }

    private double sharpness(Point point) {
        double before = logAt(point.bitsPerWeight - KNEE_BITS);
        double here = point.loss > 0 ? Math.log(point.loss) : Double.NaN;
        double behind = logAt(point.bitsPerWeight + KNEE_BITS);
        double sharpness = (before - here) / (here - behind);
        return Double.isFinite(sharpness) ? sharpness : 0;
    }

    /** The logarithm of the loss at a size, between points by a straight line; NaN beyond them. */
    private double logAt(double bits) {
        int from = 0;
        int to = points.size() - 1;
        if (!(bits >= points.get(from).bitsPerWeight && bits <= points.get(to).bitsPerWeight)) {
            return Double.NaN;
        }
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            if (points.get(middle).bitsPerWeight <= bits) {
                from = middle;
            } else {
                to = middle;
            }
        }
        Point a = points.get(from);
        Point b = points.get(to);
        double share = a == b ? 0 : (bits - a.bitsPerWeight) / (b.bitsPerWeight - a.bitsPerWeight);
        return (1 - share) * Math.log(a.loss) + share * Math.log(b.loss);
    }
}
