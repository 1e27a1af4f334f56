package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.tensor.TensorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PairCalculatorTest {
    private static final Set<PairStatistic> NEAR_ZERO = Set.of(PairStatistic.JS_DIVERGENCE, PairStatistic.KL_AB,
            PairStatistic.KL_BA);

    @TempDir
    private Path folder;

    private static Comparison compare(Path fileA, Path fileB, int threads) throws IOException {
        try (Imatrix a = ImatrixReader.open(fileA); Imatrix b = ImatrixReader.open(fileB)) {
            return PairCalculator.compare(pairs(a, b, _ -> true), threads, _ -> {
            });
        }
    }

    private static DistinctPairs pairs(Imatrix a, Imatrix b, Predicate<TensorName> selection) throws IOException {
        return new DistinctPairs(Pairing.of(a, b), SharedInputs.of(a, 1), SharedInputs.of(b, 1), selection);
    }

    private static Comparison compare(String nameA, String nameB) throws IOException {
        return compare(ReferenceFiles.testdata(nameA), ReferenceFiles.testdata(nameB), 2);
    }

    @ParameterizedTest
    @CsvSource({"dense-prose.gguf,dense-code.gguf", "moe-prose.gguf,moe-code.gguf", "moe-prose.dat,moe-code.gguf"})
    void aTensorThatMemoryHasNoRoomForHasTheSameFiguresToTheBit(String nameA, String nameB) throws IOException {
        try (Imatrix a = ImatrixReader.open(ReferenceFiles.testdata(nameA));
                Imatrix b = ImatrixReader.open(ReferenceFiles.testdata(nameB))) {
            DistinctPairs pairs = pairs(a, b, _ -> true);
            List<PairStats> expected = PairCalculator.compare(pairs, 2, _ -> {
            }).tensors();
            List<PairStats> inFiles = PairCalculator.compare(pairs, 2, 1000, _ -> {
            }).tensors();
            assertEquals(expected.size(), inFiles.size());
            for (int i = 0; i < expected.size(); i++) {
                for (PairStatistic statistic : PairStatistic.values()) {
                    assertEquals(statistic.of(expected.get(i)), statistic.of(inFiles.get(i)),
                            expected.get(i).name() + " " + statistic.key());
                }
            }
        }
    }

    // ---- an independent program

    @ParameterizedTest
    @CsvSource({"dense-prose,dense-code", "dense-prose,dense-data", "moe-prose,moe-code"})
    void agreesWithTheReference(String nameA, String nameB) throws IOException {
        JsonNode expected = JsonMapper.shared()
                .readTree(ReferenceFiles.testdata("expected/compare-" + nameA + "-" + nameB + ".json").toFile());
        assertAgrees(expected, compare(nameA + ".gguf", nameB + ".gguf"));
    }

    @ParameterizedTest
    @CsvSource({"dense-data.gguf,dense-act-prose.gguf", "dense-code.gguf,dense-prose.dat",
        "moe-merged.gguf,moe-code.gguf",
        "snapshots/dense-prose.gguf.at_4,snapshots/dense-prose.gguf.at_20"})
    void agreesWithTheProgramItselfOnOtherFiles(String nameA, String nameB) throws Exception {
        Path a = ReferenceFiles.testdata(nameA);
        Path b = ReferenceFiles.testdata(nameB);
        Path expected = ReferenceFiles.answers("reference_compare.py", List.of(a, b), folder);
        assertAgrees(JsonMapper.shared().readTree(expected.toFile()), compare(a, b, 2));
    }

    private static void assertAgrees(JsonNode expected, Comparison comparison) {
        assertEquals(names(expected.get("only_in_a")), strings(comparison.pairing().onlyInA()));
        assertEquals(names(expected.get("only_in_b")), strings(comparison.pairing().onlyInB()));
        assertEquals(names(expected.get("shape_mismatch")),
                comparison.pairing().shapeMismatches().stream().map(each -> each.name().name()).toList());
        assertEquals(expected.get("tensors").size(), comparison.tensors().size());
        for (PairStats tensor : comparison.tensors()) {
            JsonNode reference = expected.get("tensors").get(tensor.name().name());
            assertEquals(reference.get("layer").asInt(), tensor.name().layer());
            for (PairStatistic statistic : PairStatistic.values()) {
                assertFigure(reference, statistic, tensor);
            }
        }
    }

    private static void assertFigure(JsonNode reference, PairStatistic statistic, PairStats tensor) {
        String what = tensor.name() + " " + statistic.key();
        switch (statistic) {
            case EXPERTS_ONLY_A ->
                assertEquals(names(reference.get(statistic.key())), strings(tensor.pair().onlyInA()), what);
            case EXPERTS_ONLY_B ->
                assertEquals(names(reference.get(statistic.key())), strings(tensor.pair().onlyInB()), what);
            default -> {
                JsonNode node = statistic.key().startsWith("top_overlap")
                        ? reference.get("top_overlap").get(statistic.key().substring("top_overlap.".length()))
                        : reference.get(statistic.key());
                double figure = node.isNull() ? Double.NaN : node.asDouble();
                // The change of entropy is a difference of numbers near 10.
                double near0 = NEAR_ZERO.contains(statistic)
                        ? 1e-12
                        : statistic == PairStatistic.ENTROPY_CHANGE ? 1e-13 : 0;
                assertEquals(figure, statistic.of(tensor), Math.max(near0, 1e-9 * Math.abs(figure)), what);
            }
        }
    }

    private static List<String> names(JsonNode array) {
        List<String> names = new ArrayList<>();
        array.forEach(name -> names.add(name.asString()));
        return names;
    }

    private static List<String> strings(List<?> objects) {
        return objects.stream().map(Object::toString).toList();
    }

    // ---- what holds for any two files

    private static final Map<PairStatistic, Double> OF_EQUALS = new TreeMap<>(Map.ofEntries(
            Map.entry(PairStatistic.JS_DIVERGENCE, 0.0), Map.entry(PairStatistic.KL_AB, 0.0),
            Map.entry(PairStatistic.KL_BA, 0.0), Map.entry(PairStatistic.TOTAL_VARIATION, 0.0),
            Map.entry(PairStatistic.ENTROPY_CHANGE, 0.0), Map.entry(PairStatistic.EXPERTS_ONLY_A, 0.0),
            Map.entry(PairStatistic.EXPERTS_ONLY_B, 0.0), Map.entry(PairStatistic.COSINE_SIMILARITY, 1.0),
            Map.entry(PairStatistic.PEARSON, 1.0), Map.entry(PairStatistic.SPEARMAN, 1.0),
            Map.entry(PairStatistic.TOP_1, 1.0), Map.entry(PairStatistic.TOP_10, 1.0),
            Map.entry(PairStatistic.ENERGY_RATIO, 1.0)));

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.gguf", "moe-prose.gguf", "moe-prose.dat", "tiny-english-code.imatrix.gguf"})
    void aFileIsExactlyLikeItself(String name) throws IOException {
        for (PairStats tensor : compare(name, name).tensors()) {
            OF_EQUALS.forEach((statistic, figure) -> assertEquals(figure, statistic.of(tensor),
                    tensor.name() + " " + statistic.key()));
            assertEquals(PairStats.Difference.NONE, tensor.difference());
        }
    }

    @ParameterizedTest
    @CsvSource({"dense-prose,dense-code", "moe-prose,moe-code",
        "tiny-english-prose.imatrix,tiny-english-code.imatrix"})
    void exchangedFilesMirrorEachOther(String nameA, String nameB) throws IOException {
        List<PairStats> forward = compare(nameA + ".gguf", nameB + ".gguf").tensors();
        List<PairStats> backward = compare(nameB + ".gguf", nameA + ".gguf").tensors();
        assertEquals(forward.size(), backward.size());
        for (int i = 0; i < forward.size(); i++) {
            for (PairStatistic statistic : PairStatistic.values()) {
                double mirrored = switch (statistic) {
                    case KL_AB -> PairStatistic.KL_BA.of(backward.get(i));
                    case KL_BA -> PairStatistic.KL_AB.of(backward.get(i));
                    case EXPERTS_ONLY_A -> PairStatistic.EXPERTS_ONLY_B.of(backward.get(i));
                    case EXPERTS_ONLY_B -> PairStatistic.EXPERTS_ONLY_A.of(backward.get(i));
                    case ENTROPY_CHANGE -> -statistic.of(backward.get(i));
                    case ENERGY_RATIO -> 1 / statistic.of(backward.get(i));
                    default -> statistic.of(backward.get(i));
                };
                // A quotient and its inverse are rounded each by itself; all else is the same to the bit.
                double rounding = statistic == PairStatistic.ENERGY_RATIO ? 1e-15 * mirrored : 0;
                assertEquals(mirrored, statistic.of(forward.get(i)), rounding, statistic.key());
            }
        }
    }

    @Test
    void givesTheSameBitsForAnyNumberOfThreads() throws IOException {
        Path a = ReferenceFiles.testdata("moe-prose.gguf");
        Path b = ReferenceFiles.testdata("moe-code.gguf");
        long[] one = bits(compare(a, b, 1));
        for (int threads : new int[]{2, 3, 8}) {
            assertArrayEquals(one, bits(compare(a, b, threads)), threads + " threads");
        }
    }

    private static long[] bits(Comparison comparison) {
        return comparison.tensors().stream()
                .flatMapToLong(tensor -> Stream.of(PairStatistic.values())
                        .mapToLong(statistic -> Double.doubleToRawLongBits(statistic.of(tensor))))
                .toArray();
    }

    // ---- ranks, against a plain sort

    /**
     * Experts of other counts make means that are equal, or differ by less than two neighbouring floats; zeros, and floats
     * of any size.
     */
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "7,1", "100,1", "101,1", "5000,1", "300,1e-43", "300,1e-30", "300,1e36"})
    void ranksEqualColumnsAsAPlainSortDoes(int columns, float scale) throws IOException {
        SplittableRandom random = new SplittableRandom(columns);
        float[] countsA = {3, 7, 1};
        float[] countsB = {5, 5, 5};
        float[] a = new float[3 * columns];
        float[] b = new float[3 * columns];
        double[] meansA = new double[a.length];
        double[] meansB = new double[b.length];
        for (int i = 0; i < a.length; i++) {
            // Few different values: many ties, within an expert and between experts.
            int value = random.nextInt(40);
            float sum = value * countsA[i / columns] * scale;
            a[i] = value == 0 || random.nextBoolean() ? sum : Math.nextUp(sum);
            b[i] = (1 + value + random.nextInt(30)) * 0.1f;
            meansA[i] = a[i] / (double) countsA[i / columns];
            meansB[i] = b[i] / (double) countsB[i / columns];
        }
        assertRanked(meansA, meansB, compare(file("a", countsA, a), file("b", countsB, b), 1));
    }

    /** Columns spread over many powers of two, or crowded around one. */
    @ParameterizedTest
    @ValueSource(doubles = {5, 0.5, 1e-3, 1e-6})
    void ranksDifferentColumnsAsAPlainSortDoes(double spread) throws IOException {
        Random random = new Random(1);
        float[] counts = {3, 7};
        float[] a = new float[10_000];
        float[] b = new float[a.length];
        double[] meansA = new double[a.length];
        double[] meansB = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            double shared = random.nextGaussian();
            a[i] = (float) Math.exp(spread * (shared + random.nextGaussian()));
            b[i] = (float) Math.exp(spread * (shared + random.nextGaussian()));
            meansA[i] = a[i] / (double) counts[2 * i / a.length];
            meansB[i] = b[i] / (double) counts[2 * i / a.length];
        }
        assertRanked(meansA, meansB, compare(file("a", counts, a), file("b", counts, b), 1));
    }

    private static void assertRanked(double[] meansA, double[] meansB, Comparison comparison) {
        PairStats tensor = comparison.tensors().getFirst();
        assertEquals(pearson(ranks(meansA), ranks(meansB)), PairStatistic.SPEARMAN.of(tensor), 1e-12);
        assertEquals(jaccard(top(meansA, 0.01), top(meansB, 0.01)), PairStatistic.TOP_1.of(tensor));
        assertEquals(jaccard(top(meansA, 0.1), top(meansB, 0.1)), PairStatistic.TOP_10.of(tensor));
    }

    private static Integer[] order(double[] v) {
        Integer[] order = IntStream.range(0, v.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (i, j) -> Double.compare(v[i], v[j]));
        return order;
    }

    private static double[] ranks(double[] v) {
        Map<Double, List<Integer>> ranks = new TreeMap<>();
        Integer[] order = order(v);
        for (int rank = 0; rank < v.length; rank++) {
            ranks.computeIfAbsent(v[order[rank]], _ -> new ArrayList<>()).add(rank);
        }
        return Arrays.stream(v)
                .map(mean -> (ranks.get(mean).getFirst() + ranks.get(mean).getLast()) / 2.0).toArray();
    }

    private static double pearson(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xy = IntStream.range(0, x.length).mapToDouble(i -> (x[i] - meanX) * (y[i] - meanY)).sum();
        double xx = Arrays.stream(x).map(v -> (v - meanX) * (v - meanX)).sum();
        double yy = Arrays.stream(y).map(v -> (v - meanY) * (v - meanY)).sum();
        return xy / Math.sqrt(xx * yy);
    }

    private static Set<Integer> top(double[] v, double share) {
        List<Integer> places = new ArrayList<>(List.of(order(v)));
        places.sort((i, j) -> v[i] != v[j] ? Double.compare(v[j], v[i]) : i - j);
        return Set.copyOf(places.subList(0, (int) Math.ceil(share * v.length)));
    }

    private static double jaccard(Set<Integer> a, Set<Integer> b) {
        Set<Integer> both = new HashSet<>(a);
        both.retainAll(b);
        return both.size() / (double) (a.size() + b.size() - both.size());
    }

    private Path file(String name, float[] counts, float... inSum2) throws IOException {
        return new GgufImatrixBuilder().entry("x", counts, inSum2)
                .write(Files.createDirectories(folder.resolve(name)));
    }

    // ---- what is looked at

    @Test
    void onlyWhatIsSelectedIsLookedAtAndWhatHoldsTheSameOnce() throws IOException {
        try (Imatrix a = ImatrixReader.open(ReferenceFiles.testdata("dense-prose.gguf"));
                Imatrix b = ImatrixReader.open(ReferenceFiles.testdata("dense-code.gguf"))) {
            DistinctPairs pairs = pairs(a, b, name -> name.layer() == 1 && name.kind().matches("attn_[qv]|ffn_down"));
            AtomicLong looked = new AtomicLong();
            Comparison selected = PairCalculator.compare(pairs, 2, looked::addAndGet);
            assertEquals(512 + 1536, looked.get());
            assertEquals(looked.get(), pairs.values());
            assertEquals(List.of("blk.1.attn_q.weight", "blk.1.attn_v.weight", "blk.1.ffn_down.weight"),
                    selected.tensors().stream().map(tensor -> tensor.name().name()).toList());
            // The figures are those of a comparison of all; k, which is not selected, holds what q and v hold.
            List<PairStats> all = compare("dense-prose.gguf", "dense-code.gguf").tensors();
            for (PairStats tensor : selected.tensors()) {
                PairStats same = all.stream().filter(each -> each.name().equals(tensor.name())).findFirst()
                        .orElseThrow();
                assertEquals(same.divergence(), tensor.divergence());
                assertEquals(same.agreement(), tensor.agreement());
                assertEquals(same.sameInputAs(), tensor.sameInputAs());
            }
            assertEquals("blk.1.attn_k.weight", selected.tensors().getFirst().sameInputAs().name());
        }
    }

    @Test
    void filesAreTheSameIfAllThatIsComparedIsAndWholeIfThatIsAll() throws IOException {
        float[] oneRow = {1};
        float[] twoRows = {2};
        Path a = file("a", oneRow, 1, 2);
        assertTrue(compare(a, a, 1).same());
        assertTrue(compare(a, file("b", oneRow, 1, 2), 1).same());
        assertFalse(compare(a, file("b", oneRow, 1, Math.nextUp(2f)), 1).same());
        assertFalse(compare(a, file("b", oneRow, 2, 4), 1).same());
        assertFalse(compare(a, file("b", twoRows, 2, 4), 1).same());
        Path more = new GgufImatrixBuilder().entry("x", oneRow, 1, 2).entry("y", oneRow, 1, 2)
                .write(Files.createDirectories(folder.resolve("more")));
        assertTrue(compare(a, more, 1).same());
        assertTrue(compare(more, more, 1).isWhole());
        assertFalse(compare(a, more, 1).isWhole());
        assertFalse(compare(more, a, 1).isWhole());
        assertFalse(compare(more, more, 1).only(tensor -> tensor.name().name().equals("x")).isWhole());
    }

    // ---- undefined figures

    @Test
    void leavesFiguresUndefinedRatherThanWrong() throws IOException {
        float[] oneRow = {1};
        Path sound = file("sound", oneRow, 1, 2, 3);
        for (float[] values : new float[][]{{0, 0, 0}, {1, Float.NaN, 1}, {1, Float.POSITIVE_INFINITY, 1},
            {2, -1, 1}}) {
            PairStats tensor = compare(file("odd", oneRow, values), sound, 1).tensors().getFirst();
            for (PairStatistic statistic : PairStatistic.values()) {
                boolean count = statistic.unit() == PairStatistic.ELEMENTS.unit();
                assertEquals(!count, Double.isNaN(statistic.of(tensor)), statistic.key());
            }
        }
        PairStats constant = compare(file("constant", oneRow, 2, 2, 2), sound, 1).tensors().getFirst();
        assertTrue(Double.isNaN(PairStatistic.PEARSON.of(constant)));
        assertTrue(Double.isNaN(PairStatistic.SPEARMAN.of(constant)));
        assertFalse(Double.isNaN(PairStatistic.COSINE_SIMILARITY.of(constant)));
    }

    // ---- roll-ups

    @ParameterizedTest
    @EnumSource(PairStatistic.class)
    void aGroupKnowsItsMedianAndItsWorst(PairStatistic statistic) throws IOException {
        Comparison comparison = compare("dense-prose.gguf", "dense-code.gguf");
        double[] figures = comparison.tensors().stream().mapToDouble(statistic::of).filter(x -> !Double.isNaN(x))
                .sorted().toArray();
        int middle = figures.length / 2;
        double median = figures.length == 0
                ? Double.NaN
                : figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
        assertEquals(median, comparison.overall().median(statistic));
        double worst = switch (statistic.worst()) {
            case NONE -> Double.NaN;
            case LOWEST -> figures[0];
            case HIGHEST -> figures[figures.length - 1];
            case FARTHEST ->
                Math.abs(figures[0]) > figures[figures.length - 1] ? figures[0] : figures[figures.length - 1];
            case FACTOR -> 1 / figures[0] > figures[figures.length - 1] ? figures[0] : figures[figures.length - 1];
        };
        assertEquals(worst, comparison.overall().worstFigure(statistic));
    }

    @Test
    void groupsByLayerAndKind() throws IOException {
        Comparison comparison = compare("dense-prose.gguf", "dense-code.gguf");
        assertEquals(List.of(0, 1, 2, 3, 4, 5),
                comparison.layers().stream().map(group -> group.layer().number()).toList());
        assertEquals(List.of("attn_k", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_up"),
                comparison.kinds().stream().map(PairGroup::kind).toList());
        assertEquals(6, comparison.kinds().getFirst().tensors().size());
        // q and v hold what k holds, up what gate holds, in both files.
        assertEquals(18, comparison.tensors().stream().filter(tensor -> tensor.sameInputAs() != null).count());
    }
}
