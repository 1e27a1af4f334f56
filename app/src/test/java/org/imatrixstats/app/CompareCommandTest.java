package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.compare.ChannelLevels;
import org.imatrixstats.app.output.compare.PairLevels;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

class CompareCommandTest {
    private static final Path PROSE = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");
    private static final Path CODE = ReferenceFiles.testdata("tiny-english-code.imatrix.gguf");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.gguf");
    private static final Path MOE_CODE = ReferenceFiles.testdata("moe-code.gguf");
    private static final float[] ONE_ROW = {1000};

    @TempDir
    private Path folder;

    private static JsonNode json(Object... arguments) throws IOException {
        List<Object> all = new ArrayList<>(List.of("compare"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--format", "json"));
        JsonNode json = Json.parse(CliRun.outputOf(all.toArray()));
        Schemas.assertValid(json);
        return json;
    }

    private Path file(String name, int chunks, GgufImatrixBuilder builder) throws IOException {
        return builder.keys(List.of(name), chunks, 512).write(Files.createDirectories(folder.resolve(name)));
    }

    // ---- machine formats

    @ParameterizedTest
    @CsvSource({"dense-prose,dense-code", "dense-prose,dense-data", "moe-prose,moe-code"})
    void jsonHoldsWhatTheReferenceSaysUnderItsNames(String nameA, String nameB) throws IOException {
        JsonNode expected = Json.parse(Files.readString(
                ReferenceFiles.testdata("expected/compare-" + nameA + "-" + nameB + ".json")));
        JsonNode pair = json(ReferenceFiles.testdata(nameA + ".gguf"), ReferenceFiles.testdata(nameB + ".gguf"))
                .get("pairs").get(0);
        for (String key : List.of("only_in_a", "only_in_b", "shape_mismatch")) {
            assertEquals(expected.get(key), pair.get(key));
        }
        Map<String, JsonNode> tensors = Json.by("name", pair.get("tensors"));
        assertEquals(expected.get("tensors").size(), tensors.size());
        expected.get("tensors").properties()
                .forEach(tensor -> assertContains(tensor.getValue(), tensors.get(tensor.getKey()), tensor.getKey()));
    }

    private static void assertContains(JsonNode expected, JsonNode shown, String what) {
        expected.properties().forEach(field -> {
            JsonNode value = shown.get(field.getKey());
            String name = what + " " + field.getKey();
            assertNotNull(value, name);
            if (field.getValue().isObject()) {
                assertContains(field.getValue(), value, name);
            } else if (field.getValue().isNumber()) {
                double figure = field.getValue().asDouble();
                assertEquals(figure, value.asDouble(), Math.max(1e-12, 1e-9 * Math.abs(figure)), name);
            } else {
                assertEquals(field.getValue(), value, name);
            }
        });
    }

    @Test
    void anUnknownKindIsWarnedOfOnceForAllPairs() {
        Object prose = ReferenceFiles.testdata("dense-prose.gguf");
        CliRun run = CliRun.of("compare", prose, ReferenceFiles.testdata("dense-code.gguf"), prose, "--kind",
                "attn_v,ffn_don").succeeded();
        assertEquals(1, run.err().lines().filter(line -> line.contains("unknown kind 'ffn_don'")).count(), run.err());
    }

    @Test
    void theSchemaDescribesEveryField() throws IOException {
        JsonNode definitions = Schemas.of("compare-1").get("$defs");
        Map<String, Level<?, ?>> levels = new TreeMap<>(
                Map.of("tensor", PairLevels.TENSOR, "layer", PairLevels.LAYER, "kind",
                        PairLevels.KIND, "overall", PairLevels.OVERALL, "coverage", PairLevels.COVERAGE, "channel",
                        ChannelLevels.CHANNEL, "outlier_channel", ChannelLevels.OUTLIER));
        levels.forEach((name, level) -> {
            List<String> described = new ArrayList<>();
            describe("", definitions.get(name).get("properties"), described);
            assertEquals(level.columns().stream().map(Column::key).sorted().toList(),
                    described.stream().sorted().toList());
        });
        assertEquals(definitions.get("file"),
                Schemas.of("report-1").get("$defs").get("file"));
    }

    private static void describe(String prefix, JsonNode properties, List<String> described) {
        properties.properties().forEach(field -> {
            assertNotNull(field.getValue().get("description"), field.getKey());
            if (field.getValue().has("properties")) {
                describe(prefix + field.getKey() + ".", field.getValue().get("properties"), described);
            } else {
                described.add(prefix + field.getKey());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor", "layer", "kind", "coverage"})
    void everyLevelIsInEveryFormat(String level) throws IOException {
        for (OutputFormat format : OutputFormat.OF_ROWS) {
            String out = CliRun.outputOf("compare", MOE, MOE_CODE, "--level", level, "--format", format);
            String row = level.equals("layer") ? "blk\\.3\\." : "attn\\\\?_k";
            assertTrue(Pattern.compile(row).matcher(out).find(), out);
        }
        json(MOE, MOE_CODE, "--level", level);
    }

    @Test
    void csvNamesBothFilesAndListsExperts() throws IOException {
        Path a = file("a", 100,
                new GgufImatrixBuilder().entry("blk.0.ffn_up_exps.weight", new float[]{500, 500, 500, 0},
                        1, 2, 3, 4, 5, 6, 0, 0));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("blk.0.ffn_up_exps.weight", new float[]{0, 0, 500, 500},
                0, 0, 0, 0, 6, 5, 1, 2));
        String csv = CliRun.outputOf("compare", a, b, "--format", "csv");
        try (CSVParser parser = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get()
                .parse(new StringReader(csv))) {
            CSVRecord row = parser.getRecords().getFirst();
            assertEquals(a.toString(), row.get("a"));
            assertEquals(b.toString(), row.get("b"));
            assertEquals("0 1", row.get("experts_only_a"));
            assertEquals("3", row.get("experts_only_b"));
            // (5, 6) against (6, 5): 2 · 5 · 6 / (25 + 36)
            assertEquals(60.0 / 61, Double.parseDouble(row.get("cosine_similarity")), 1e-15);
        }
        String table = CliRun.outputOf("compare", a, b);
        assertTrue(
                table.contains("Experts that only A reached: 2 (layer 0: 0-1); that only B reached: 1 (layer 0: 3)."),
                table);
        assertTrue(table.contains("It gives data to 1 expert that A lacks and to 2 experts that B lacks."), table);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"COMMAND", "RULES", "FILE"})
    void aFileAgainstItselfIsTheSameAndWarnedOf(OutputFormat format) {
        CliRun run = CliRun.of("compare", MOE, MOE, "--format", format).succeeded();
        assertTrue(run.err().contains("both files have the same content"), run.err());
    }

    @Test
    void aPartOfAFileAgainstItselfIsTheSameAndNoNoise() {
        CliRun part = CliRun.of("compare", MOE, MOE, "--kind", "attn_k").succeeded();
        assertTrue(part.err().endsWith(": both files are equal in all compared tensors\n"), part.err());
        CliRun unique = CliRun.of("compare", MOE, MOE, "--unique").succeeded();
        assertTrue(unique.err().endsWith(": both files have the same content\n"), unique.err());
    }

    // ---- words

    @Test
    void saysInWhichWayTensorsDiffer() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("blk.0.attn_q.weight", ONE_ROW, 8, 1, 1)
                .entry("blk.0.ffn_down.weight", ONE_ROW, 4, 6, 8).entry("blk.0.ffn_up.weight", ONE_ROW, 1, 2, 3)
                .entry("blk.0.attn_v.weight", ONE_ROW, 9, 0, 9));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("blk.0.attn_q.weight", ONE_ROW, 1, 1, 8)
                .entry("blk.0.ffn_down.weight", ONE_ROW, 2, 3, 4).entry("blk.0.ffn_up.weight", ONE_ROW, 1, 2, 3)
                .entry("blk.0.attn_v.weight", ONE_ROW, 0, 2, 1));
        Map<String, JsonNode> tensors = Json.by("name", json(a, b).get("pairs").get(0).get("tensors"));
        assertEquals("columns", tensors.get("blk.0.attn_q.weight").get("difference").asString());
        assertEquals("scale", tensors.get("blk.0.ffn_down.weight").get("difference").asString());
        assertEquals("none", tensors.get("blk.0.ffn_up.weight").get("difference").asString());
        assertEquals("both", tensors.get("blk.0.attn_v.weight").get("difference").asString());
        String table = CliRun.outputOf("compare", a, b);
        assertTrue(
                table.contains("3 of 4 tensors differ: 1 by columns, 1 by scale alone, 1 by both columns and scale."),
                table);
        // |8/10 − 1/10| + |1/10 − 8/10| = 1.4, half of it
        assertTrue(table.contains("blk.0.attn_q.weight: 70% of the energy lies on other columns"), table);
        assertTrue(table.contains("the same columns at another scale: Σ of A is 2.00 times that of B"), table);
    }

    @Test
    void namesNoTensorAmongTheMostDifferentThatIsMuchTheSame() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("blk.0.attn_q.weight", ONE_ROW, 8, 1, 1)
                .entry("blk.0.ffn_up.weight", ONE_ROW, 1, 2, 3));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("blk.0.attn_q.weight", ONE_ROW, 1, 1, 8)
                .entry("blk.0.ffn_up.weight", ONE_ROW, 1, 2, 3.1f));
        String table = CliRun.outputOf("compare", a, b);
        assertTrue(table.contains("1 of 2 tensors differs:"), table);
        assertFalse(table.contains("blk.0.ffn_up.weight:"), table);
    }

    @Test
    void markdownNamesEachFileByItsLetter() {
        String markdown = CliRun.outputOf("compare", PROSE, PROSE, CODE, "--format", "markdown");
        String third = markdown.substring(markdown.indexOf("code.imatrix.gguf (C)"));
        assertTrue(third.contains("divergence of A and C"), third);
        assertTrue(third.contains("| kind | H norm A | H norm C | active A | active C | more |"), third);
        assertTrue(third.contains("| 96.95% | 97.71% | 100.00% | 100.00% | C |"), third);
        assertTrue(third.contains("C exercises more overall. More uniform is not the same as better"), third);
    }

    @Test
    void channelsNameTheThirdFileByItsLetter() {
        String table = CliRun.outputOf("compare", PROSE, PROSE, CODE, "--channels", "blk.0.ffn_down.weight");
        String third = table.substring(table.indexOf("\nA and C\n"));
        assertTrue(third.contains("in A, in C: tensors of that width"), third);
        assertFalse(third.contains("in B"), third);
    }

    @Test
    void aNarrowTableLeavesOutTheFiguresOfBothFilesTogether() {
        for (int columns = 40; columns <= 120; columns++) {
            String table = CliRun.on(new Terminal(columns, false, false), "compare", MOE, MOE_CODE).succeeded()
                    .out();
            assertEquals(table.contains("only A"), table.contains("only B"), table);
            assertEquals(table.contains("reached by A"), table.contains("reached by B"), table);
            assertEquals(table.contains("H norm A"), table.contains("H norm B"), table);
        }
    }

    @Test
    void namesExpertsThatNeitherFileReached() {
        String table = CliRun.outputOf("compare", MOE, MOE_CODE);
        assertTrue(table.contains("A and B reached the same experts. Neither reached 12 (layer 0: "), table);
    }

    @Test
    void markdownListsTheMostDifferentTensors() {
        String markdown = CliRun.outputOf("compare", PROSE, CODE, "--format", "markdown");
        assertTrue(markdown.contains("\n- blk.0.ffn\\_down.weight: 20% of the energy lies on other columns"),
                markdown);
    }

    @Test
    void aTensorThatSharesItsInputWithOneNotSelectedIsShown() {
        String table = CliRun.outputOf("compare", PROSE, CODE, "--kind", "ffn_up,attn_v");
        assertTrue(table.contains("blk.0.ffn_up.weight "), table);
        assertTrue(table.contains("blk.7.attn_v.weight "), table);
        String channels = CliRun.outputOf("compare", PROSE, CODE, "--kind", "ffn_up", "--channels",
                "blk.0.ffn_up.weight");
        assertTrue(channels.contains("channels that are outliers in many tensors"), channels);
    }

    @ParameterizedTest
    @CsvSource({"dense-prose.gguf,dense-prose.dat,'Do not merge them: one text would count twice.'",
        "dense-prose.gguf,dense-prose-from-dat.gguf,'Do not merge them: one text would count twice.'",
        "dense-prose.gguf,dense-merged.gguf,'Both name the dataset c/prose.txt: text that is in both would count twice.'"})
    void saysIfAMergeWouldCountATextTwice(String a, String b, String sentence) {
        String table = CliRun.outputOf("compare", ReferenceFiles.testdata(a), ReferenceFiles.testdata(b));
        assertTrue(table.replace('\n', ' ').contains(sentence), table);
    }

    @Test
    void saysThatFilesWithTensorsOfOtherSizesCannotBeMerged() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2).entry("size", ONE_ROW, 1, 2));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 3).entry("size", ONE_ROW, 1, 2, 3));
        assertTrue(CliRun.outputOf("compare", a, b).contains("They cannot be merged: 1 tensor differs in size."));
        assertEquals(1, CliRun.of("merge", a, b, "-o", folder.resolve("merged.gguf")).exitCode());
    }

    @Test
    void namesTensorsThatOnlyOneFileHas() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2).entry("y", ONE_ROW, 1, 2)
                .entry("size", ONE_ROW, 1, 2));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2).entry("z", ONE_ROW, 1, 2)
                .entry("size", ONE_ROW, 1, 2, 3));
        String table = CliRun.outputOf("compare", a, b);
        assertTrue(table.contains("Only in A: 1 tensor, y."), table);
        assertTrue(table.contains("Only in B: 1 tensor, z."), table);
        assertTrue(table.contains("1 tensor of other sizes, not compared: size (2 columns against 3 columns)."), table);
    }

    @Test
    void theWorstComesFirstUnlessAnotherOrderIsAskedFor() throws IOException {
        List<Double> divergences = new ArrayList<>();
        json(PROSE, CODE).get("pairs").get(0).get("tensors").forEach(row -> divergences.add(row.get("js_divergence")
                .asDouble()));
        assertEquals(divergences.stream().sorted((x, y) -> Double.compare(y, x)).toList(), divergences);
        JsonNode lowest = json(PROSE, CODE, "--sort", "spearman", "--top", "1", "--level", "tensor").get("pairs").get(0)
                .get("tensors");
        assertEquals(1, lowest.size());
        assertEquals("blk.7.ffn_down.weight", lowest.get(0).get("name").asString());
        assertEquals(8, json(PROSE, CODE, "--kind", "ffn_down").get("pairs").get(0).get("tensors").size());
    }

    @Test
    void neitherContainerNorLengthIsADifference() throws IOException {
        JsonNode pair = json(MOE, ReferenceFiles.testdata("moe-prose.dat")).get("pairs").get(0);
        assertEquals(0, pair.get("overall").get("js_divergence").get("worst").asDouble(), 1e-13);
        assertEquals(1, pair.get("overall").get("energy_ratio").get("worst").asDouble(), 1e-6);
    }

    // ---- several files

    @Test
    void threeFilesHaveAMatrixAndPairsWithTheFirst() throws IOException {
        JsonNode json = json(ReferenceFiles.testdata("dense-prose.gguf"), ReferenceFiles.testdata("dense-code.gguf"),
                ReferenceFiles.testdata("dense-data.gguf"));
        assertEquals(2, json.get("pairs").size());
        JsonNode matrix = json.get("js_divergence_median");
        double codeAgainstData = json(ReferenceFiles.testdata("dense-code.gguf"),
                ReferenceFiles.testdata("dense-data.gguf")).get("pairs").get(0).get("overall").get("js_divergence")
                .get("median").asDouble();
        for (int i = 0; i < 3; i++) {
            assertEquals(0, matrix.get(i).get(i).asDouble());
        }
        for (int i = 1; i < 3; i++) {
            double first = json.get("pairs").get(i - 1).get("overall").get("js_divergence").get("median").asDouble();
            assertEquals(first, matrix.get(0).get(i).asDouble());
            assertEquals(first, matrix.get(i).get(0).asDouble());
        }
        assertEquals(codeAgainstData, matrix.get(1).get(2).asDouble());
        assertEquals(codeAgainstData, matrix.get(2).get(1).asDouble());
    }

    // ---- channels

    @Test
    void channelsHaveValuesAndRanksInEachFile() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("blk.0.x.weight", ONE_ROW, 1000, 3000, 3000, 1000)
                .entry("blk.1.x.weight", ONE_ROW, 0, 9000, 500, 500));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("blk.0.x.weight", ONE_ROW, 1000, 3000, 1000, 11000)
                .entry("blk.1.x.weight", ONE_ROW, 0, 5000, 500, 500));
        JsonNode pair = json(a, b, "--channels", "blk.0.x.weight").get("pairs").get(0);
        JsonNode worst = pair.get("channels").get(0);
        assertEquals(3, worst.get("column").asInt());
        assertEquals(1, worst.get("e_a").asDouble());
        assertEquals(11, worst.get("e_b").asDouble());
        assertEquals(3, worst.get("rank_a").asInt());
        assertEquals(1, worst.get("rank_b").asInt());
        assertEquals(1.0 / 8, worst.get("share_a").asDouble());
        assertEquals(11.0 / 16, worst.get("share_b").asDouble());
        double sum = 0;
        for (JsonNode channel : pair.get("channels")) {
            sum += channel.get("js_divergence").asDouble();
        }
        double divergence = json(a, b, "--match", "blk.0").get("pairs").get(0).get("tensors").get(0)
                .get("js_divergence").asDouble();
        assertEquals(divergence, sum, 1e-15);
        // The largest 1% of four columns is one: column 1 in both tensors of A, ties sharing the better rank.
        JsonNode outlier = pair.get("outlier_channels").get(0);
        assertEquals(1, outlier.get("column").asInt());
        assertEquals(2, outlier.get("in_a").asInt());
        assertEquals(1, outlier.get("in_b").asInt());
        assertEquals((1.5 + 3.6) / 2, outlier.get("times_a").asDouble(), 1e-15);
    }

    @Test
    void anUnknownChannelTensorIsAnErrorThatNamesTheNearest() {
        String error = CliRun.of("compare", PROSE, CODE, "--channels", "blk.0.ffn_dwn.weight").failed(2);
        assertTrue(
                error.contains(
                        "no tensor 'blk.0.ffn_dwn.weight' in both " + PROSE + " and " + CODE
                                + ", did you mean 'blk.0.ffn_down.weight'?"),
                error);
    }

    @Test
    void aChannelTensorThatALaterFileLacksIsToldBeforeTheWork() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("blk.0.x.weight", ONE_ROW, 1, 2)
                .entry("blk.0.y.weight", ONE_ROW, 1, 2));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("blk.0.x.weight", ONE_ROW, 1, 2)
                .entry("blk.0.y.weight", ONE_ROW, 1, 2, 3));
        String shape = CliRun.of("compare", a, a, b, "--channels", "blk.0.y.weight").failed(2);
        assertTrue(shape.contains("cannot compare blk.0.y.weight (2 columns against 3 columns) of " + a + " and " + b),
                shape);
    }

    @Test
    void aChannelTensorThatOtherOptionsLeaveOutIsToldBeforeTheWork() {
        String error = CliRun.of("compare", PROSE, CODE, "--kind", "attn_q", "--channels", "blk.0.ffn_down.weight")
                .failed(2);
        assertTrue(error.contains("--channels blk.0.ffn_down.weight: the other options do not select this tensor"),
                error);
    }

    @Test
    void channelsOfATensorThatSharesTheInputOfAnotherAreShown() {
        assertTrue(CliRun.outputOf("compare", PROSE, CODE, "--unique", "--channels", "blk.0.attn_v.weight")
                .contains("blk.0.attn_v.weight"));
    }

    // ---- refusals and warnings

    @Test
    void filesOfDifferentModelsAreRefused() throws IOException {
        String sizes = CliRun.of("compare", ReferenceFiles.testdata("dense-prose.gguf"), MOE).failed(1);
        assertTrue(sizes.contains("they are of different models, all "), sizes);
        Path other = file("other", 100, new GgufImatrixBuilder().entry("enc.weight", ONE_ROW, 1, 2));
        String names = CliRun.of("compare", PROSE, other).failed(1);
        assertTrue(names.contains("they have no tensor in common (blk.0.attn_k.weight, … against enc.weight)"), names);
    }

    @Test
    void filesWithLittleInCommonAreWarnedOf() {
        String err = CliRun.of("compare", PROSE, MOE).succeeded().err();
        assertTrue(err.contains("only 16 of 56 tensors can be compared: check that both files belong to one model"),
                err);
    }

    @Test
    void oneFileIsTooFew() {
        assertTrue(CliRun.of("compare", PROSE).failed(2).contains("at least two files"));
    }

    @ParameterizedTest
    @CsvSource({"5,100,only 5 chunks", "20,100,20 chunks against 100", "50,100,"})
    void warnsOfRunsThatAreShort(int chunksA, int chunksB, String warning) throws IOException {
        Path a = file("a", chunksA, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2));
        Path b = file("b", chunksB, new GgufImatrixBuilder().entry("x", ONE_ROW, 2, 1));
        String err = CliRun.of("compare", a, b).succeeded().err();
        assertEquals(warning != null, err.contains("warning"), err);
        assertTrue(warning == null || err.contains(warning), err);
    }

    @Test
    void undefinedFiguresAreNullAndWarnedOf() throws IOException {
        Path a = file("a", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, Float.NaN).entry("y", ONE_ROW, 1, 2)
                .entry("z", ONE_ROW, 0, 0));
        Path b = file("b", 100, new GgufImatrixBuilder().entry("x", ONE_ROW, 1, 2).entry("y", ONE_ROW, 2, 1)
                .entry("z", ONE_ROW, 1, 1));
        CliRun run = CliRun.of("compare", a, b, "--format", "json").succeeded();
        assertTrue(run.err().contains("tensor 'x': NaN or infinite values"), run.err());
        assertTrue(run.err().contains("tensor 'z': 0 in all columns of one file"), run.err());
        Map<String, JsonNode> tensors = Json.by("name", json(a, b).get("pairs").get(0).get("tensors"));
        assertTrue(tensors.get("x").get("js_divergence").isNull());
        assertTrue(tensors.get("x").get("top_overlap").isNull());
        assertTrue(tensors.get("z").get("cosine_similarity").isNull());
        assertFalse(tensors.get("y").get("js_divergence").isNull());
        assertFalse(CliRun.outputOf("compare", a, b).contains("NaN"));
    }

    @Test
    void anUnknownColumnIsAnErrorThatNamesTheNearest() {
        String error = CliRun.of("compare", PROSE, CODE, "--sort", "spearmann").failed(2);
        assertTrue(error.contains("did you mean 'spearman'?"), error);
    }
}
