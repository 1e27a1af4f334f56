package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** What is in the file that report writes; what a browser makes of it is tested in a browser. */
class ReportCommandTest {
    private static final Path TINY = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");
    private static final Path TINY_MODEL = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf");
    private static final Path PROSE = ReferenceFiles.testdata("dense-prose.gguf");
    private static final Path CODE = ReferenceFiles.testdata("dense-code.gguf");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.gguf");
    private static final Pattern ISLAND = Pattern
            .compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private static String page(Object... arguments) {
        return CliRun.outputOf(Stream.concat(Stream.of("report", "-o", "-"), Stream.of(arguments)).toArray());
    }

    private static JsonNode island(String page) {
        Matcher island = ISLAND.matcher(page);
        assertTrue(island.find());
        return Json.parse(island.group(1));
    }

    private static JsonNode printed(Object... arguments) {
        return Json.parse(CliRun.outputOf(arguments));
    }

    private static List<Path> snapshots() throws IOException {
        try (Stream<Path> files = Files.list(ReferenceFiles.testdata("snapshots"))) {
            return files.sorted().toList();
        }
    }

    // ---- the data

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.gguf", "moe-act-prose.gguf", "moe-prose.dat", "tied-process-output.gguf"})
    void holdsWhatStatsAndCheckPrint(String name) {
        Path file = ReferenceFiles.testdata(name);
        JsonNode island = island(page(file));
        assertEquals(printed("stats", file, "--format", "json"), island.get("report"));
        assertEquals(Json.parse(CliRun.of("check", file, "--format", OutputFormat.JSON).out()), island.get("check"));
    }

    @Test
    void holdsWhatCompareFindsOfTheFirstFileAndEachOther() {
        Path data = ReferenceFiles.testdata("dense-data.gguf");
        JsonNode compare = island(page(PROSE, CODE, data)).get("compare");
        assertEquals(2, compare.get("pairs").size());
        JsonNode pairs = printed("compare", PROSE, CODE, data, "--format", "json").get("pairs");
        for (int i = 0; i < 2; i++) {
            for (String field : List.of("a", "b", "tensors", "layers", "overall", "summary", "warnings")) {
                assertEquals(pairs.get(i).get(field), compare.get("pairs").get(i).get(field), field);
            }
        }
    }

    @Test
    void holdsWhatConvergePrintsOfSnapshotsAndComparesTheLastTwo() throws IOException {
        Object[] snapshots = snapshots().toArray();
        JsonNode island = island(page(snapshots));
        assertEquals(
                printed(Stream.concat(Stream.of("converge", "--format", "json"), Stream.of(snapshots)).toArray()),
                island.get("converge"));
        JsonNode pair = island.get("compare").get("pairs").get(0);
        assertTrue(pair.get("a").asString().endsWith(".at_24"), pair.get("a").asString());
        assertTrue(pair.get("b").asString().endsWith("dense-prose.gguf"), pair.get("b").asString());
    }

    @Test
    void snapshotsAmongOtherFilesAreComparedAndThePageSaysWhyNotMore() {
        String run = ReferenceFiles.testdata("snapshots/dense-prose.gguf").toString();
        CliRun mixed = CliRun.of("report", "-o", "-", run + ".at_4", run + ".at_12", CODE).succeeded();
        String reason = "the page does not show convergence: some files are snapshots of one run, others are not";
        assertTrue(mixed.err().contains("warning: " + reason), mixed.err());
        assertTrue(mixed.out().contains(reason));
        assertFalse(island(mixed.out()).has("converge"));
        assertEquals(2, island(mixed.out()).get("compare").get("pairs").size());
        assertFalse(page(PROSE, CODE).contains(reason));
    }

    @Test
    void holdsWhatPlanPrintsIfThereIsAModel() {
        JsonNode plan = island(page(TINY, "--model", TINY_MODEL, "--rule", "ffn_down=q6_K")).get("plan");
        assertEquals(
                printed("plan", TINY_MODEL, "--imatrix", TINY, "--rule", "ffn_down=q6_K", "--format", "json"), plan);
        assertFalse(island(page(TINY)).has("plan"));
    }

