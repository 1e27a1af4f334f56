package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.CoverageStatistic;
import org.imatrixstats.compare.PairGroup;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.compare.PairStats.Difference;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.compare.TensorPair;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorName;

/**
 * A comparison in words: how alike the files are, where they differ and in which way, and what that means for merging.
 *
 * @param lines paragraphs; those that start with two spaces belong to the one before
 */
record Verdict(List<String> lines) {
    /** Of lines that belong to the one before. */
    static final String INDENT = "  ";
    /** Up to this median divergence, in bits, the words of {@link #likeness}. */
    private static final double NEARLY_THE_SAME = 0.001;
    /** Far below what two runs on different texts reach, far above what the rounding of a conversion makes. */
    private static final double ROUNDING = 1e-12;
    private static final double SIMILAR = 0.01;
    private static final double DIFFERENT = 0.05;
    private static final int WORST_SHOWN = 3;
    private static final int LAYERS_SHOWN = 4;

    static Verdict of(CompareReport report, CompareReport.Pair pair) {
        Comparison comparison = pair.two().selected();
        String a = pair.two().letterA();
        String b = pair.two().letterB();
        List<String> lines = new ArrayList<>();
        List<String> missing = missing(comparison, a, b);
        lines.addAll(missing);
        lines.add(likeness(comparison, a, b, missing.isEmpty()));
        lines.addAll(differences(comparison, a, b));
        lines.addAll(experts(comparison, a, b));
        lines.addAll(merging(report.a(pair).summary(), report.b(pair).summary(), comparison, a, b));
        return new Verdict(lines);
    }

    // ---- how alike

    private static String likeness(Comparison comparison, String a, String b, boolean whole) {
        PairGroup overall = comparison.overall();
        double median = overall.median(PairStatistic.JS_DIVERGENCE);
        if (Double.isNaN(median)) {
            return "No figure of a tensor is defined: the files cannot be compared.";
        }
        double worst = overall.worstFigure(PairStatistic.JS_DIVERGENCE);
        if (worst <= ROUNDING) {
            return (whole ? "The same: " : "What was compared is the same: ") + a + " and " + b
                    + " give every column the same share of the energy of its tensor"
                    + (worst == 0 ? "." : ", up to rounding.");
        }
        return word(median) + ": the median Jensen-Shannon divergence of " + a + " and " + b + " over "
                + Numbers.count(overall.tensors().size(), "tensor") + " is " + Cells.bits(median) + " bits"
                + (median <= DIFFERENT ? ", as if the share of each column differed by " + typical(median) : "")
                + "; the largest is " + Cells.bits(worst) + " bits. In the median tensor, "
                + percent(overall.median(PairStatistic.TOP_10))
                + " of the columns that are in the largest tenth of either file are in that of both.";
    }

    private static String word(double median) {
        return median <= NEARLY_THE_SAME
                ? "Nearly the same"
                : median <= SIMILAR ? "Similar" : median <= DIFFERENT ? "Different" : "Very different";
    }

    /** Shares that differ by a factor 1 ± d have a divergence of d² / (8 ln 2), for small d. */
    private static String typical(double divergence) {
        return percent(Math.sqrt(8 * Math.log(2) * divergence));
    }

    private static String percent(double share) {
        double percent = 100 * share;
        return Numbers.fixed(percent, percent < 10 ? 1 : 0) + "%";
    }

    // ---- which differ, and in which way

    /** Those first that differ by columns, the largest divergence first, then those by scale alone, the largest factor first. */
    private static final Comparator<PairStats> MOST_DIFFERENT = (a, b) -> byScale(a) != byScale(b)
            ? Boolean.compare(byScale(a), byScale(b))
            : Double.compare(howDifferent(b), howDifferent(a));

    private static boolean byScale(PairStats tensor) {
        return tensor.difference() == Difference.SCALE;
    }

    private static double howDifferent(PairStats tensor) {
        return byScale(tensor)
                ? Math.abs(Math.log(PairStatistic.ENERGY_RATIO.of(tensor)))
                : PairStatistic.JS_DIVERGENCE.of(tensor);
    }

