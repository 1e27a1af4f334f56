package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgufBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

class CheckCommandTest {
    private static final String HEALTHY = "../testdata/tiny-english-prose.imatrix.gguf";
    private static final String OTHER_MODEL = "../testdata/dense-prose.gguf";
    private static final String MODEL = "../testdata/models/tiny-english-f16.header.gguf";

    @TempDir
    Path folder;

    private static CliRun check(Object... arguments) {
        return check(Terminal.PIPE, arguments);
    }

    private static CliRun check(Terminal terminal, Object... arguments) {
        return CliRun.on(terminal, Stream.concat(Stream.of("check"), Stream.of(arguments)).toArray());
    }

    private static String firstLine(CliRun result) {
        return result.out().lines().findFirst().orElse("");
    }

    /** An importance matrix of one tensor of 256 columns, each with a sum of 1 over this many tokens but for the first. */
    private String matrix(String tensor, float count, float firstColumn) throws IOException {
        float[] inSum2 = new float[256];
        Arrays.fill(inSum2, 1);
        inSum2[0] = firstColumn;
        return builder(tensor, count, inSum2).write(folder.resolve("test.gguf")).toString();
    }

    private static GgufBuilder builder(String tensor, float count, float... inSum2) {
        return new GgufBuilder().texts("imatrix.datasets", "prose.txt").uint32("imatrix.chunk_count", 1)
                .uint32("imatrix.chunk_size", 1).tensor(tensor + ".in_sum2", List.of(256L), inSum2)
                .tensor(tensor + ".counts", List.of(1L), count);
    }

    private String broken() throws IOException {
        return matrix("blk.0.attn_q.weight", 8, Float.NaN);
    }

    private String withoutData() throws IOException {
        float[] inSum2 = new float[256];
        float[] others = new float[256];
        Arrays.fill(others, 1);
        others[0] = 2;
        return builder("blk.0.attn_q.weight", 0, inSum2).tensor("blk.0.attn_k.weight.in_sum2", List.of(256L), others)
                .tensor("blk.0.attn_k.weight.counts", List.of(1L), 8).write(folder.resolve("test.gguf")).toString();
    }

    private static JsonNode json(CliRun result) {
        JsonNode json = Json.parse(result.out());
        Schemas.assertValid(json);
        return json;
    }

    // ---- exit codes and the line that sums up

    @Test
    void aHealthyFileIsFitAndEndsWith0() {
        CliRun result = check(HEALTHY);
        assertEquals(ExitCode.DONE, result.exitCode());
        assertEquals(HEALTHY + ": ready for quantizing: 2 notes", firstLine(result));
        assertEquals("", result.err());
    }

    @Test
    void errorsEndWith3() throws IOException {
        String file = broken();
        CliRun result = check(file);
        assertEquals(ExitCode.FOUND, result.exitCode());
        assertEquals(3, result.exitCode());
        assertEquals(file + ": do not quantize with this file: 1 error, 2 notes", firstLine(result));
        assertTrue(result.out().contains("blk.0.attn_q.weight, column 0: NaN in 1 of 256 sums of x²"), result.out());
    }

    @Test
    void warningsEndWith3OnlyIfTheUserIsStrict() throws IOException {
        String file = withoutData();
        CliRun lenient = check(file);
        assertEquals(ExitCode.DONE, lenient.exitCode());
        assertEquals(file + ": read the warnings before quantizing: 1 warning, 2 notes", firstLine(lenient));
        CliRun strict = check(file, "--strict");
        assertEquals(ExitCode.FOUND, strict.exitCode());
        assertEquals(file + ": do not quantize with this file (--strict): 1 warning, 2 notes", firstLine(strict));
    }

    @Test
    void notesEndWith0AlsoIfTheUserIsStrict() {
        assertEquals(ExitCode.DONE, check(HEALTHY, "--strict").exitCode());
    }

    @Test
    void oneBrokenFileAmongSeveralEndsWith3AndAllAreShown() throws IOException {
        String broken = broken();
        CliRun result = check(HEALTHY, broken, OTHER_MODEL);
        assertEquals(ExitCode.FOUND, result.exitCode());
        List<String> verdicts = result.out().lines().filter(line -> line.contains("quantiz") && !line.startsWith(" "))
                .toList();
        assertEquals(List.of(HEALTHY + ": ready for quantizing: 2 notes",
                broken + ": do not quantize with this file: 1 error, 2 notes",
                OTHER_MODEL + ": ready for quantizing: 2 notes"), verdicts);
    }

    @Test
    void aFileThatIsNoImportanceMatrixEndsWith1AndTheOthersAreShown() {
        CliRun result = check(HEALTHY, "missing.gguf");
        assertEquals(ExitCode.FAILED, result.exitCode());
        assertEquals(check(HEALTHY).out(), result.out());
        assertEquals("imatrix-stats: missing.gguf: no such file\n", result.err());
    }

    @Test
    void rejectsAMinimumOfNoTokens() {
        CliRun result = check(HEALTHY, "--min-tokens", "0");
        assertEquals(ExitCode.USAGE, result.exitCode());
        assertTrue(result.err().contains("option '--min-tokens': '0' is not a whole number from 1"), result.err());
    }