    /** The table is that of error, its normal weights are those that error compares with. */
    @Test
    void holdsTheErrorsOfATable() throws IOException {
        Path table = folder.resolve("errors.csv");
        CliRun.outputOf("error", "../testdata/models/tiny-english-f16.gguf", "--imatrix", TINY, "--types",
                "q2_K,q3_K", "--rows", "8", "-o", table);
        JsonNode errors = island(page(TINY, "--errors", table)).get("errors");
        assertEquals(58, errors.get("tensors").size());
        assertEquals(58 * 8, errors.get("rows_read").asInt());
        List<String> cells = List.of(Files.readAllLines(table).get(1).split(","));
        JsonNode first = errors.get("tensors").get(0);
        assertEquals(cells.get(0), first.get("name").asString());
        assertEquals(Double.parseDouble(cells.get(3)), first.get("relative_error").get("q2_K").asDouble());
        assertEquals(Double.parseDouble(cells.get(8)), first.get("standard_error").get("q2_K").asDouble());
        assertTrue(errors.get("tensors").valueStream().filter(tensor -> tensor.get("name").asString()
                .equals("blk.0.ffn_down.weight")).findFirst().orElseThrow().get("weighted").asBoolean());
        JsonNode type = errors.get("types").get(1);
        assertEquals("q3_K", type.get("type").asString());
        assertEquals(3.4375, type.get("bits_per_weight").asDouble());
        JsonNode alone = island(page("--errors", table));
        assertEquals(errors, alone.get("errors"));
        assertEquals(0, alone.get("report").get("reports").size());
        Schemas.assertValid(alone);
        assertTrue(CliRun.of("report").failed(2).contains("missing FILE"));
        assertTrue(CliRun.of("report", "--errors", table, "--model", TINY_MODEL).failed(2).contains("missing FILE"));
        String message = CliRun.of("report", TINY, "--errors", TINY, "-o", folder.resolve("r.html")).failed(1);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void theDataFollowTheSchema() throws IOException {
        for (String page : List.of(page(MOE), page(PROSE, CODE), page(snapshots().toArray()),
                page(TINY, "--model", TINY_MODEL))) {
            Schemas.assertValid(island(page));
        }
    }

    @Test
    void tokensPerExpertAreThoseOfTheFile() {
        JsonNode load = island(page(MOE)).get("columns").get(0).get("loads").get(0);
        List<Long> tokens = new ArrayList<>();
        load.get("tokens").forEach(count -> tokens.add(count.asLong()));
        List<Long> expected = new ArrayList<>();
        printed("stats", MOE, "--level", "expert", "--match", "blk.0.ffn_down_exps", "--format", "json").get("reports")
                .get(0).get("experts").forEach(expert -> expected.add(expert.get("tokens").asLong()));
        List<String> names = load.get("names").valueStream().map(JsonNode::asString).toList();
        assertEquals(List.of("blk.0.ffn_down_exps.weight", "blk.0.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight"),
                names);
        assertEquals(expected, tokens);
    }

    @Test
    void everyColumnOfTwoFilesIsInOneCell() {
        JsonNode density = island(page(PROSE, CODE)).get("densities").get(0).valueStream()
                .filter(one -> one.get("name").asString().equals("blk.0.ffn_down.weight")).findFirst().orElseThrow();
        long columns = density.get("zeros").asLong();
        for (JsonNode row : density.get("rows")) {
            columns += row.valueStream().skip(2).mapToLong(JsonNode::asLong).sum();
        }
        assertEquals(1536, columns);
    }

    // ---- very many tensors

    /** 100 layers with 100 experts of a tensor each, as old files of Mixtral name them. */
    @Test
    void aPageOf30000TensorsStaysUnderTenMegabytes() throws IOException {
        String page = page(ManyTensors.write(folder.resolve("many.gguf"), 100, 100));
        assertTrue(page.length() < 10_000_000, page.length() + " characters");
        JsonNode island = unpacked(page);
        Schemas.assertValid(island);
        assertEquals(30_000, island.get("report").get("reports").get(0).get("tensors").size());
        assertEquals(30_000, island.get("columns").get(0).get("distributions").size());
    }

    @Test
    void whatIsPackedHasEightDigits() throws IOException {
        Path file = ManyTensors.write(folder.resolve("many.gguf"), 10, 300);
        JsonNode packed = unpacked(page(file)).get("report").get("reports").get(0).get("tensors").get(4321);
        JsonNode printed = printed("stats", file, "--format", "json").get("reports").get(0).get("tensors").get(4321);
        assertEquals(printed.get("name"), packed.get("name"));
        for (String figure : List.of("sum", "entropy", "robust_z", "kurtosis")) {
            double exact = printed.get(figure).asDouble();
            assertEquals(exact, packed.get(figure).asDouble(), 5e-8 * Math.abs(exact), figure);
        }
    }

    @Test
    void aLongTableHasItsFirstRowsWithoutScripts() throws IOException {
        String page = page(ManyTensors.write(folder.resolve("many.gguf"), 10, 50));
        assertTrue(page.contains("<caption>Tensors: 1,000 of 1,500</caption>"));
        int rows = page.split("data-level=\"tensor\"", 2)[1].split("</table>", 2)[0].split("<tr>", -1).length - 2;
        assertEquals(1000, rows);
    }

    private static JsonNode unpacked(String page) throws IOException {
        Matcher island = Pattern.compile("<script type=\"application/gzip\\+base64\" id=\"data\">(.*?)</script>")
                .matcher(page);
        assertTrue(island.find());
        try (InputStream json = new GZIPInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(island.group(1))))) {
            return Json.parse(new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    // ---- what else is in the file

    @Test
    void namesNothingOutsideOfItself() {
        String page = page(TINY, ReferenceFiles.testdata("tiny-english-code.imatrix.gguf"), "--model", TINY_MODEL);
        String markup = SCRIPT.matcher(ISLAND.matcher(page).replaceAll("")).replaceAll("");
        for (String reference : List.of("src=", "href=\"http", "@import", "url(", "<link", "<iframe", "<object")) {
            assertFalse(markup.contains(reference), reference);
        }
    }

    @Test
    void allowsNoScriptsButItsOwn() throws NoSuchAlgorithmException {
        String page = page(TINY);
        List<String> allowed = Pattern.compile("'sha256-[^']+'").matcher(page.substring(0, page.indexOf("<title>")))
                .results().map(MatchResult::group).toList();
        List<String> hashes = new ArrayList<>();
        for (MatchResult script : SCRIPT.matcher(ISLAND.matcher(page).replaceAll("")).results().toList()) {
            hashes.add("'sha256-" + Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256")
                    .digest(script.group(1).getBytes(StandardCharsets.UTF_8))) + "'");
        }
        assertEquals(3, hashes.size());
        assertEquals(hashes, allowed);
        assertTrue(page.contains("default-src 'none'"));
        assertFalse(page.contains("script-src 'unsafe-inline'"));
    }

    @Test
    void theLibrariesAreThosePublishedAndTheirLicenceIsInThePage() throws IOException, NoSuchAlgorithmException {
        Path lib = Path.of("src/main/resources/org/imatrixstats/app/html/lib");
        String readme = Files.readString(lib.resolve("README.md"));
        for (String library : List.of("d3.min.js", "plot.umd.min.js")) {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(lib.resolve(library))));
            assertTrue(readme.contains("| `" + library + "` |") && readme.contains(hash), library);
        }
        String page = page(TINY);
        for (String notice : List.of("Permission to use, copy, modify, and/or distribute this software", "Mike Bostock",
                "Observable, Inc.", "Permission is hereby granted, free of charge", "Mikola Lysenko", "Charles Karney",
                "Robert Penner", "Cynthia Brewer")) {
            assertTrue(page.contains(notice), notice);
        }
    }

    @Test
    void tablesAreThereWithoutScripts() {
        String page = page(TINY);
        assertTrue(page.contains("<th scope=\"row\" class=\"text\">blk.1.ffn_down.weight</th>"));
        assertTrue(page.contains("<td>48.42%</td>"));
        assertTrue(page.contains("<li>56 tensors, 8 layers, 300 chunks of 256 tokens, 76,800 tokens</li>"));
    }

    @Test
    void namesCannotLeaveTheirPlace() throws IOException {
        String name = "blk.0.</script><script>alert(1)</script><!--\"'&\u2028\u202e";
        Path file = new GgufBuilder().text("general.type", "imatrix").texts("imatrix.datasets", name)
                .uint32("imatrix.chunk_count", 1).uint32("imatrix.chunk_size", 512)
                .tensor(name + ".in_sum2", List.of(2L, 1L), 1, 2).tensor(name + ".counts", List.of(1L, 1L), 1)
                .write(folder.resolve("hostile.gguf"));
        String page = page(file, file, "--title", name);
        assertFalse(page.contains("alert(1)</script>"));
        assertFalse(page.contains("\u2028") || page.contains("\u202e"));
        assertEquals(name, island(page).get("report").get("reports").get(0).get("tensors").get(0).get("name")
                .asString());
        assertEquals(4, Pattern.compile("</script>").matcher(page).results().count());
    }

    // ---- where it is written

    @Test
    void writesTheFileAndSaysSo() {
        Path page = folder.resolve("my report.html");
        assertEquals("wrote " + page + "\n", CliRun.outputOf("report", TINY, "-o", page));
        assertTrue(Files.exists(page));
    }

    @Test
    void replacesNoInput() throws IOException {
        Path file = Files.copy(TINY, folder.resolve("imatrix.gguf"));
        String message = CliRun.of("report", file, "-o", file).failed(2);
        assertTrue(message.contains("would replace an input file"), message);
        Path model = Files.copy(TINY_MODEL, folder.resolve("model.gguf"));
        message = CliRun.of("report", TINY, "--model", model, "-o", model).failed(2);
        assertTrue(message.contains("would replace an input file"), message);
    }

    @Test
    void leavesTheOldPageIfAFileCannotBeRead() throws IOException {
        Path page = Files.writeString(folder.resolve("report.html"), "old");
        Path missing = folder.resolve("missing.gguf");
        assertEquals("imatrix-stats: " + missing + ": no such file\n",
                CliRun.of("report", TINY, missing, "-o", page).failed(1));
        assertEquals("old", Files.readString(page));
    }

    // ---- files that do not go together

    @Test
    void aFileOfAnotherModelIsShownByItselfWithAWarning() {
        CliRun run = CliRun.of("report", "-o", "-", PROSE, ReferenceFiles.testdata("tied-process-output.gguf"))
                .succeeded();
        assertTrue(run.err().contains("it is shown separately"), run.err());
        assertTrue(run.out().contains("it is shown separately.</p>"));
        JsonNode island = island(run.out());
        assertEquals(2, island.get("report").get("reports").size());
        assertFalse(island.has("compare"));
    }

    @Test
    void filesOfOneModelAreComparedThoughOneOfAnotherIsAmongThem() {
        CliRun run = CliRun.of("report", "-o", "-", PROSE, MOE, CODE).succeeded();
        assertTrue(run.out().contains("it is shown separately.</p>"));
        JsonNode pairs = island(run.out()).get("compare").get("pairs");
        assertEquals(1, pairs.size());
        assertTrue(pairs.get(0).get("b").asString().endsWith("dense-code.gguf"), pairs.toString());
        assertEquals(3, island(run.out()).get("report").get("reports").size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--rule | ffn_down=q9 | unknown type 'q9'",
        "--rule | ffn_down=iq1_s,x | unknown type 'iq1_s,x'", "--base | Q9 | no base type 'Q9'",
        "--output-type | q9 | --output-tensor-type: unknown type 'q9'"})
    void whatLlamaQuantizeIsToldAndRefusesIsSaidInOneLineAndThereIsNoPage(String option, String value, String reason) {
        Path page = folder.resolve("page.html");
        String said = CliRun.of("report", TINY, "--model", TINY_MODEL, option, value, "-o", page).failed(1);
        assertTrue(said.startsWith("imatrix-stats: llama-quantize of ") && said.contains(" would refuse: ")
                && said.contains(reason), said);
        assertEquals(1, said.lines().count(), said);
        assertFalse(Files.exists(page));
    }

    @Test
    void rulesWithoutAModelAreAMistake() {
        assertTrue(CliRun.of("report", TINY, "-o", "-", "--rule", "ffn_down=q6_K").failed(2)
                .contains("--rule needs --model"));
    }

    @Test
    void aFileThatQuantizersRefuseHasNoPlanAndAWarning() throws IOException {
        Path file = new GgufBuilder().text("general.type", "imatrix").texts("imatrix.datasets", "text")
                .uint32("imatrix.chunk_count", 1).uint32("imatrix.chunk_size", 512)
                .tensor("blk.0.attn_q.weight.in_sum2", List.of(2L, 1L), Float.NaN, 2)
                .tensor("blk.0.attn_q.weight.counts", List.of(1L, 1L), 1).write(folder.resolve("nan.gguf"));
        CliRun run = CliRun.of("report", "-o", "-", file, "--model", TINY_MODEL).succeeded();
        assertTrue(run.err().contains("the page does not show the plan: "), run.err());
        assertTrue(run.out().contains("Warning: the page does not show the plan: "));
        assertTrue(run.out().contains("do not quantize with this file"));
        assertFalse(island(run.out()).has("plan"));
    }
}
