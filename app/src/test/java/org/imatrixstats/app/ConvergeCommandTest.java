package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

class ConvergeCommandTest {
    private static final String RUN = "../testdata/snapshots/dense-prose.gguf";
    private static final List<String> SNAPSHOTS = List.of(RUN + ".at_20", RUN, RUN + ".at_4", RUN + ".at_8",
            RUN + ".at_24", RUN + ".at_16", RUN + ".at_12");
    private static final String EXPERTS = "blk.0.ffn_up_exps.weight";

    @TempDir
    Path folder;

    private static Object[] run(Object... more) {
        return Stream.concat(Stream.concat(Stream.of("converge"), SNAPSHOTS.stream()), Stream.of(more)).toArray();
    }

    private static JsonNode json(Object... arguments) throws IOException {
        String text = CliRun.outputOf(arguments);
        JsonNode json = Json.parse(text);
        Schemas.assertValid(json);
        return json;
    }

    private String snapshot(int number, GgufImatrixBuilder builder) throws IOException {
        return builder.write(Files.createDirectory(folder.resolve("" + number))).toString();
    }

    private static GgufImatrixBuilder keys(int chunks) {
        return new GgufImatrixBuilder().keys(List.of("prose.txt"), chunks, 1);
    }

    // ---- the answer

    @Test
    void theAnswerComesFirst() {
        String out = CliRun.outputOf(run());
        assertEquals("After 12 of 24 chunks the median divergence to the final matrix is below 0.001 bits, and after 20"
                + " chunks that of every tensor.",
                out.lines().findFirst().orElseThrow());
        assertTrue(out.contains(
                "13 tensors are still moving, 0.001 bits or more of expected error: blk.3.ffn_down.weight (0.0062), blk.5.ffn_down.weight (0.0047), blk.0.ffn_down.weight (0.0041), and"
                        + " 10 more."),
                out);
        // 24 chunks · 0.0062289 / 0.001 = 149.5.
        assertTrue(out.contains("126 more chunks (150 in all) would bring every tensor below 0.001 bits; the"
                + " median tensor is already below."), out);
    }

    @Test
    void aLaxThresholdIsMetByAll() {
        String out = CliRun.outputOf(run("--threshold", "0.05"));
        assertTrue(out.startsWith("Already after 4 of 24 chunks the median divergence to the final matrix is below 0.05"
                + " bits, and after 8 chunks that of every tensor."), out);
        assertTrue(out.contains("All tensors have converged"), out);
        assertFalse(out.contains("more chunk ") || out.contains("more chunks ("), out);
    }

    @Test
    void aStrictThresholdIsMetByNone() {
        String out = CliRun.outputOf(run("--threshold", "1e-6"));
        assertTrue(out.startsWith(
                "Before the last snapshot, the median divergence from the final matrix is never below 0.000001 bits."),
                out);
        assertTrue(out.contains("42 tensors are still moving"), out);
    }

    @Test
    void aBatchUnlikeTheOthersAndAnotherDecayThanThatOfAlikeOnesAreNamed() {
        String out = CliRun.outputOf(run());
        assertTrue(out.contains("The text up to 4 chunks differs from the rest: one of 7 batches, it causes 51% of"
                + " the spread."), out);
        assertTrue(out.contains("fell as n^-2.0, faster than 1/n"), out);
    }

    @Test
    void theTableHasTheMediansOfTheReference() {
        String out = CliRun.outputOf(run());
        for (String row : List.of("4   384  0.012245 ", "8   896  0.0016307 ", "12  1408  0.00057880 ",
                "16  1920  0.00019288 ", "20  2432  0.000063974 ")) {
            assertTrue(out.contains(row), row);
        }
    }

    @Test
    void tensorsThatShareAnInputAreOneFact() throws IOException {
        String out = CliRun.outputOf(run("--threshold", "0.0005", "--kind", "ffn_up,ffn_gate", "--top", "20"));
        assertTrue(out.contains("4 tensors are still moving, "), out);
        assertTrue(out.contains(": blk.3.ffn_gate.weight (0.0015), blk.0.ffn_gate.weight (0.00081), and 2 more."), out);
        assertTrue(out.contains("tensors, each input once, worst first\n"), out);
        assertTrue(out.contains("\n  blk.3.ffn_gate.weight "), out);
        assertFalse(out.contains("blk.3.ffn_up.weight"), out);
        JsonNode tensors = json(run("--kind", "ffn_up,ffn_gate", "--format", "json")).get("tensors");
        assertEquals(12, tensors.size());
        tensors.forEach(tensor -> {
            String name = tensor.get("name").asString();
            assertEquals(name.contains("ffn_up") ? name.replace("ffn_up", "ffn_gate") : null,
                    tensor.get("same_input_as").asString(null), name);
        });
    }