    // ---- the model

    @Test
    void theMatrixOfAnotherModelDoesNotFit() {
        CliRun result = check(OTHER_MODEL, "--model", MODEL);
        assertEquals(ExitCode.FOUND, result.exitCode());
        assertTrue(result.out().contains("blk.0.attn_q.weight and 35 more: 512 columns, but the model has 256\n"),
                result.out());
        assertTrue(result.out().contains("blk.6.attn_q.weight and 13 more: no entry\n"), result.out());
    }

    @Test
    void theMatrixOfTheModelFits() {
        assertEquals(ExitCode.DONE, check(HEALTHY, "--model", MODEL, "--strict").exitCode());
    }

    @Test
    void anImportanceMatrixIsNoModel() {
        CliRun result = check(HEALTHY, "--model", HEALTHY);
        assertEquals(ExitCode.FAILED, result.exitCode());
        assertEquals("imatrix-stats: " + HEALTHY + ": is an importance matrix, expected a model\n", result.err());
    }

    // ---- what is shown

    @Test
    void aTableFoldsFindingsThatSayTheSameUnlessAllAreWanted() {
        CliRun some = check(OTHER_MODEL, "--model", MODEL);
        assertEquals(List.of("blk.0.attn_q.weight and 35 more: 512 columns, but the model has 256",
                "blk.0.ffn_down.weight and 5 more: 1536 columns, but the model has 768"),
                some.out().lines().map(String::strip).filter(line -> line.contains("but the model has")).toList());
        assertTrue(some.out().contains(" token_embd.weight, output.weight: no entry\n"), some.out());
        CliRun all = check(OTHER_MODEL, "--model", MODEL, "--all");
        assertEquals(42, all.out().lines().filter(line -> line.contains("but the model has")).count());
    }

    @Test
    void namesThatCouldMoveTheCursorAreEscaped() throws IOException {
        String file = matrix("blk.0.\033[2Jattn_q.weight", 8, Float.NaN);
        for (String format : List.of("table", "json", "markdown")) {
            CliRun result = check(file, "--format", format);
            assertTrue(result.out().contains("attn"), result.out());
            assertFalse(result.out().contains("\033"), format);
        }
        assertEquals("blk.0.\033[2Jattn_q.weight",
                json(check(file, "--format", "json")).at("/files/0/findings/0/tensor").asString());
    }

    @Test
    void linesFitTheTerminal() {
        CliRun result = check(new Terminal(60, false, false), "../testdata/moe-prose.dat");
        assertTrue(result.out().lines().allMatch(line -> line.length() <= 60), result.out());
    }

    @Test
    void asciiIsAsciiOnly() throws IOException {
        CliRun result = check(broken(), "--ascii");
        assertTrue(result.out().chars().allMatch(c -> c < 0x80), result.out());
        assertFalse(result.out().contains("?"), result.out());
    }

    @Test
    void coloursAreUsedOnlyIfWanted() {
        assertFalse(check(HEALTHY).out().contains("\033"));
        assertTrue(check(HEALTHY, "--color", "always").out().contains("\033"));
    }

    @Test
    void markdownHasARowPerFinding() throws IOException {
        CliRun result = check(broken(), "--format", "markdown");
        assertTrue(
                result.out().contains("| error | nan | blk.0.attn\\_q.weight | - | 0 | NaN in 1 of 256 sums of x² | "),
                result.out());
        assertEquals(2 + 3, result.out().lines().filter(line -> line.startsWith("| ")).count());
    }

    @Test
    void writesToAFileInTheFormatOfItsExtension() throws IOException {
        Path output = folder.resolve("check.json");
        CliRun result = check(broken(), "-o", output.toString());
        assertEquals(ExitCode.FOUND, result.exitCode());
        assertEquals("", result.out());
        assertEquals("imatrix-stats/check/1",
                Json.parse(Files.readString(output)).get("schema").asString());
    }

    // ---- JSON

    @Test
    void jsonSaysWhereAndWhatToDo() throws IOException {
        JsonNode file = json(check(broken(), "--format", "json")).at("/files/0");
        assertEquals(1, file.get("errors").asInt());
        assertEquals(0, file.get("warnings").asInt());
        assertEquals(2, file.get("notes").asInt());
        JsonNode finding = file.at("/findings/0");
        assertEquals("nan", finding.get("code").asString());
        assertEquals("error", finding.get("severity").asString());
        assertEquals("blk.0.attn_q.weight", finding.get("tensor").asString());
        assertTrue(finding.get("expert").isNull());
        assertEquals(0, finding.get("column").asInt());
        assertTrue(finding.get("message").asString().startsWith("NaN in 1 of 256 sums of x². "), finding.toString());
        assertFalse(finding.get("advice").asString().isBlank());
    }

    @Test
    void jsonOfSeveralFilesIsOneDocument() throws IOException {
        JsonNode files = json(check(HEALTHY, broken(), "--format", "json")).get("files");
        assertEquals(2, files.size());
        assertEquals(HEALTHY, files.get(0).get("file").asString());
    }
}