    private static List<String> differences(Comparison comparison, String a, String b) {
        Map<Difference, Long> counts = comparison.tensors().stream().filter(PairStats::defined)
                .collect(Collectors.groupingBy(PairStats::difference, TreeMap::new, Collectors.counting()));
        long all = comparison.tensors().stream().filter(PairStats::defined).count();
        long other = all - counts.getOrDefault(Difference.NONE, 0L);
        if (other == 0) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        List<String> ways = new ArrayList<>();
        counts.forEach((difference, count) -> {
            switch (difference) {
                case COLUMNS -> ways.add(count + " by columns");
                case SCALE -> ways.add(count + " by scale alone");
                case BOTH -> ways.add(count + " by both columns and scale");
                case NONE -> {
                }
            }
        });
        List<PairStats> worst = comparison.inputs().stream().filter(PairStats::defined)
                .filter(tensor -> tensor.difference() != Difference.NONE).sorted(MOST_DIFFERENT).limit(WORST_SHOWN)
                .toList();
        lines.add(other + " of " + Numbers.count(all, "tensor")
                + (other == 1 ? " differs:" : " differ: " + String.join(", ", ways) + ". The most different:"));
        worst.forEach(tensor -> lines.add(INDENT + tensor.name() + ": " + way(tensor, a, b)));
        return lines;
    }

    private static String way(PairStats tensor, String a, String b) {
        double ratio = PairStatistic.ENERGY_RATIO.of(tensor);
        String scale = ratio >= 1
                ? "Σ of " + a + " is " + Numbers.fixed(ratio, 2) + " times that of " + b
                : "Σ of " + b + " is " + Numbers.fixed(1 / ratio, 2) + " times that of " + a;
        String columns = percent(PairStatistic.TOTAL_VARIATION.of(tensor)) + " of the energy lies on other columns";
        return switch (tensor.difference()) {
            case COLUMNS -> columns + "; Σ is much the same";
            case SCALE -> "the same columns at another scale: " + scale;
            case BOTH -> columns + ", and " + scale;
            case NONE -> "much the same";
        };
    }

    // ---- experts

    private static List<String> experts(Comparison comparison, String a, String b) {
        if (comparison.tensors().stream().noneMatch(tensor -> tensor.pair().matrices() > 1)) {
            return List.of();
        }
        Map<Layer, SortedSet<Integer>> onlyA = byLayer(comparison, TensorPair::onlyInA);
        Map<Layer, SortedSet<Integer>> onlyB = byLayer(comparison, TensorPair::onlyInB);
        Map<Layer, SortedSet<Integer>> neither = byLayer(comparison, TensorPair::inNeither);
        return List.of((onlyA.isEmpty() && onlyB.isEmpty()
                ? a + " and " + b + " reached the same experts."
                : "Experts that only " + a + " reached: " + list(onlyA) + "; that only " + b + " reached: "
                        + list(onlyB) + ".")
                + (neither.isEmpty() ? "" : " Neither reached " + list(neither) + "."));
    }

    private static Map<Layer, SortedSet<Integer>> byLayer(Comparison comparison,
            Function<TensorPair, List<Integer>> only) {
        Map<Layer, SortedSet<Integer>> byLayer = new TreeMap<>(Comparator.nullsLast(Comparator.naturalOrder()));
        for (PairStats tensor : comparison.tensors()) {
            List<Integer> experts = only.apply(tensor.pair());
            if (!experts.isEmpty()) {
                byLayer.computeIfAbsent(tensor.name().inStack(), _ -> new TreeSet<>()).addAll(experts);
            }
        }
        return byLayer;
    }

    private static String list(Map<Layer, SortedSet<Integer>> byLayer) {
        if (byLayer.isEmpty()) {
            return "none";
        }
        long all = byLayer.values().stream().mapToLong(SortedSet::size).sum();
        String layers = byLayer.entrySet().stream().limit(LAYERS_SHOWN)
                .map(layer -> (layer.getKey() == null ? "no layer" : "layer " + layer.getKey()) + ": "
                        + Ranges.of(layer.getValue()))
                .collect(Collectors.joining("; "));
        return all + " (" + layers + (byLayer.size() > LAYERS_SHOWN
                ? "; and in " + Numbers.count(byLayer.size() - LAYERS_SHOWN, "more layer")
                : "") + ")";
    }

    // ---- merging

    private static List<String> merging(FileSummary fileA, FileSummary fileB, Comparison comparison, String a,
            String b) {
        double median = comparison.overall().median(PairStatistic.JS_DIVERGENCE);
        int mismatches = comparison.pairing().shapeMismatches().size();
        if (Double.isNaN(median)) {
            return List.of();
        }
        if (mismatches > 0) {
            return List.of("They cannot be merged: " + Numbers.count(mismatches, "tensor")
                    + (mismatches == 1 ? " differs" : " differ") + " in size.");
        }
        if (comparison.overall().worstFigure(PairStatistic.JS_DIVERGENCE) <= ROUNDING) {
            return List.of(comparison.tensors().stream().allMatch(PairStats::defined)
                    ? "Do not merge them: one text would count twice."
                    : "Do not merge them: what was compared would count twice, and the rest is damaged.");
        }
        return List.of(effect(comparison, median) + " " + weight(fileA, fileB, a, b) + gain(comparison, a, b)
                + shared(fileA, fileB));
    }