    @Test
    void fewBatchesAreSaidToBeARoughGuess() {
        String few = CliRun.outputOf("converge", RUN, RUN + ".at_12", RUN + ".at_4");
        assertTrue(few.contains("Note: a spread between 3 batches is a rough estimate"), few);
        assertFalse(CliRun.outputOf(run()).contains("rough estimate"));
    }

    @Test
    void aFileThatWasMergedWithItselfIsNoRun() {
        String file = "../testdata/moe-prose.gguf";
        Path twice = folder.resolve("twice.gguf");
        CliRun.outputOf("merge", file, file, "--allow-duplicate", "-o", twice);
        String out = CliRun.outputOf("converge", file, twice);
        assertTrue(out.contains("Note: all batches are identical."), out);
    }

    @Test
    void theSelectionRestrictsAllFigures() throws IOException {
        JsonNode json = json(run("--kind", "attn_*", "--layers", "3-", "--format", "json"));
        assertEquals(4 * 3, json.get("tensors").size());
        assertEquals(4, json.get("kinds").size());
        assertTrue(json.at("/snapshots/0/to_last/worst_tensor").asString().contains("attn_"));
    }

    @Test
    void anUnknownKindIsNamedWithTheNearest() {
        assertEquals("imatrix-stats: no tensor selected: unknown kind 'ffn_dwn', did you mean 'ffn_down'? Valid:"
                + " attn_k, attn_output, attn_q, attn_v, ffn_down, ffn_gate, ffn_up\n",
                CliRun.of(run("--kind", "ffn_dwn")).failed(ExitCode.FAILED));
    }

    // ---- containers and experts

