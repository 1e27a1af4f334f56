package org.imatrixstats.spectrum;

import static org.imatrixstats.spectrum.ReferenceSpectra.assertClose;
import static org.imatrixstats.spectrum.ReferenceSpectra.assertExponents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class ExponentsTest {
    @Test
    void theUpperHalfOfPowersOfTwoHasTheExponentWorkedOutByHand() {
        Exponents exponents = Exponents.of(new double[]{1, 2, 4, 8});
        // Of 4 and 8: 1 + 2 / (ln 1 + ln 2).
        assertEquals(1 + 2 / Math.log(2), exponents.mid().alpha(), 1e-12);
        // Of 4 and 8 over 2: 1 + 2 / (ln 2 + ln 4).
        assertEquals(1 + 2 / Math.log(8), exponents.half().alpha(), 1e-12);
        assertEquals(1.9617966939, exponents.none().alpha(), 1e-10);
        assertEquals(.2365828810, exponents.none().distance(), 1e-10);
    }

    @Test
    void paretoQuantilesHaveTheirExponent() {
        Exponents three = Exponents.of(pareto(3, 200));
        assertEquals(3.0085059353, three.none().alpha(), 1e-10);
        assertEquals(3.0170930707, three.mid().alpha(), 1e-10);
        assertEquals(2.9969527056, three.half().alpha(), 1e-10);
        Exponents two = Exponents.of(pareto(2, 1000));
        assertEquals(2.0008473744, two.none().alpha(), 1e-10);
        assertEquals(2.0016963536, two.mid().alpha(), 1e-10);
        assertEquals(1.9996935741, two.half().alpha(), 1e-10);
    }

    private static double[] pareto(double alpha, int n) {
        return eigenvalues(n, i -> Math.pow(1 - (i + .5) / n, -1 / (alpha - 1)));
    }

    private static double[] eigenvalues(int n, IntToDoubleFunction e) {
        return IntStream.range(0, n).mapToDouble(e).toArray();
    }

    @Test
    void estimatorsAndEntropiesOfPlainNumbersAgreeWithTheReference() throws IOException {
        for (JsonNode expected : ReferenceSpectra.read("facts").get("estimators")) {
            String name = expected.get("name").asString();
            double[] e = switch (name) {
                case "powers of two" -> new double[]{1, 2, 4, 8};
                case "squares 1..64" -> eigenvalues(64, i -> (i + 1.0) * (i + 1));
                case "pareto 3, 200" -> pareto(3, 200);
                case "pareto 2, 1000" -> pareto(2, 1000);
                default -> eigenvalues(64, i -> 1e4 * Math.pow(1 - (i + .5) / 64, -1.0 / 5));
            };
            assertExponents(expected, Exponents.of(e), name);
            double[] sigma = IntStream.range(0, e.length).mapToDouble(i -> Math.sqrt(e[e.length - 1 - i])).toArray();
            Spectrum spectrum = new Spectrum(e.length, e.length, sigma);
            assertClose(expected.get("entropy"), spectrum.entropy().entropy(), 1e-10, name);
            assertClose(expected.get("entropy_published"), spectrum.entropy().published(), 1e-10, name);
            assertClose(expected.get("stable_rank"), spectrum.entropy().stableRank(), 1e-10, name);
            assertClose(expected.get("participation"), spectrum.participation(), 1e-10, name);
        }
    }

    @Test
    void baselinesOfModelShapesAgree() throws IOException {
        for (JsonNode row : ReferenceSpectra.read("facts").get("baselines")) {
            long q = row.get("q").get(0).asLong();
            long from = row.get("q").get(1).asLong();
            long k = row.get("k").get(0).asLong();
            assertClose(row.get("qk"), Entropy.gaussianProduct(q, k, from), 1e-12, row.toString());
            assertClose(row.get("v"), Entropy.gaussian(k, from), 1e-12, row.toString());
        }
        assertEquals(7.8178, Entropy.gaussian(4096, 4096), 5e-5);
        assertEquals(Math.log(4096) - 5 / 6.0, Entropy.gaussianProduct(4096, 4096, 4096), 1e-12);
    }

    @Test
    void flatOrShortSpectraHaveNoExponent() {
        assertNull(Exponents.of(new double[]{1}).none());
        Exponents flat = Exponents.of(new double[]{2, 2, 2, 2});
        assertNull(flat.none());
        assertNull(flat.mid());
        assertNull(flat.peak());
        assertNull(flat.half());
    }

    /** The search skips tails that cannot win; the answer is that of looking at all. */
    @Test
    void theBestTailIsThatOfAllTails() {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            double[] e = IntStream.range(0, 50 + 40 * round)
                    .mapToDouble(i -> Math.exp(random.nextGaussian() * (1 + i % 3))).sorted().toArray();
            TailFit fit = new TailFit(e);
            PowerLaw best = fit.best(0, e.length - 1, Double.NaN);
            double[] distances = IntStream.range(0, e.length - 1).mapToDouble(i -> fit.at(i).distance()).toArray();
            int least = IntStream.range(0, distances.length).boxed()
                    .min((a, b) -> Double.compare(distances[a], distances[b])).orElseThrow();
            assertEquals(least, best.start());
            assertEquals(distances[least], best.distance());
            double second = IntStream.range(0, distances.length).filter(i -> i != least).mapToDouble(i -> distances[i])
                    .min().orElseThrow();
            assertEquals(second - distances[least], best.gap());
        }
    }

    @Test
    void numbersKeepEveryFit() {
        Exponents exponents = Exponents.of(pareto(3, 40));
        assertEquals(exponents, Exponents.ofNumbers(exponents.numbers(), 0));
        Exponents none = Exponents.of(new double[0]);
        assertEquals(none, Exponents.ofNumbers(none.numbers(), 0));
    }
}
