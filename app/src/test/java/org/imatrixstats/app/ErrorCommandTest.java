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

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

/** Figures of expectation are sums over what llama-quantize wrote: testdata/error. */
class ErrorCommandTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose-act.imatrix.gguf");
    private static final Path REFERENCE = Path.of("../testdata/error/tiny-english-prose-act.tsv");
    private static final Object[] COMMON = {"error", MODEL, "--imatrix", IMATRIX, "--types", "q4_0,q2_K"};

    @TempDir
    Path folder;

    private static Object[] with(Object... more) {
        Object[] all = Arrays.copyOf(COMMON, COMMON.length + more.length);
        System.arraycopy(more, 0, all, COMMON.length, more.length);
        return all;
    }

    @Test
    void jsonHoldsTheErrorsOfLlamaQuantize() throws IOException {
        JsonNode json = Json.parse(CliRun.outputOf(with("--format", "json")));
        Schemas.assertValid(json);
        int compared = 0;
        for (String line : Files.readAllLines(REFERENCE)) {
            String[] cells = line.split("\t");
            if (!List.of("q4_0", "q2_K").contains(cells[1])) {
                continue;
            }
            JsonNode error = json.get("errors").valueStream().filter(each -> each.get("tensor").asString()
                    .equals(cells[0]) && each.get("type").asString().equals(cells[1])).findFirst().orElseThrow();
            assertEquals(Long.parseLong(cells[2]), error.get("bytes").asLong());
            double expected = Double.parseDouble(cells[3]) / Double.parseDouble(cells[4]);
            assertEquals(expected, error.get("relative_error").asDouble(), 1e-9 * expected, line);
            double unweighted = Double.parseDouble(cells[5]) / Double.parseDouble(cells[6]);
            assertEquals(unweighted, error.get("relative_error_unweighted").asDouble(), 1e-9 * unweighted, line);
            if (cells[0].startsWith("blk.")) {
                double mean = Double.parseDouble(cells[7]) / Double.parseDouble(cells[4]);
                assertEquals(mean, error.get("mean_error").asDouble(), 1e-9 * mean, line);
            } else {
                assertTrue(error.get("mean_error").isNull());
            }
            compared++;
        }
        assertEquals(json.get("errors").size(), compared);
    }

    @Test
    void partsResumedRunsAndThreadsGiveTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole.csv");
        CliRun.outputOf(with("-o", whole, "--threads", 1));
        assertFalse(Files.exists(folder.resolve("whole.csv.journal")));
        byte[] expected = Files.readAllBytes(whole);
        for (int part = 1; part <= 3; part++) {
            CliRun.outputOf(with("--part", part + "/3", "-o", folder.resolve(part + ".part"), "--threads", 8));
        }
        Path merged = folder.resolve("merged.csv");
        CliRun.outputOf("error", "--merge", folder.resolve("3.part"), folder.resolve("1.part"),
                folder.resolve("2.part"),
                "-o", merged);
        assertEquals(-1, Arrays.mismatch(expected, Files.readAllBytes(merged)));
        // A part file is a journal: what was interrupted after a third of the work, in the middle of a line.
        Path resumed = folder.resolve("resumed.csv");
        byte[] third = Files.readAllBytes(folder.resolve("2.part"));
        Files.write(folder.resolve("resumed.csv.journal"), Arrays.copyOf(third, third.length - 10));
        assertTrue(CliRun.of(with("-o", resumed)).failed(1)
                .contains("holds an interrupted measurement: give --resume to go on with it"));
        CliRun run = CliRun.of(with("-o", resumed, "--resume"));
        assertTrue(run.err().contains(" tasks are done"), run.err());
        assertEquals(-1, Arrays.mismatch(expected, Files.readAllBytes(resumed)));
    }

    @Test
    void aPartFileWithResultsIsKept() throws IOException {
        Path part = folder.resolve("1.part");
        CliRun.outputOf(with("--part", "1/9", "-o", part));
        byte[] finished = Files.readAllBytes(part);
        assertTrue(CliRun.of(with("--part", "2/9", "-o", part)).failed(1)
                .contains("1.part: holds results of a part: give --resume to go on with it, or name another file"));
        assertEquals(-1, Arrays.mismatch(finished, Files.readAllBytes(part)));
        CliRun.of(with("--part", "1/9", "-o", part, "--resume")).succeeded();
        assertEquals(-1, Arrays.mismatch(finished, Files.readAllBytes(part)));
    }

    @Test
    void aJournalOfAnotherMeasurementIsRefused() {
        Path part = folder.resolve("errors.csv.journal");
        CliRun.outputOf(with("--part", "1/9", "-o", part));
        String message = CliRun.of("error", MODEL, "--types", "q4_0", "-o", folder.resolve("errors.csv"), "--resume")
                .failed(1);
        assertTrue(message.contains("errors.csv.journal: belongs to another measurement, with importance matrix "
                + IMATRIX
                + " (now none), types q4_0,q2_K (now q4_0). Give the same again, name another output, or delete it to"
                + " start again"), message);
        message = CliRun.of(with("--rows", "40", "-o", folder.resolve("errors.csv"), "--resume")).failed(1);
        assertTrue(message.contains("belongs to another measurement, with sampling full (now rows 40). Give"), message);
        assertTrue(CliRun.of("error", "--merge", part).failed(1).contains("a part is missing or was interrupted"));
    }

    @Test
    void sampledRowsAreSaid() {
        CliRun run = CliRun.of(with("--rows", "10%", "--format", "csv")).succeeded();
        assertTrue(run.err().contains("% of the rows (--full reads all)"), run.err());
        List<String> fields = List.of(run.out().split("\r\n")[1].split(",", -1));
        assertEquals(38, Long.parseLong(fields.get(9)));
        assertEquals(384, Long.parseLong(fields.get(10)));
        assertTrue(Double.parseDouble(fields.get(8)) > 0);
    }

    /** A process that has no time to tidy up, and those that say how to go on; each time the measurement goes on. */
    @ParameterizedTest
    @CsvSource({"KILL, 137", "INT, 130", "TERM, 143"})
    void whatAStoppedProcessHasDoneIsNotMeasuredAgain(String signal, int exitCode)
            throws IOException, InterruptedException {
        Path whole = folder.resolve("whole.csv");
        CliRun.outputOf(with("-o", whole));
        Path output = folder.resolve("stopped.csv");
        Path journal = folder.resolve("stopped.csv.journal");
        try (CliProcess process = CliProcess.start(folder, with("-o", output, "--threads", 1))) {
            process.awaitResults(journal, 3);
            process.signal(signal);
            process.awaitEnd(exitCode);
            if (!signal.equals("KILL")) {
                assertTrue(process.said()
                        .matches("(?s).*\nimatrix-stats: stopped\\. The results of \\d+ of 58 tasks are in "
                                + journal + ": --resume goes on from there\n"),
                        process.said());
            }
        }
        assertEquals(List.of("said", "stopped.csv.journal", "whole.csv"), names());
        CliRun resumed = CliRun.of(with("-o", output, "--resume")).succeeded();
        assertTrue(resumed.err().matches("(?s).*\\d+ of 58 tasks are done.*"), resumed.err());
        assertEquals(-1, Files.mismatch(whole, output));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static float[] notFinite() {
        float[] values = new float[64];
        values[40] = Float.NaN;
        return values;
    }

    /** Rows that cannot be quantized are found when their turn comes. */
    @Test
    void afterAFailureTheResultsBeforeItAreNamed() throws IOException {
        Path model = new GgufBuilder().text("general.architecture", "llama")
                .tensor("blk.0.attn_q.weight", List.of(32L, 2L), new float[64])
                .tensor("blk.1.attn_q.weight", List.of(32L, 2L), notFinite()).write(folder.resolve("model.gguf"));
        Path output = folder.resolve("errors.csv");
        CliRun run = CliRun.of("error", model, "--types", "q8_0", "-o", output, "--threads", 1);
        assertEquals(1, run.exitCode(), run.err());
        List<String> lines = run.err().lines().toList();
        assertEquals("The results of 1 of 2 tasks are in " + output + ".journal: --resume goes on from there",
                lines.get(lines.size() - 2));
        assertTrue(lines.getLast().contains("blk.1.attn_q.weight"), run.err());
    }

    @Test
    void afterAFailureBeforeTheFirstResultNothingIsLeft() throws IOException {
        Path model = new GgufBuilder().text("general.architecture", "llama")
                .tensor("blk.1.attn_q.weight", List.of(32L, 2L), notFinite()).write(folder.resolve("model.gguf"));
        String message = CliRun.of("error", model, "--types", "q8_0", "-o", folder.resolve("errors.csv")).failed(1);
        assertFalse(message.contains("--resume"), message);
        assertEquals(List.of("model.gguf"), names());
    }

    // ---- what is in place of a journal

    private String refused(String content, Object... more) throws IOException {
        Path file = Files.writeString(folder.resolve("errors.csv.journal"), content);
        String message = CliRun.of(with(Stream.concat(Stream.of("-o", folder.resolve("errors.csv")), Stream.of(more))
                .toArray())).failed(1);
        assertEquals(content, Files.readString(file));
        assertEquals(1, message.lines().count(), message);
        String start = "imatrix-stats: " + file + ": ";
        assertEquals(start, message.substring(0, start.length()));
        return message.substring(start.length()).strip();
    }

    @Test
    void whatIsInPlaceOfAJournalIsNeverWrittenOver() throws IOException {
        CliRun.outputOf(with("--part", "1/9", "-o", folder.resolve("1.part")));
        String part = Files.readString(folder.resolve("1.part"));
        int firstResult = part.split("\n[0-9]+ ", 2)[0].length() + 1;
        String damagedResult = part.substring(0, firstResult + 10) + "?" + part.substring(firstResult + 11);
        long line = part.substring(0, firstResult).lines().count() + 1;
        for (Object[] more : new Object[][]{{}, {"--resume"}}) {
            assertEquals("is a journal or part file of 'imatrix-stats error', of another version of imatrix-stats:"
                    + " go on with that version, or delete it to start again",
                    refused(part.replaceFirst("errors 1", "errors 2"), more));
            assertEquals("is not a journal or part file of 'imatrix-stats error': name another file, or move this one"
                    + " away", refused("tensor,type,bytes\n", more));
            assertEquals("is not a journal or part file of 'imatrix-stats error': name another file, or move this one"
                    + " away", refused(part.substring(7), more));
            assertEquals("line 3 is damaged: its results cannot be used. Delete it to start again",
                    refused(part.replaceFirst("\nitem =", "\nitem -"), more).replace(": expected 'item'", ""));
            assertEquals("line " + line
                    + " is damaged: remove this line and give --resume to measure again what it held",
                    refused(damagedResult, more));
        }
        assertTrue(refused(part).startsWith("holds an interrupted measurement: give --resume"));
    }

    @Test
    void aJournalWithoutResultsIsBegunAnew() throws IOException {
        Path whole = folder.resolve("whole.csv");
        CliRun.outputOf(with("-o", whole));
        CliRun.outputOf(with("--part", "1/9", "-o", folder.resolve("1.part")));
        String part = Files.readString(folder.resolve("1.part"));
        Path output = folder.resolve("errors.csv");
        for (String begun : List.of("", part.substring(0, 10), part.substring(0, 200),
                part.substring(0, part.split("\n[0-9]+ ", 2)[0].length() + 20))) {
            for (Object[] more : new Object[][]{{"-o", output}, {"-o", output, "--resume"}}) {
                Files.writeString(folder.resolve("errors.csv.journal"), begun);
                CliRun.of(with(more)).succeeded();
                assertEquals(-1, Files.mismatch(whole, output));
                assertFalse(Files.exists(folder.resolve("errors.csv.journal")));
            }
        }
    }

    @Test
    void anotherFileIsNotReplacedByAPart() throws IOException {
        Path table = Files.writeString(folder.resolve("errors.csv"), "tensor,type\n");
        String message = CliRun.of(with("--part", "1/9", "-o", table)).failed(1);
        assertTrue(message.contains("errors.csv: is not a journal or part file of 'imatrix-stats error': name another"
                + " file, or move this one away"), message);
        assertEquals("tensor,type\n", Files.readString(table));
    }

    @Test
    void errorsOfAModelThatIsQuantizedAlreadyAreSaidToBeAgainstItsValues() {
        Path quantized = folder.resolve("q8_0.gguf");
        CliRun.of("quantize", MODEL, quantized, "Q8_0").succeeded();
        CliRun run = CliRun.of("error", quantized, "--types", "q8_0", "--rows", "4", "--format", "csv").succeeded();
        assertTrue(run.err().contains("58 tensors of the model are quantized already: their errors are against the"
                + " dequantized values"), run.err());
        // What q8_0 can hold it holds again.
        double error = Double.parseDouble(run.out().split("\r\n")[1].split(",")[3]);
        assertTrue(error < 1e-9, run.out());
    }

    @Test
    void expertsHaveRowsOfTheirOwnInTheTable() {
        String table = CliRun.outputOf("error", "../testdata/weights/synth-moe.gguf", "--types", "f16,bf16",
                "--level", "expert", "--all");
        assertTrue(table.contains("blk.0.ffn_down_exps.weight expert 3 "), table);
        assertTrue(table.contains("blk.0.ffn_down_exps.weight "), table);
    }

    /** Its entries fit no tensor, so that every column would count alike under the name of a matrix. */
    @Test
    void theMatrixOfAnotherModelIsRefused() {
        Path other = ReferenceFiles.testdata("dense-prose.gguf");
        String message = CliRun.of("error", MODEL, "--imatrix", other, "--types", "q8_0").failed(1);
        assertEquals("imatrix-stats: " + other + ": tensor 'blk.0.attn_q.weight': 512 columns, but " + MODEL
                + " has 256: llama.cpp stops there, expected the importance matrix of this model", message.strip());
    }

    @Test
    void typesThatDemandAnImportanceMatrixAreNotMeasuredWithoutOne() {
        assertTrue(
                CliRun.of("error", MODEL, "--types", "iq2_xxs").failed(1).contains("has no tensor that llama.cpp would"
                        + " quantize to these types without an importance matrix: give --imatrix"));
    }

    /** Lines of a file may have any length. Bars may not. */
    @Test
    void barsOfAPlotFitAPageInAFile() {
        String plot = CliRun.outputOf(with("--rows", "4", "--plot", "q4_0"));
        List<String> bars = plot.lines().filter(line -> line.contains("█")).toList();
        assertFalse(bars.isEmpty(), plot);
        assertTrue(bars.stream().allMatch(line -> line.length() <= 100), plot);
    }

    /** Types of safetensors are no types of ggml: the tensors are measured as the converter would store them. */
    @Test
    void aFolderOfHuggingFaceIsMeasured() {
        Path model = Path.of("../testdata/checkpoints/hf-llama");
        JsonNode errors = Json.parse(CliRun.outputOf("error", model, "--types", "q8_0", "--format", "json"))
                .get("errors");
        assertEquals(15, errors.size());
        JsonNode first = errors.get(0);
        assertEquals("token_embd.weight", first.get("tensor").asString());
        // What normal weights lose in q8_0, about.
        errors.forEach(each -> assertEquals(2.9e-5, each.get("relative_error").asDouble(), 1e-5, each.toString()));
    }

    @Test
    void mistakesInTheArguments() {
        assertTrue(CliRun.of("error").failed(2).contains("missing MODEL"));
        assertTrue(CliRun.of("error", ReferenceFiles.testdata("dense-prose.gguf")).failed(1)
                .contains("is an importance matrix, expected a model"));
        assertTrue(CliRun.of(with("--rows", "0")).failed(2).contains("is not a number of rows"));
        assertTrue(CliRun.of(with("--part", "4/3")).failed(2).contains("is not K/N"));
        assertTrue(CliRun.of(with("--full", "--rows", "5")).failed(2).contains("exclude each other"));
        assertTrue(CliRun.of("error", MODEL, "--types", "q9_K").failed(2).contains("unknown type 'q9_K'"));
    }
}