    @Test
    void legacySnapshotsWork() throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("converge", "--format", "json"));
        for (String snapshot : SNAPSHOTS) {
            Path legacy = folder.resolve(Path.of(snapshot).getFileName() + ".dat");
            CliRun.outputOf("convert", snapshot, "-o", legacy);
            arguments.add(legacy);
        }
        JsonNode json = json(arguments.toArray());
        JsonNode original = json(run("--format", "json"));
        // A legacy file counts whole chunks of each tensor, so that only the rounding of float32 differs.
        for (int i = 0; i < SNAPSHOTS.size(); i++) {
            assertEquals(original.at("/snapshots/" + i + "/to_last/median").asDouble(),
                    json.at("/snapshots/" + i + "/to_last/median").asDouble(), 1e-8);
        }
        assertEquals(original.at("/verdict/expected_divergence/worst").asDouble(),
                json.at("/verdict/expected_divergence/worst").asDouble(), 1e-6);
    }

    @Test
    void expertsThatOneBatchAloneReachedAreCounted() throws IOException {
        String first = snapshot(1, keys(1).entry(EXPERTS, new float[]{1, 0}, 2, 2, 0, 0));
        String second = snapshot(2, keys(2).entry(EXPERTS, new float[]{2, 1}, 6, 4, 1, 1));
        String out = CliRun.outputOf("converge", first, second);
        assertTrue(out.contains("Note: 1 expert of 1 tensor were reached by only one batch"), out);
        JsonNode json = json("converge", first, second, "--format", "json");
        assertEquals(1, json.at("/snapshots/0/experts_with_data").asInt());
        assertEquals(2, json.at("/snapshots/1/experts_with_data").asInt());
        assertEquals(1, json.at("/tensors/0/experts_unknown").asInt());
    }

    @Test
    void legacyExpertsAreJudgedByHalves() throws IOException {
        Path first = new LegacyBuilder().entry(EXPERTS, 1, 8, 1).write(Files.createDirectory(folder.resolve("1")));
        Path second = new LegacyBuilder().entry(EXPERTS, 2, 6, 4).write(Files.createDirectory(folder.resolve("2")));
        JsonNode json = json("converge", first, second, "--format", "json");
        assertEquals("halves", json.at("/tensors/0/basis").asString());
        assertTrue(json.at("/tensors/0/share_error").isNull());
        assertEquals(json.at("/tensors/0/to_last/0").asDouble(), json.at("/tensors/0/expected_divergence").asDouble());
        assertTrue(CliRun.outputOf("converge", first, second).contains(
                "a legacy file does not store token counts per expert"));
    }

    @Test
    void undefinedIsNullInJsonAndEmptyInCsv() throws IOException {
        String first = snapshot(1, keys(1).entry(EXPERTS, new float[]{1}, Float.NaN, 2));
        String second = snapshot(2, keys(2).entry(EXPERTS, new float[]{2}, Float.NaN, 4));
        JsonNode json = json("converge", first, second, "--format", "json");
        assertTrue(json.at("/verdict/expected_divergence").isNull());
        assertTrue(json.at("/snapshots/0/to_last").isNull());
        assertEquals(EXPERTS, json.at("/verdict/unknown/0").asString());
        assertTrue(
                CliRun.outputOf("converge", first, second, "--format", "csv").lines().skip(1).findFirst().orElseThrow()
                        .endsWith(",1,1,,,,,,,,,0,0"));
        assertTrue(CliRun.outputOf("converge", first, second).contains("Nothing tells how far the tensors are"));
    }

    // ---- what is refused

    @Test
    void oneFileIsAMistakeInTheArguments() {
        assertTrue(CliRun.of("converge", RUN).failed(ExitCode.USAGE)
                .startsWith(
                        "imatrix-stats: a single snapshot cannot be compared: give at least two snapshots of a run\n"));
    }

    @Test
    void otherRunsAreRefusedWithTheReason() {
        String prose = "../testdata/dense-prose.gguf";
        String code = "../testdata/dense-code.gguf";
        assertEquals("imatrix-stats: " + code + ": is not of one run with " + prose
                + ": datasets c/code.txt against c/prose.txt. Use compare for matrices of different runs\n",
                CliRun.of("converge", prose, code).failed(ExitCode.FAILED));
    }

    @Test
    void aSumThatFallsIsRefusedWithFileAndTensor() throws IOException {
        String first = snapshot(1, keys(1).entry("blk.0.attn_q.weight", new float[]{1}, 2, 3));
        String second = snapshot(2, keys(2).entry("blk.0.attn_q.weight", new float[]{2}, 4, 2));
        assertEquals(
                "imatrix-stats: " + second + ": tensor 'blk.0.attn_q.weight': the sum of x² in column 1 is 2.0, but"
                        + " 3.0 in " + first
                        + ", which has no more rows: these are not snapshots of one run\n",
                CliRun.of("converge", second, first).failed(ExitCode.FAILED));
    }

    @Test
    void theSameSnapshotTwiceCountsOnceWithAWarning() {
        CliRun twice = CliRun.of("converge", RUN, RUN + ".at_12", RUN).succeeded();
        assertEquals("imatrix-stats: warning: " + RUN + " is left out: it holds the same as " + RUN + "\n",
                twice.err());
        assertEquals(CliRun.outputOf("converge", RUN, RUN + ".at_12"), twice.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--threshold 0", "--threshold -1", "--threshold 2", "--top 0", "--threads 0",
        "--level layer", "--format yaml"})
    void optionsThatMakeNoSenseAreRefused(String options) {
        CliRun.of(run((Object[]) options.split(" "))).failed(ExitCode.USAGE);
    }

    @Test
    void anInputIsNotOverwritten() throws IOException {
        Path copy = Files.copy(Path.of(RUN), folder.resolve("copy.gguf"));
        assertTrue(CliRun.of("converge", RUN + ".at_4", copy, "-o", copy).failed(ExitCode.USAGE)
                .contains("would replace an input file"));
    }

    // ---- formats

    @Test
    void jsonHasEveryFigure() throws IOException {
        JsonNode json = json(run("--format", "json"));
        assertEquals("imatrix-stats/converge/1", json.get("schema").asString());
        assertEquals(12, json.at("/verdict/settled_at/chunks").asInt());
        assertEquals(13, json.at("/verdict/moving").size());
        assertEquals(20, json.at("/verdict/all_settled_at/chunks").asInt());
        assertEquals(126, json.at("/verdict/more_chunks_for_all").asInt());
        assertEquals(0, json.at("/verdict/more_chunks_for_median").asInt());
        // By an independent program, as are the figures in the tests of the core.
        assertEquals(-2.0220775517599345, json.at("/verdict/decay").asDouble(), 1e-9);
        assertEquals(0.0005149573324322447, json.at("/verdict/expected_divergence/median").asDouble(), 1e-12);
        assertEquals(7, json.at("/tensors/0/to_last").size());
        assertEquals("blk.3.ffn_down.weight", json.at("/tensors/0/name").asString());
        assertEquals(7, json.at("/snapshots/0/kinds").size());
        assertTrue(json.at("/snapshots/0/to_previous").isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot", "kind", "tensor"})
    void jsonHasTheRowsThatAreAskedFor(String level) throws IOException {
        JsonNode all = json(run("--format", "json"));
        JsonNode json = json(run("--format", "json", "--level", level));
        for (String each : List.of("snapshot", "kind", "tensor")) {
            assertEquals(each.equals(level) ? all.get(each + "s") : null, json.get(each + "s"));
        }
        assertEquals(all.get("verdict"), json.get("verdict"));
    }

    @Test
    void csvHasARowPerSnapshotUnlessAskedForKindsOrTensors() {
        assertEquals(1 + 7, CliRun.outputOf(run("--format", "csv")).lines().count());
        assertEquals(1 + 7, CliRun.outputOf(run("--format", "csv", "--level", "kind")).lines().count());
        List<String> tensors = CliRun.outputOf(run("--format", "tsv", "--level", "tensor")).lines().toList();
        assertEquals(1 + 42, tensors.size());
        assertEquals("name\tlayer\tkind\trows\tbatches\texperts_unknown\tsum_error\tshare_error\texpected_divergence\t"
                + "last_step\tbasis\tmore_chunks\tsame_input_as", tensors.getFirst());
        assertTrue(tensors.get(1).startsWith("blk.3.ffn_down.weight\t3\tffn_down\t3072\t7\t0\t0.06"), tensors.get(1));
    }

    @Test
    void markdownHasTheAnswerThePlotAndTheTables() {
        String out = CliRun.outputOf(run("--format", "markdown", "--top", "2"));
        assertTrue(out.startsWith("## After 12 of 24 chunks"), out);
        assertTrue(out.contains("\n```\nJS to the last, bits: ●"), out);
        assertTrue(out.contains("| blk.3.ffn\\_down.weight | 7 | 6.08% |"), out);
    }

    @Test
    void aFileGetsTheFormatOfItsExtension() throws IOException {
        Path csv = folder.resolve("curve.csv");
        assertEquals("", CliRun.outputOf(run("-o", csv)));
        assertEquals(CliRun.outputOf(run("--format", "csv")), Files.readString(csv));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"COMMAND", "RULES", "FILE"})
    void theNumberOfThreadsDoesNotMatter(OutputFormat format) {
        assertEquals(CliRun.outputOf(run("--format", format, "--threads", "1")),
                CliRun.outputOf(run("--format", format, "--threads", "4")));
    }

    // ---- the plot and the terminal

    @Test
    void thePlotShowsTheMedianOfEverySnapshotButTheLast() {
        List<String> plot = plot(CliRun.outputOf(run()));
        assertEquals(6, plot.stream().flatMapToInt(String::chars).filter(c -> c == '●').count());
        // 0.012 is nearest to 1e-2, 0.00058 to 1e-3 less a third of a decade.
        assertTrue(plot.stream().anyMatch(line -> line.startsWith("    1e-2 │") && line.contains("●")), plot::toString);
        assertEquals("  chunks           4          8          12         16          20            24",
                plot.getLast());
    }

    private static List<String> plot(String out) {
        List<String> lines = out.lines().dropWhile(line -> !line.startsWith("JS to the last, bits")).skip(1)
                .takeWhile(line -> !line.isEmpty()).toList();
        assertFalse(lines.isEmpty());
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 100, 140})
    void everyLineFitsTheTerminal(int columns) {
        String out = CliRun.on(new Terminal(columns, false, false), run()).succeeded().out();
        List<String> tooWide = out.lines().filter(line -> line.length() > columns).toList();
        assertEquals(List.of(), tooWide);
        assertFalse(plot(out).isEmpty());
    }

    @Test
    void asciiIsAsciiOnly() {
        String out = CliRun.outputOf(run("--ascii"));
        assertTrue(out.chars().allMatch(c -> c < 0x80), out);
        assertFalse(out.contains("?"), out);
        assertTrue(out.contains("1e-2 |"), out);
    }

    @Test
    void coloursAreUsedOnlyIfWanted() {
        assertFalse(CliRun.outputOf(run()).contains("\033"));
        assertTrue(CliRun.outputOf(run("--color", "always")).contains("\033[1mAfter 12 of 24 chunks"));
    }

    @Test
    void namesThatCouldMoveTheCursorAreEscaped() throws IOException {
        String name = "blk.0.\033[2Jattn_q.weight";
        String first = snapshot(1, keys(1).entry(name, new float[]{1}, 2, 3));
        String second = snapshot(2, keys(2).entry(name, new float[]{2}, 7, 4));
        for (OutputFormat format : OutputFormat.OF_ROWS) {
            for (String level : List.of("snapshot", "kind", "tensor")) {
                List<Object> arguments = new ArrayList<>(List.of("converge", first, second, "--format", format));
                arguments.addAll(List.of("--level", level));
                String out = CliRun.outputOf(arguments.toArray());
                assertTrue(out.contains("[2Jattn"), format + " " + level + out);
                assertFalse(out.contains("\033"), format + " " + level);
            }
        }
    }
}
