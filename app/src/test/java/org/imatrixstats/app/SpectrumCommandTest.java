package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

/** What spectrum prints, against what an independent program says. The figures themselves: SpectrumReferenceTest. */
class SpectrumCommandTest {
    private static final String TRAINED = "../testdata/models/tiny-english-f16.gguf";
    private static final String MADE = "../testdata/spectrum/matrices.gguf";
    private static final String PROSE = "../testdata/tiny-english-prose.imatrix.gguf";
    private static final String CODE = "../testdata/tiny-english-code.imatrix.gguf";
    /** Sensitive to the last bits, or names of files. */
    private static final Set<String> NOT_COMPARED = Set.of("file", "nearest", "gap", "condition");

    @TempDir
    Path folder;

    private static Object[] command(Object... arguments) {
        return Stream.concat(Stream.of("spectrum", "--no-cache"), Stream.of(arguments)).toArray();
    }

    private static JsonNode json(Object... arguments) {
        JsonNode json = Json.parse(CliRun.outputOf(
                Stream.concat(Stream.of(command(arguments)), Stream.of("--format", "json")).toArray()));
        Schemas.assertValid(json);
        return json.get("models").get(0);
    }

    private static JsonNode reference(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(
                Files.newInputStream(ReferenceFiles.testdata("spectrum/" + name + ".json.gz")))) {
            return Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void jsonHoldsAllOfTheReferenceOfATrainedModel() throws IOException {
        JsonNode model = json(TRAINED, "--imatrix", PROSE, "--imatrix", CODE, "--singular-values");
        assertEquals("exact", model.get("method").asString());
        assertHolds(reference("tiny-english-f16"), model, "");
    }

    /** Every field of one is in the other, with the same value; other sparsities than the one asked for are left out. */
    private static void assertHolds(JsonNode expected, JsonNode actual, String where) {
        if (expected.isObject()) {
            for (String key : expected.propertyNames()) {
                if (!NOT_COMPARED.contains(key) && !(key.startsWith("S=") && !key.startsWith("S=0.7 eps=0.2")
                        && !key.startsWith("S=0.7 lambda"))) {
                    assertTrue(actual.has(key), where + " has no " + key);
                    assertHolds(expected.get(key), actual.get(key), where + "." + key);
                }
            }
        } else if (expected.isArray()) {
            assertEquals(expected.size(), actual.size(), where);
            for (int i = 0; i < expected.size(); i++) {
                assertHolds(expected.get(i), actual.get(i), where + "[" + i + "]");
            }
        } else if (expected.isNumber()) {
            double value = expected.asDouble();
            assertEquals(value, actual.asDouble(), 1e-5 * Math.abs(value) + 1e-9, where);
        } else if (where.endsWith(".kind")) {
            assertEquals(expected.asString().replaceFirst("\\.weight$", ""), actual.asString(), where);
        } else {
            assertEquals(expected, actual, where);
        }
    }

    @Test
    void jsonOfMadeMatricesHasExpertsZerosAndWhatIsLeftOut() {
        JsonNode model = json(MADE);
        assertEquals(3, model.get("tensors").values().stream().filter(row -> !row.get("expert").isNull()).count());
        assertEquals(2, model.get("skipped").size());
        assertTrue(model.get("tensors").get(0).get("singular_values").isNull());
    }

    @Test
    void windowsAloneLeaveTheFiguresOfAllSingularValuesUndefined() {
        JsonNode model = json(TRAINED, "--method", "farms");
        JsonNode tensor = model.get("tensors").get(1);
        assertEquals("farms", model.get("method").asString());
        assertTrue(tensor.get("rank").isNull() && tensor.get("mp").isNull() && tensor.get("alpha").isNull());
        assertTrue(tensor.get("farms").get("hill_tenth").get("alpha").asDouble() > 1);
        assertEquals("farms_hill_tenth", model.get("ratios").get("score").asString());
    }

    @Test
    void pruningScriptsFindAShareForEachLayer() {
        JsonNode ratios = json(TRAINED, "--sparsity", "0.5", "--epsilon", "0.3", "--imatrix", PROSE).get("ratios");
        double mean = ratios.get("by_exponent").values().stream().mapToDouble(JsonNode::asDouble).average()
                .orElseThrow();
        assertEquals(0.5, mean, 1e-9);
        double ofOutliers = ratios.get("by_outliers").values().stream().mapToDouble(JsonNode::asDouble).average()
                .orElseThrow();
        assertEquals(0.5, ofOutliers, 1e-9);
    }

    @Test
    void scoreKindsChooseTheMatricesOfTheScore() {
        JsonNode layers = json(TRAINED, "--score-kind", "attn_q,attn_output").get("layers");
        assertEquals(8, layers.size());
        layers.forEach(layer -> assertEquals(2, layer.get("matrices").asInt()));
    }

    @Test
    void csvHasARowPerMatrixOrPerLayer() {
        List<String> matrices = CliRun.outputOf(command(TRAINED, "--format", "csv", "--imatrix", PROSE)).lines()
                .toList();
        assertEquals(59, matrices.size());
        assertTrue(matrices.getFirst().startsWith("name,expert,layer,kind,dtype,quantized,rows,columns,rank,"),
                matrices.getFirst());
        List<String> layers = CliRun.outputOf(command(TRAINED, "--format", "csv", "--level", "layer")).lines().toList();
        assertEquals(9, layers.size());
        assertTrue(layers.getFirst().startsWith("layer,matrices,numel,alpha,sparsity,"), layers.getFirst());
    }

    @Test
    void theTableSaysThatTheTwoRulesPointInOppositeDirections() {
        String table = CliRun.outputOf(command(TRAINED, "--imatrix", PROSE)).replaceAll("\\s+", " ");
        assertTrue(table.contains("The exponent rule and the outlier rule point in opposite directions: Spearman -0.9"),
                table);
        assertTrue(table.contains("Neither is a measurement."), table);
    }

    @Test
    void matricesOfAQuantizedModelAreMarked() throws IOException {
        Path quantized = folder.resolve("q4.gguf");
        CliRun.outputOf("quantize", TRAINED, quantized, "Q4_0");
        CliRun run = CliRun.of(command(quantized, "--all"));
        assertTrue(run.out().contains("blk.0.attn_q.weight*"), run.out());
        assertTrue(run.out().contains("were quantized before (marked *)"), run.out());
        assertTrue(json(quantized).get("tensors").get(1).get("quantized").asBoolean());
    }

    @Test
    void plotShowsTheSpectrumTheFitTheBulkAndTheSaliency() {
        String plot = CliRun.outputOf(command(TRAINED, "--plot", "blk.0.attn_q.weight", "--imatrix", PROSE));
        assertTrue(plot.contains("● fit, α "), plot);
        assertTrue(plot.contains("━ bulk of a random matrix, "), plot);
        assertTrue(plot.contains("saliency in the lowest weights of each row"), plot);
        String ascii = CliRun.outputOf(command(TRAINED, "--plot", "blk.0.attn_q.weight", "--ascii"));
        assertTrue(ascii.chars().allMatch(c -> c < 0x80), ascii);
    }

    @Test
    void markdownHasTheTablesToo() {
        String markdown = CliRun.outputOf(command(TRAINED, "--format", "markdown"));
        assertTrue(markdown.contains("| kind | count | α |"), markdown);
    }

    @Test
    void figuresDoNotDependOnThreads() {
        String one = CliRun.outputOf(command(MADE, "--format", "json", "--threads", 1));
        assertEquals(one, CliRun.outputOf(command(MADE, "--format", "json", "--threads", 4)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "--sparsity 1.5; --sparsity 1.5 is out of range: expected more than 0 and less than 1",
        "--epsilon 1; --epsilon 1.0 is out of range: expected 0 or more and less than 1",
        "--method fast; unknown method 'fast', did you mean 'exact'? Valid: exact, farms, auto",
        "--score hill_half2; unknown exponent 'hill_half2', did you mean 'hill_half'?",
        "--level row; --level 'row' is unknown: expected tensor or layer",
        "--level layer; --level works only with --format csv",
        "--singular-values; --singular-values works only with --format json",
        "--score-kind attn_x; unknown kind 'attn_x', did you mean",
        "--plot blk.0.attn_x.weight; --plot: the model has no tensor 'blk.0.attn_x.weight', did you mean"})
    void whatCannotBeMeantIsAUsageError(String options, String message) {
        CliRun run = CliRun.of(command(Stream.concat(Stream.of(TRAINED), Stream.of(options.split(" "))).toArray()));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void aModelThatIsCutShortIsAnErrorInOneLine() throws IOException {
        Path cut = folder.resolve("cut.gguf");
        byte[] all = Files.readAllBytes(Path.of(TRAINED));
        Files.write(cut, Arrays.copyOf(all, all.length / 2));
        CliRun run = CliRun.of(command(cut));
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertFalse(run.err().contains("at org."), run.err());
    }

    @Test
    void nothingSelectedIsSaidBeforeAnythingIsComputed() {
        CliRun run = CliRun.of(command(TRAINED, "--layers", "40-"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("no tensor selected"), run.err());
    }

    @Test
    void anImportanceMatrixOfAnotherModelIsAWarning() {
        CliRun run = CliRun.of(command(MADE, "--imatrix", PROSE));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("is it of another model?"), run.err());
    }
}
