package org.imatrixstats.recipe.residual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.BytesSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerScoresTest {
    private static final String LAYERS = "======================== sorted layer importances\n";
    private static final String ATTENTION = "======================== sorted attention importances\n";
    private static final String FFN = "======================== sorted ffn importances\n";

    private static LayerScores read(String name, String text) throws IOException {
        return LayerScores.read(new BytesSource(name, text.getBytes(StandardCharsets.UTF_8)));
    }

    private static LayerScores log(String text) throws IOException {
        return read("run.log", text);
    }

    /** The tables of a run, with other lines of the program around them. */
    @Test
    void readsTheThreeTablesOfALog() throws IOException {
        LayerScores scores;
        try (var file = Sources.open(
                ReferenceFiles.testdata("recipe/tiny-english.layer-similarity.log").toString())) {
            scores = LayerScores.read(file);
        }
        assertEquals(LayerScores.Measure.SIMILARITY, scores.measure());
        assertEquals(8, scores.layers().size());
        LayerScore last = scores.layers().get(7);
        assertEquals(List.of(0.818559, 0.907756, 0.853599), List.of(last.layer(), last.attention(), last.ffn()));
    }

    /** Older versions know nothing of the last layer but its attention; a program prints no table that is empty. */
    @Test
    void whatTheLogDoesNotHaveIsUndefined() throws IOException {
        LayerScores scores = log(LAYERS + "  0: Layer   0, <cos_sim> = 0.5\n\n" + ATTENTION
                + "  0: Layer   1, <cos_sim> = -0.25\n  1: Layer   0, <cos_sim> = 1e-05\n");
        assertTrue(Double.isNaN(scores.layers().get(1).layer()));
        assertTrue(Double.isNaN(scores.layers().get(0).ffn()));
        assertEquals(-0.25, scores.layers().get(1).attention());
        assertEquals(1e-5, scores.layers().get(0).attention());
    }

    @Test
    void linesMayEndAsOnWindowsAndStandBehindATimestamp() throws IOException {
        LayerScores scores = log("2026-04-14 16:02 | " + LAYERS.replace("\n", "\r\n")
                + "  0: Layer   0, <cos_sim> = 0.5\r\nllama_print_timings: load time = 1 ms\r\n"
                + "  1: Layer   1, <cos_sim> = 0.75\r\n");
        assertEquals(0.75, scores.layers().get(1).layer());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "  0: Layer   0, <cos_sim> = nan | line 2: the similarity is 'nan', expected a number from -1 to 1",
        "  0: Layer   0, <cos_sim> = 1.5 | line 2: the similarity is '1.5', expected a number from -1 to 1",
        "  0: Layer   0, <cos_si | line 2: '0: Layer   0, <cos_si', expected a line such as '  0: Layer   0, <cos_sim> = 0.147234'",
        "  0: Layer   0, <cos_sim> = | line 2: '0: Layer   0, <cos_sim> =', expected a line such as",
        "  1: Layer   0, <cos_sim> = 0.5 | line 2: number 1 follows 0 lines of its table, expected 0: lines are missing",
        "main: done | has a heading '... importances' and no line '0: Layer 0, <cos_sim> = ...' after it: was the log cut short?"})
    void aDamagedLineIsNamed(String line, String message) {
        FormatException e = assertThrows(FormatException.class, () -> log(LAYERS + line + "\n"));
        assertTrue(e.getMessage().startsWith("run.log: " + message), e.getMessage());
    }

    @Test
    void twoRunsInOneLogAreRefused() {
        String table = LAYERS + "  0: Layer   0, <cos_sim> = 0.5\n";
        assertEquals(
                "run.log: line 3: a second table of layer importances: the log holds two runs or two models, leave one"
                        + " of them in",
                assertThrows(FormatException.class, () -> log(table + table)).getMessage());
        assertEquals("run.log: line 3: layer 0 for the second time in its table", assertThrows(FormatException.class,
                () -> log(table + "  1: Layer   0, <cos_sim> = 0.5\n")).getMessage());
        assertEquals("run.log: line 1: a similarity before any heading, expected '======================== sorted layer"
                + " importances' above it",
                assertThrows(FormatException.class, () -> log("  0: Layer   0, <cos_sim> = 0.5\n")).getMessage());
    }

    @Test
    void readsTablesOfScoresAndOfSimilarities() throws IOException {
        LayerScores values = read("t.csv", "layer,value,attention\n0,3,\n1,0,7\n");
        assertEquals(LayerScores.Measure.VALUE, values.measure());
        assertEquals(3, values.layers().get(0).of(Sublayer.ATTENTION));
        assertEquals(7, values.layers().get(1).of(Sublayer.ATTENTION));
        assertEquals(0, values.layers().get(1).of(Sublayer.FFN));
        LayerScores lim = read("t.tsv", "layer\tlim\n0\t-0.9\n");
        assertEquals(LayerScores.Measure.SIMILARITY, lim.measure());
        assertEquals(0.9, lim.layers().get(0).layer());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "layer,value;0.5,1 | line 2: layer is '0.5', expected a whole number of at least 0",
        "layer,value;0,-1 | line 2: value is '-1', expected a number of at least 0",
        "layer,cos_sim;0,-1.1 | line 2: cos_sim is '-1.1', expected a number from -1 to 1",
        "layer,value;0,1;0,2 | line 3: a second score of layer 0",
        "name,kld;0,1 | line 1: the columns are name,kld, expected layer,value or layer,cos_sim or layer,lim, or the log of llama-imatrix --layer-similarity"})
    void aWrongTableIsNamed(String lines, String message) {
        FormatException e = assertThrows(FormatException.class, () -> read("t.csv", lines.replace(";", "\n") + "\n"));
        assertEquals("t.csv: " + message, e.getMessage());
    }

    /** A block that writes o orthogonal to its input x: cos² = ‖x‖² / ‖x + o‖², so 1 − cos² = ‖o‖² / (‖x‖² + ‖o‖²). */
    @Test
    void theShareOfABlockFollowsFromItsCosine() {
        assertEquals(16.0 / 25, LayerScores.share(3.0 / 5), 1e-15);
        assertEquals(1, LayerScores.share(0));
        assertEquals(1, LayerScores.share(-0.7));
        // 1 is printed for all from 0.9999995.
        assertEquals(1e-6, LayerScores.share(1), 1e-12);
    }

    private static Model model() throws IOException {
        return Model.read(ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"));
    }

    private static String table(String columns, String cells) {
        StringBuilder text = new StringBuilder("layer," + columns + "\n");
        for (int layer = 0; layer < 8; layer++) {
            text.append(layer).append(',').append(cells).append('\n');
        }
        return text.toString();
    }

    /** Without residual shares all columns are taken to carry the FFN: f is 1. */
    @Test
    void similaritiesTakeThePlaceOfTheSharesOfBlocks() throws IOException {
        LayerScores scores = read("t.csv", table("cos_sim,attention,ffn", "0,0.6,0.8"));
        Map<String, Double> weights = scores.weights(model(), 8, Optional.empty()).weights();
        assertEquals(0.05 * 0.64, weights.get("blk.3.attn_q.weight"), 1e-15);
        assertEquals(0.05 * 0.36, weights.get("blk.3.ffn_up.weight"), 1e-15);
        assertEquals(0.28, weights.get("output.weight"));
        assertEquals(0.016, weights.get("token_embd.weight"));
        // Where there is no number of the attention or the FFN, that of the layer stands for both.
        weights = read("t.csv", table("cos_sim", "0.6")).weights(model(), 8, Optional.empty()).weights();
        assertEquals(0.05 * 0.64, weights.get("blk.3.attn_q.weight"), 1e-15);
        assertEquals(0.05 * 0.64, weights.get("blk.3.ffn_up.weight"), 1e-15);
    }

    private static ResidualShare shares() {
        List<LayerShare> layers = IntStream.range(0, 8)
                .mapToObj(layer -> new LayerShare(layer, 0.25, 0.125, 0.5, Map.of())).toList();
        return new ResidualShare(layers, Map.of());
    }

    /** Eight layers of twice the value 2 add up to 32, shares to 3: each block gets 2 · 3 / 32. */
    @Test
    void scoresOfAnyScaleAddUpToWhatTheSharesDo() throws IOException {
        Map<String, Double> weights = read("t.csv", table("value", "2")).weights(model(), 8, Optional.of(shares()))
                .weights();
        assertEquals(0.05 * 0.1875, weights.get("blk.0.ffn_down.weight"), 1e-15);
        assertEquals(0.05 * 0.1875 * 0.5, weights.get("blk.0.ffn_up.weight"), 1e-15);
        assertEquals(0.05 * 0.1875 * (1 - 0.1875 + 0.1875 * 0.5), weights.get("blk.0.attn_v.weight"), 1e-15);
    }

    @Test
    void aLayerThatIsNotThereGetsItsResidualShare() throws IOException {
        LayerScores scores = read("t.csv", table("cos_sim", "0.6").replace("7,0.6\n", ""));
        LayerScores.Weights weights = scores.weights(model(), 8, Optional.of(shares()));
        assertEquals(List.of(7), weights.missing());
        assertEquals(0.05 * 0.125, weights.weights().get("blk.7.ffn_down.weight"), 1e-15);
        assertEquals(0.05 * 0.64, weights.weights().get("blk.6.ffn_down.weight"), 1e-15);
        assertTrue(assertThrows(FormatException.class, () -> scores.weights(model(), 8, Optional.empty())).getMessage()
                .startsWith("t.csv: has no score of layer 7, and residual shares cannot stand in"));
    }

    @Test
    void scoresOfAnotherModelOrOfNoUseAreRefused() throws IOException {
        LayerScores other = read("t.csv", "layer,cos_sim\n8,0.5\n");
        assertTrue(assertThrows(FormatException.class, () -> other.weights(model(), 8, Optional.empty())).getMessage()
                .contains("has a score of layer 8, but the last layer of"));
        LayerScores zero = read("t.csv", table("value", "0"));
        assertEquals("t.csv: its scores add up to 0.0, expected a number above 0", assertThrows(FormatException.class,
                () -> zero.weights(model(), 8, Optional.of(shares()))).getMessage());
        assertTrue(assertThrows(FormatException.class, () -> zero.weights(model(), 8, Optional.empty())).getMessage()
                .contains("Cosine similarities (column cos_sim) do without"));
    }
}