    private static String effect(Comparison comparison, double median) {
        if (median <= NEARLY_THE_SAME) {
            return "Merging changes little: either file alone serves as well.";
        }
        if (median > SIMILAR) {
            return "Merging is a compromise: columns that only one text exercises are kept, at a lower weight.";
        }
        long others = comparison.tensors().stream()
                .filter(tensor -> tensor.difference() == Difference.COLUMNS || tensor.difference() == Difference.BOTH)
                .count();
        return "Merging adds tokens and changes little" + (others == 0
                ? "."
                : ", except in the " + Numbers.count(others, "tensor")
                        + (others == 1 ? " that differs" : " that differ") + " by columns: there it is a compromise.");
    }

    private static String gain(Comparison comparison, String a, String b) {
        long gainA = experts(comparison, TensorPair::onlyInB);
        long gainB = experts(comparison, TensorPair::onlyInA);
        List<String> gains = new ArrayList<>();
        if (gainA > 0) {
            gains.add("to " + Numbers.count(gainA, "expert") + " that " + a + " lacks");
        }
        if (gainB > 0) {
            gains.add("to " + Numbers.count(gainB, "expert") + " that " + b + " lacks");
        }
        return gains.isEmpty() ? "" : " It gives data " + String.join(" and ", gains) + ".";
    }

    private static String shared(FileSummary fileA, FileSummary fileB) {
        List<String> shared = fileA.datasets().stream().distinct().filter(fileB.datasets()::contains).toList();
        return shared.isEmpty()
                ? ""
                : " Both name " + (shared.size() == 1 ? "the dataset " : "the datasets ") + String.join(", ", shared)
                        + ": text that is in both would count twice.";
    }

    private static long experts(Comparison comparison, Function<TensorPair, List<Integer>> only) {
        return byLayer(comparison, only).values().stream().mapToLong(SortedSet::size).sum();
    }

    private static String weight(FileSummary fileA, FileSummary fileB, String a, String b) {
        boolean tokens = fileA.tokens().isPresent() && fileB.tokens().isPresent();
        OptionalLong ofA = tokens ? fileA.tokens() : fileA.origin().chunkCount();
        OptionalLong ofB = tokens ? fileB.tokens() : fileB.origin().chunkCount();
        if (ofA.isEmpty() || ofB.isEmpty() || ofA.getAsLong() + ofB.getAsLong() == 0) {
            return "How much each would weigh is not stored.";
        }
        double share = ofA.getAsLong() / (double) (ofA.getAsLong() + ofB.getAsLong());
        return (tokens ? "By tokens, " : "By chunks, ") + a + " would weigh " + percent(share) + " and " + b + " "
                + percent(1 - share) + "; merge --weight changes that.";
    }

    // ---- what is not in both

    private static List<String> missing(Comparison comparison, String a, String b) {
        List<String> lines = new ArrayList<>();
        List<PairStats> undefined = comparison.tensors().stream().filter(tensor -> !tensor.defined()).toList();
        if (!undefined.isEmpty()) {
            lines.add("Not compared: " + undefined.size() + " of "
                    + Numbers.count(comparison.tensors().size(), "tensor") + ", whose figures are undefined: "
                    + examples(undefined.stream().map(PairStats::name).toList()));
        }
        only(comparison.pairing().onlyInA(), a, lines);
        only(comparison.pairing().onlyInB(), b, lines);
        int mismatches = comparison.pairing().shapeMismatches().size();
        if (mismatches > 0) {
            lines.add(Numbers.count(mismatches, "tensor") + " of other sizes, not compared: "
                    + examples(comparison.pairing().shapeMismatches()));
        }
        return lines;
    }

    private static void only(List<TensorName> names, String file, List<String> lines) {
        if (!names.isEmpty()) {
            lines.add("Only in " + file + ": " + Numbers.count(names.size(), "tensor") + ", " + examples(names));
        }
    }

    private static String examples(List<?> all) {
        return all.stream().limit(WORST_SHOWN).map(Object::toString).collect(Collectors.joining(", "))
                + (all.size() > WORST_SHOWN ? ", …" : ".");
    }

    // ---- which exercises more

    /** Which text exercised more, over all kinds; to be read with its caveat. */
    static String coverage(Comparison comparison, String a, String b) {
        return switch (CoverageStatistic.more(comparison)) {
            case A -> a + " exercises more overall.";
            case B -> b + " exercises more overall.";
            case MIXED -> "Mixed: " + a + " exercises more in some kinds or respects, " + b + " in others.";
            case EQUAL -> a + " and " + b + " exercise about as much.";
        } + " More uniform is not the same as better: what counts is whether a text is like what the model will be used for.";
    }
}
