package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DivergenceTest {
    private static final float[] ONE_ROW = {1};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"dense-prose,dense-code", "dense-prose,dense-data", "moe-prose,moe-code"})
    void agreesWithTheReference(String nameA, String nameB) throws IOException {
        JsonNode expected = JsonMapper.shared()
                .readTree(ReferenceFiles.testdata("expected/compare-" + nameA + "-" + nameB + ".json").toFile());
        try (Imatrix a = ImatrixReader.open(ReferenceFiles.testdata(nameA + ".gguf"));
                Imatrix b = ImatrixReader.open(ReferenceFiles.testdata(nameB + ".gguf"))) {
            Pairing pairing = Pairing.of(a, b);
            assertEquals(expected.get("tensors").size(), pairing.pairs().size());
            for (TensorPair pair : pairing.pairs()) {
                JsonNode reference = expected.get("tensors").get(pair.name().name());
                Divergence divergence = divergence(pair);
                assertEquals(reference.get("elements").asLong(), pair.elements());
                assertFigure(reference.get("js_divergence"), divergence.jensenShannon());
                assertFigure(reference.get("kl_ab"), divergence.kullbackLeiblerAB());
                assertFigure(reference.get("kl_ba"), divergence.kullbackLeiblerBA());
                assertFigure(reference.get("total_variation"), divergence.totalVariation());
                assertEquals(reference.get("energy_ratio").asDouble(), divergence.sumA() / divergence.sumB(), 1e-12);
            }
        }
    }

    private static void assertFigure(JsonNode reference, double figure) {
        double expected = reference.isNull() ? Double.NaN : reference.asDouble();
        assertEquals(expected, figure, 1e-12 + 1e-9 * Math.abs(expected));
    }

    @Test
    void isExactlyZeroForAFileAgainstItself() throws IOException {
        try (Imatrix a = ImatrixReader.open(ReferenceFiles.testdata("moe-prose.gguf"));
                Imatrix b = ImatrixReader.open(ReferenceFiles.testdata("moe-prose.gguf"))) {
            for (TensorPair pair : Pairing.of(a, b).pairs()) {
                Divergence divergence = divergence(pair);
                assertEquals(0, divergence.jensenShannon());
                assertEquals(0, divergence.kullbackLeiblerAB());
                assertEquals(0, divergence.kullbackLeiblerBA());
                assertEquals(0, divergence.totalVariation());
            }
        }
    }

    @Test
    void knowsHandWorkedShares() throws IOException {
        // p = (1/2, 1/2, 0), q = (1/4, 0, 3/4), whatever the counts
        Divergence divergence = divergence(file("a", new float[]{2}, 6, 6, 0), file("b", new float[]{5}, 1, 0, 3));
        // m = (3/8, 1/4, 3/8): H(m) − (H(p) + H(q)) / 2
        double mixture = -(0.75 * log2(0.375) + 0.25 * log2(0.25));
        double ofQ = -(0.25 * log2(0.25) + 0.75 * log2(0.75));
        assertEquals(mixture - (1 + ofQ) / 2, divergence.jensenShannon(), 1e-15);
        assertEquals(0.75, divergence.totalVariation());
        assertTrue(Double.isNaN(divergence.kullbackLeiblerAB()), "column 1 is only in A");
        assertTrue(Double.isNaN(divergence.kullbackLeiblerBA()), "column 2 is only in B");
        assertEquals(6 / 0.8, divergence.sumA() / divergence.sumB());
    }

    @Test
    void isFiniteInOneDirectionWhereOnlyOneFileHasZeros() throws IOException {
        // p = (1/4, 3/4), q = (1, 0): Σ q·log2(q/p) = 2
        Divergence divergence = divergence(file("a", ONE_ROW, 1, 3), file("b", ONE_ROW, 8, 0));
        assertEquals(2, divergence.kullbackLeiblerBA(), 1e-15);
        assertTrue(Double.isNaN(divergence.kullbackLeiblerAB()));
        Divergence disjoint = divergence(file("a", ONE_ROW, 1, 0), file("b", ONE_ROW, 0, 1));
        assertEquals(1, disjoint.jensenShannon());
        assertEquals(1, disjoint.totalVariation());
    }

    @Test
    void keepsItsDigitsNearZero() throws IOException {
        // p = (1/2 + h, 1/2 − h), q = (1/2, 1/2): J = h² / (2·ln 2) · (1 + h²/6·…), h = 2^-21
        double h = 0x1p-21;
        Divergence divergence = divergence(file("a", ONE_ROW, (float) (1 + 2 * h), (float) (1 - 2 * h)),
                file("b", ONE_ROW, 1, 1));
        assertEquals(h * h / (2 * Math.log(2)), divergence.jensenShannon(), 1e-11 * h * h);
        assertEquals(2 * h * h / Math.log(2), divergence.kullbackLeiblerAB(), 1e-5 * h * h);
        assertEquals(h, divergence.totalVariation(), 1e-15 * h);
    }

    @Test
    void isUndefinedWithoutPositiveFiniteSums() throws IOException {
        Path sound = file("sound", ONE_ROW, 1, 2);
        for (float[] values : new float[][]{{0, 0}, {1, Float.NaN}, {1, Float.POSITIVE_INFINITY}, {2, -1}}) {
            Divergence divergence = divergence(file("odd", ONE_ROW, values), sound);
            assertFalse(divergence.defined());
            assertTrue(Double.isNaN(divergence.jensenShannon()));
            assertTrue(Double.isNaN(divergence.totalVariation()));
        }
    }

    // ---- containers that count differently

    @ParameterizedTest
    @CsvSource({"moe-prose.gguf,moe-prose.dat", "moe-prose.dat,moe-prose.gguf",
        "moe-prose.gguf,moe-prose-converted.dat",
        "moe-prose.dat,moe-prose-converted.dat", "dense-prose.gguf,dense-prose.dat"})
    void takesTheCountOfALegacyFileForEachExpert(String fileA, String fileB) throws IOException {
        try (Imatrix a = ImatrixReader.open(ReferenceFiles.testdata(fileA));
                Imatrix b = ImatrixReader.open(ReferenceFiles.testdata(fileB))) {
            Pairing pairing = Pairing.of(a, b);
            assertEquals(a.entries().size(), pairing.pairs().size());
            for (TensorPair pair : pairing.pairs()) {
                boolean experts = pair.name().kind().endsWith("_exps");
                // 3 of 16 experts were never reached: the legacy file says E[x²] = 1 for them.
                assertEquals(experts ? 13 * pair.columns() : pair.a().size(), pair.elements(), pair.toString());
                assertEquals(0, pair.onlyInA().size() + pair.onlyInB().size());
                // The values of the files were rounded to float32, each in its own unit.
                assertEquals(0, divergence(pair).jensenShannon(), 1e-14, pair.toString());
            }
        }
    }

    @Test
    void tellsWhatTheFilesDoNotShare() throws IOException {
        Path a = new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2).entry("size", ONE_ROW, 1, 2)
                .entry("rows", new float[]{1, 1}, 1, 2, 3, 4).entry("y", new float[]{1, 0, 3, 0}, 1, 0, 3, 0)
                .write(Files.createDirectory(folder.resolve("first")));
        Path b = new GgufImatrixBuilder().entry("z", ONE_ROW, 1, 2).entry("size", ONE_ROW, 1, 2, 3)
                .entry("rows", new float[]{1, 1, 1, 1}, 1, 2, 3, 4).entry("y", new float[]{0, 2, 2, 0}, 0, 2, 2, 0)
                .write(Files.createDirectory(folder.resolve("second")));
        try (Imatrix first = ImatrixReader.open(a); Imatrix second = ImatrixReader.open(b)) {
            Pairing pairing = Pairing.of(first, second);
            assertEquals("[x]", pairing.onlyInA().toString());
            assertEquals("[z]", pairing.onlyInB().toString());
            assertEquals("[rows, size]",
                    pairing.shapeMismatches().stream().map(Pairing.ShapeMismatch::name).toList().toString());
            TensorPair y = pairing.pairs().getFirst();
            assertEquals("[0]", y.onlyInA().toString());
            assertEquals("[1]", y.onlyInB().toString());
            assertEquals(1, y.elements());
        }
    }

    private Path file(String name, float[] counts, float... inSum2) throws IOException {
        Path file = new GgufImatrixBuilder().entry("x", counts, inSum2).write(folder);
        return Files.move(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Divergence divergence(Path fileA, Path fileB) throws IOException {
        try (Imatrix a = ImatrixReader.open(fileA); Imatrix b = ImatrixReader.open(fileB)) {
            return divergence(Pairing.of(a, b).pairs().getFirst());
        }
    }

    private static Divergence divergence(TensorPair pair) throws IOException {
        return DivergenceCalculator.of(List.of(pair), 1, _ -> {
        }).getFirst();
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
