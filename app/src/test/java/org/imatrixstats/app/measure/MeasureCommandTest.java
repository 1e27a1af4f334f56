package org.imatrixstats.app.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

import org.imatrixstats.app.CliProcess;
import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.app.Schemas;
import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.measure.WorkFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Measurements with a program that answers as llama-perplexity does, and goes wrong as it does. */
@DisabledOnOs(OS.WINDOWS)
class MeasureCommandTest {
    @TempDir
    Path folder;
    private Path model;
    private Path program;
    private Path text;
    private Path losses;

    @BeforeEach
    void files() throws IOException {
        model = SmallModel.in(folder);
        program = StubProgram.in(folder);
        text = Files.writeString(folder.resolve("eval.txt"), "Some text that is evaluated.");
        losses = folder.resolve("losses.csv");
    }

    private Object[] with(Object... more) {
        List<Object> all = new ArrayList<>(List.of("measure", model, "--text", text, "--llama-perplexity", program));
        all.addAll(Arrays.asList(more));
        return all.toArray();
    }

    private List<String[]> rows() throws IOException {
        return Files.readAllLines(losses).stream().skip(1).map(line -> line.split(",", -1)).toList();
    }

    @Test
    void eachTensorIsChangedAloneAndTheModelIsLeftAsItWas() throws IOException {
        byte[] before = Files.readAllBytes(model);
        CliRun run = CliRun.of(with("-o", losses)).succeeded();
        assertEquals("tensor,type,kld,kld_error,ppl,ppl_error,same_top,same_top_error,group,tensors,chunks,running",
                Files.readAllLines(losses).getFirst());
        List<String[]> rows = rows();
        assertEquals(List.of("token_embd.weight", "blk.0.attn_q.weight", "blk.0.ffn_down.weight",
                "blk.0.ffn_up.weight", "blk.1.attn_q.weight", "blk.1.ffn_down.weight"),
                rows.stream().map(row -> row[0]).toList());
        for (String[] row : rows) {
            assertEquals("q3_K", row[1]);
            // Nearly all bytes of one tensor of 4 to 8 KiB, in a file of 29 KiB.
            assertTrue(Double.parseDouble(row[2]) > 0.05 && Double.parseDouble(row[2]) < 0.25, row[2]);
            // The printed 0.000002, and what rounding to six decimals adds.
            assertEquals(Math.hypot(2e-6, 1e-6 / Math.sqrt(12)), Double.parseDouble(row[3]), 1e-12);
            assertEquals("4.6907", row[4]);
            assertEquals("0.995", row[6]);
            assertEquals("3", row[10]);
            assertEquals("false", row[11]);
        }
        assertTrue(run.err().contains("6 of 6: blk.1.ffn_down.weight 0."), run.err());
        assertArrayEquals(before, Files.readAllBytes(model));
        assertFalse(Files.exists(folder.resolve("losses.csv.work")));
        assertFalse(Files.exists(folder.resolve("losses.csv.journal")));
    }

    @Test
    void groupsAreChangedTogether() throws IOException {
        CliRun.of(with("-o", losses, "--groups", "layer", "--type", "q8_0")).succeeded();
        List<String[]> rows = rows();
        assertEquals(List.of("token_embd.weight", "blk.0", "blk.0", "blk.0", "blk.1", "blk.1"),
                rows.stream().map(row -> row[8]).toList());
        assertEquals(List.of("1", "3", "3", "3", "2", "2"), rows.stream().map(row -> row[9]).toList());
        assertEquals(rows.get(1)[2], rows.get(3)[2]);
        assertTrue(Double.parseDouble(rows.get(1)[2]) > Double.parseDouble(rows.get(4)[2]));
        String json = CliRun.outputOf(with("--groups", "block", "--work", folder.resolve("w"), "--format", "json"));
        Schemas.assertValid(Json.parse(json));
        assertTrue(json.contains("\"group\" : \"blk.0.ffn\""), json);
    }

    @Test
    void aRunThatFailsOrLosesItsLastLinesIsRepeatedOnce() throws IOException {
        for (String trouble : List.of("fail", "lost", "torn", "hang")) {
            CliRun run = CliRun
                    .of(with("-o", losses, "--groups", "kind", "--timeout", "8s", "--", "--stub-once", trouble))
                    .succeeded();
            assertTrue(run.err().contains("Running it again"), run.err());
            Files.delete(folder.resolve(PerplexityStub.HAD_TROUBLE));
            assertEquals(6, rows().size());
            assertTrue(rows().stream().allMatch(row -> row[11].equals("false")));
        }
    }

    @Test
    void lastLinesThatAreLostTwiceLeaveTheRunningFigures() throws IOException {
        CliRun run = CliRun.of(with("-o", losses, "--groups", "kind", "--", "--stub", "lost")).succeeded();
        assertTrue(run.err().contains("were lost twice: its running figures stand in"), run.err());
        for (String[] row : rows()) {
            assertEquals("true", row[11]);
            assertEquals(Math.hypot(1e-5, 1e-5 / Math.sqrt(12)), Double.parseDouble(row[3]), 1e-11);
        }
    }

    /** On a busy machine the program loses the lines of chunks too, and more than once in a row. */
    @Test
    void aRunThatLosesChunksIsRepeatedUpToFourTimes() throws IOException {
        CliRun run = CliRun
                .of(with("-o", losses, "--groups", "kind", "--", "--stub-once", "short", "--stub-times", "4"))
                .succeeded();
        assertEquals(4, run.err().split("after 2 of 3 chunks", -1).length - 1, run.err());
        assertTrue(rows().stream().allMatch(row -> row[11].equals("false")));
        Files.delete(losses);
        String message = CliRun.of(with("-o", losses, "--groups", "kind", "--", "--stub", "short")).failed(1);
        assertTrue(message.contains("ended without its final statistics, after 2 of 3 chunks; its log is"), message);
        assertEquals(4, message.split("Running it again", -1).length - 1, message);
    }

    @Test
    void garbageIsAnErrorWithItsLine() {
        String message = CliRun.of(with("-o", losses, "--", "--stub", "garbage")).failed(1);
        assertTrue(message.contains("line 5 is not what llama-perplexity writes: 'Segmentation fault (core dumped)'"),
                message);
        assertFalse(Files.exists(losses));
    }

    @Test
    void aProgramThatFailsTwiceEndsTheMeasurementWithItsOwnWords() {
        String message = CliRun.of(with("-o", losses, "--", "--stub", "fail")).failed(1);
        assertTrue(message.contains("with exit code 134: "), message);
        assertTrue(message.contains("CUDA error: out of memory (its log is "), message);
        message = CliRun.of(with("-o", losses, "--", "--stub", "fail-base")).failed(1);
        assertTrue(message.contains("exit code 1: ") && message.contains("failed to load model"), message);
        message = CliRun.of("measure", model, "--text", text, "--work", folder.resolve("w"), "--llama-perplexity",
                folder.resolve("absent")).failed(1);
        assertTrue(message.contains("absent: no such file, expected the path of the program (--llama-perplexity)"),
                message);
        message = CliRun.of("measure", model, "--text", text, "--llama-perplexity", "no-such-program").failed(1);
        assertTrue(message.contains("no-such-program is not on the search path: name it with --llama-perplexity PATH"),
                message);
    }

    /** The program ends with 0 there. */
    @Test
    void aTextThatIsTooShortIsAnErrorInTheWordsOfTheProgram() {
        String message = CliRun.of(with("-o", losses, "--", "--stub", "short-text")).failed(1);
        assertTrue(message.contains("stored no logits of " + model + ": "), message);
        assertTrue(message.contains("you need at least 128 tokens"), message);
        assertTrue(CliRun.of("measure", model, "--text", folder, "--llama-perplexity", program).failed(1)
                .contains(folder + ": is not a file, expected a text"));
    }

    @Test
    void aHangEndsAfterTheTimeout() {
        String message = CliRun.of(with("-o", losses, "--timeout", "2s", "--", "--stub", "hang")).failed(1);
        assertTrue(message.contains("took longer than 2 seconds and was ended"), message);
    }

    @Test
    void undefinedFiguresStayUndefined() throws IOException {
        CliRun.of(with("-o", losses, "--groups", "kind", "--", "--stub", "nan")).succeeded();
        assertEquals("", rows().getFirst()[2]);
    }

    @Test
    void anInterruptedMeasurementGoesOnWithACopyThatIsPutRight() throws IOException {
        CliRun.of(with("-o", losses)).succeeded();
        byte[] expected = Files.readAllBytes(losses);
        // Two groups done, then killed while the copy was changed: what a part leaves.
        Path work = folder.resolve("losses.csv.work");
        CliRun.of(with("-o", folder.resolve("1.part"), "--part", "1/3", "--work", work, "--keep-work")).succeeded();
        byte[] journal = Files.readAllBytes(folder.resolve("1.part"));
        Files.write(folder.resolve("losses.csv.journal"), Arrays.copyOf(journal, journal.length - 7));
        try (RandomAccessFile copy = new RandomAccessFile(work.resolve("copy.gguf").toFile(), "rw")) {
            copy.seek(copy.length() / 2);
            copy.write(new byte[]{1, 2, 3, 4, 5});
        }
        assertTrue(CliRun.of(with("-o", losses)).failed(1)
                .contains("holds an interrupted measurement: give --resume to go on with it"));
        CliRun run = CliRun.of(with("-o", losses, "--resume")).succeeded();
        assertTrue(run.err().contains("1 of 6 groups are done"), run.err());
        assertTrue(run.err().contains("was put right: "), run.err());
        assertFalse(run.err().contains("storing the logits"), run.err());
        assertArrayEquals(expected, Files.readAllBytes(losses));
        assertFalse(Files.exists(work));
    }

    @Test
    void afterAFailureTheResultsBeforeItAreNamed() throws IOException {
        Path part = folder.resolve("1.part");
        CliRun.of(with("-o", part, "--part", "1/3", "--", "--stub", "lost")).succeeded();
        Files.move(part, folder.resolve("losses.csv.journal"));
        Files.writeString(program, "#!/bin/sh\nexit 3\n");
        String message = CliRun.of(with("-o", losses, "--resume", "--", "--stub", "lost")).failed(1);
        assertTrue(message.contains("The results of 2 of 6 groups are in " + losses
                + ".journal: --resume goes on from there\nimatrix-stats: " + program + " failed on "), message);
    }

    @Test
    void theSameGroupOfTwoPartsIsSaid() throws IOException {
        Path one = folder.resolve("1.part");
        Path two = folder.resolve("2.part");
        CliRun.of(with("-o", one, "--part", "1/1")).succeeded();
        Files.copy(one, two);
        CliRun same = CliRun.of("measure", "--merge", one, two, "-o", losses).succeeded();
        assertEquals("", same.err());
        byte[] expected = Files.readAllBytes(losses);
        // A line with a checksum of its own.
        List<String> lines = new ArrayList<>(Files.readAllLines(two));
        String last = lines.removeLast().replaceFirst(" [0-9a-f]+$", "").replaceFirst("^5 [0-9.E-]+", "5 0.5");
        CRC32 crc = new CRC32();
        crc.update(last.getBytes(StandardCharsets.US_ASCII));
        lines.add(last + " " + Long.toHexString(crc.getValue()));
        Files.write(two, lines);
        CliRun other = CliRun.of("measure", "--merge", one, two, "-o", losses).succeeded();
        assertTrue(other.err().contains("warning: " + two
                + ": blk.1.ffn_down.weight was measured by a part before it too: that result is used"), other.err());
        assertArrayEquals(expected, Files.readAllBytes(losses));
    }

    @Test
    void theReportIsNotWrittenOverWhatIsKept() {
        Path file = folder.resolve("kld.csv");
        String message = CliRun.of(with("--recipe", "Q8_0", "--results", file, "-o", file)).failed(2);
        assertTrue(message.contains("--output and --results are both " + file + ": name two files"), message);
    }

    /** A terminal sends Ctrl-C to llama-perplexity too. */
    @Test
    void afterCtrlCTheLastLineSaysHowToGoOn() throws IOException, InterruptedException {
        Path journal = folder.resolve("losses.csv.journal");
        try (CliProcess process = CliProcess.start(folder, with("-o", losses))) {
            process.awaitResults(journal, 2);
            process.signal("INT");
            process.awaitEnd(130);
            assertTrue(
                    process.said().matches("(?s).*\nimatrix-stats: stopped\\. The results of [2-5] of 6 groups are in "
                            + journal + ": --resume goes on from there\\. " + losses
                            + "\\.work is kept for the next run\n"),
                    process.said());
            assertFalse(process.said().contains("exit code"), process.said());
        }
        CliRun run = CliRun.of(with("-o", losses, "--resume")).succeeded();
        assertTrue(run.err().contains(" of 6 groups are done"), run.err());
        assertEquals(6, rows().size());
    }

    @Test
    void whatIsStoppedBeforeTheFirstResultLeavesNoJournal() throws IOException, InterruptedException {
        Path journal = folder.resolve("losses.csv.journal");
        try (CliProcess process = CliProcess.start(folder, with("-o", losses, "--", "--stub", "hang"))) {
            process.awaitFile(folder.resolve("losses.csv.work").resolve("copy.gguf"));
            process.signal("TERM");
            process.awaitEnd(143);
            assertTrue(process.said().endsWith("imatrix-stats: stopped before the first result. " + losses
                    + ".work is kept for the next run\n"), process.said());
        }
        assertFalse(Files.exists(journal));
    }

    @Test
    void theJournalOfAMeasurementThatIsRunningIsLeftAlone() throws IOException {
        CliRun.of(with("-o", folder.resolve("1.part"), "--part", "1/3")).succeeded();
        String part = Files.readString(folder.resolve("1.part"));
        Path journal = Files.writeString(folder.resolve("losses.csv.journal"), part);
        try (WorkFolder running = WorkFolder.open(folder.resolve("losses.csv.work"))) {
            String error = CliRun.of(with("-o", losses, "--resume")).failed(1);
            assertTrue(error.contains("is used by another measurement that is still running"), error);
            assertTrue(Files.isDirectory(running.copy().getParent()));
        }
        assertEquals(part, Files.readString(journal));
        Files.writeString(journal, "hours of work");
        String error = CliRun.of(with("-o", losses)).failed(1);
        assertTrue(error.contains("losses.csv.journal: is not a journal or part file of 'imatrix-stats measure': name"
                + " another file, or move this one away"), error);
        assertEquals("hours of work", Files.readString(journal));
    }

    @Test
    void partsArePutTogether() throws IOException {
        CliRun.of(with("-o", losses)).succeeded();
        byte[] expected = Files.readAllBytes(losses);
        for (int i = 1; i <= 2; i++) {
            CliRun.of(with("-o", folder.resolve(i + ".part"), "--part", i + "/2")).succeeded();
        }
        Files.delete(losses);
        String message = CliRun.of("measure", "--merge", folder.resolve("2.part"), "-o", losses).failed(1);
        assertTrue(message.contains("the parts lack 3 of 6 groups, token_embd.weight first"), message);
        CliRun.outputOf("measure", "--merge", folder.resolve("2.part"), folder.resolve("1.part"), "-o", losses);
        assertArrayEquals(expected, Files.readAllBytes(losses));
        byte[] part = Files.readAllBytes(folder.resolve("1.part"));
        message = CliRun.of(with("-o", folder.resolve("1.part"), "--part", "2/2")).failed(1);
        assertTrue(message.contains("1.part: holds results of a part: give --resume to go on with it"), message);
        assertArrayEquals(part, Files.readAllBytes(folder.resolve("1.part")));
        message = CliRun.of(with("-o", folder.resolve("1.part"), "--part", "1/2", "--type", "q4_K", "--resume"))
                .failed(1);
        assertTrue(message.contains("belongs to another measurement, with types q3_K (now q4_K). Give the same again"),
                message);
        message = CliRun.of(with("-o", folder.resolve("1.part"), "--part", "1/2", "--resume", "--", "-c", "512"))
                .failed(1);
        assertTrue(
                message.contains("belongs to another measurement: the content of the model, of the importance matrix or"
                        + " of the text, the arguments of llama-perplexity, or the version differ."),
                message);
    }

    @Test
    void aDryRunSaysHowMuchTimeAndDiskItTakes() {
        String said = CliRun.outputOf(with("-o", losses, "--dry-run"));
        assertTrue(said.startsWith("6 runs of "), said);
        assertTrue(said.contains(" for a copy of the model, "), said);
        assertTrue(said.contains("for logits of 3 chunks of 64 tokens"), said);
        assertTrue(said.contains(" per run, "), said);
        assertFalse(Files.exists(losses));
        assertFalse(Files.exists(folder.resolve("losses.csv.work")));
    }

    @Test
    void theTableShowsTheCostliestKindFirst() {
        String table = CliRun.outputOf(with("--work", folder.resolve("w")));
        List<String> lines = table.lines().filter(line -> line.contains("%")).toList();
        assertTrue(table.contains("6 groups by tensor, each quantized alone as llama.cpp does it"), table);
        // Two tensors, of which nearly all bytes change.
        assertTrue(lines.getFirst().contains("attn_q"), table);
    }

    @Test
    void whatCannotBeMeasuredIsRefused() throws IOException {
        Path quantized = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", model, quantized, "Q8_0");
        String message = CliRun.of("measure", quantized, "--text", text, "--llama-perplexity", program).failed(1);
        assertTrue(message.contains("expected F16, BF16 or F32: measure the original model"), message);
        assertTrue(CliRun.of("measure").failed(2).contains("missing MODEL"));
        assertTrue(CliRun.of("measure", model).failed(2).contains("missing --text"));
        assertTrue(CliRun.of(with("another.gguf")).failed(2).contains("come after --"));
        assertTrue(CliRun.of(with("--", "-m", "x")).failed(2).contains("-m cannot be given to llama-perplexity"));
        assertTrue(CliRun.of(with("--part", "1/2")).failed(2).contains("name it with --output"));
        assertTrue(CliRun.of(with("--timeout", "10")).failed(2).contains("is not a time, such as 90s"));
        assertTrue(CliRun.of(with("-o", model)).failed(2).contains("would replace an input file"));
    }

    @Test
    void theMatrixOfAnotherModelIsRefusedBeforeAnythingRuns() {
        String message = CliRun.of(with("--imatrix", "../testdata/dense-prose.gguf", "-o", losses)).failed(1);
        assertTrue(message.contains("expected the importance matrix of this model"), message);
        assertFalse(Files.exists(folder.resolve("losses.csv.work")));
    }

    @Test
    void recipesAndMixesAreQuantizedMeasuredAndDeleted() throws IOException {
        Path recipe = Files.writeString(folder.resolve("mine.txt"), "attn=q8_0\nffn_.*=q4_K\ntoken_embd=q6_K\n");
        Path results = folder.resolve("kld.csv");
        Object[] command = with("--results", results, "--recipe", recipe, "Q4_K_M");
        CliRun run = CliRun.of(command).succeeded();
        // The stub's divergence: the share of bytes that differ. 256 values in q8_0 take 272 bytes, in q4_K 144, in q6_K 210.
        long bytes = 2 * 8 * 272 + 3 * 8 * 144 + 8 * 210 + 256 * 4;
        assertTrue(run.out().contains(" mine "), run.out());
        assertTrue(run.err().contains("Q4_K_M 0."), run.err());
        List<String> kept = Files.readAllLines(results);
        assertEquals(3, kept.size());
        assertTrue(kept.get(1).startsWith("mine," + model + "," + bytes + ","), kept.get(1));
        assertFalse(Files.exists(folder.resolve("kld.csv.work")));
        run = CliRun.of(command).succeeded();
        assertTrue(run.err().contains("Q4_K_M is in " + results + " already"), run.err());
        assertEquals(kept, Files.readAllLines(results));
    }

    private Path part(int number) throws IOException {
        GgufBuilder part = new GgufBuilder();
        if (number == 1) {
            part.text("general.architecture", "llama").uint32("llama.block_count", 2);
        }
        return part.key("split.no", GgufBuilder.UINT16, value -> value.int16(number - 1))
                .key("split.count", GgufBuilder.UINT16, value -> value.int16(2))
                .key("split.tensors.count", GgufBuilder.INT32, value -> value.int32(2))
                .tensor("blk." + (number - 1) + ".attn_q.weight", List.of(32L, 2L), new float[64])
                .write(folder.resolve("split-0000" + number + "-of-00002.gguf"));
    }

    /** llama-perplexity and llama-quantize load a split model by its first part only. */
    @Test
    void whicheverPartIsNamedTheProgramGetsTheFirst() throws IOException {
        Path first = part(1);
        CliRun.of("measure", part(2), "--text", text, "--llama-perplexity", program, "--work", folder.resolve("w"),
                "--recipe", "Q8_0").succeeded();
        assertEquals(first.toString(), Files.readString(folder.resolve("stub-model")));
    }

    @Test
    void everyKindOfRecipeFileGivesTheSameModel() throws IOException {
        // A path with a quote makes '\'' in a command.
        Path quoted = Files.copy(model, Files.createDirectory(folder.resolve("it's")).resolve("model.gguf"));
        Object[] recipe = {"recipe", "--model", quoted, "--target-bpw", "6", "--types", "q4_K,q8_0"};
        List<Object> measure = new ArrayList<>(
                List.of(with("--format", "json", "--work", folder.resolve("w"), "--recipe")));
        for (String emit : List.of("json", "command", "rules", "file")) {
            List<Object> with = new ArrayList<>(List.of(recipe));
            Path file = folder.resolve(emit + (emit.equals("json") ? ".json" : ".txt"));
            with.addAll(List.of("--emit", emit, "-o", file));
            CliRun.of(with.toArray()).succeeded();
            measure.add(file);
        }
        tools.jackson.databind.JsonNode json = Json.parse(CliRun.outputOf(measure.toArray()));
        Schemas.assertValid(json);
        assertEquals(List.of("json", "command", "rules", "file"),
                json.get("models").valueStream().map(each -> each.get("name").asString()).toList());
        assertEquals(1, json.get("models").valueStream().map(each -> each.get("types").asString()).distinct().count());
        assertEquals(1, json.get("models").valueStream().map(each -> each.get("kld").asDouble()).distinct().count());
    }

    @Test
    void whatOthersMeasuredIsImported() throws IOException {
        Path log = folder.resolve("their-q4.log");
        Files.writeString(log,
                """
                        print_info: file size   = 4.58 GiB (4.89 BPW)
                        Mean ...
                        chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS            Same top p
                           1       4.6907 ±    0.7079       0.00000 ±    0.00002       0.01012 ±    0.00003     0.201 ±  0.011 %    99.213 ±  0.787 %
                        """);
        Path table = Files.writeString(folder.resolve("others.csv"), "name,bpw,kld\nIQ3_M,3.66,0.05\n");
        Path results = folder.resolve("kld.csv");
        String shown = CliRun.outputOf("measure", "--import", log, "--import", table, "--results", results);
        assertTrue(shown.contains("their-q4"), shown);
        assertTrue(shown.contains("0.010120"), shown);
        assertTrue(shown.contains("0.050000"), shown);
        assertEquals(3, Files.readAllLines(results).size());
        CliRun.outputOf("measure", "--import", log, "--results", results);
        assertEquals(3, Files.readAllLines(results).size());
        String message = CliRun.of("measure", "--import", text).failed(1);
        assertTrue(message.contains("holds no KL divergence, expected the log of"), message);
        message = CliRun.of("measure", "--import", table, "--results", table).failed(1);
        assertTrue(message.contains("expected the columns name,model,bytes"), message);
    }

    /** Editors leave it away. */
    @Test
    void resultsAreAddedToATableThatDoesNotEndWithALineBreak() throws IOException {
        Path results = folder.resolve("kld.csv");
        Path more = Files.writeString(folder.resolve("more.csv"), "name,bpw,kld\nIQ3_M,3.66,0.05\nIQ4_XS,4.3,0.01\n");
        Path first = Files.writeString(folder.resolve("first.csv"), "name,bpw,kld\nQ4_0,4.5,0.02\n");
        CliRun.outputOf("measure", "--import", first, "--results", results);
        Files.writeString(results, Files.readString(results).stripTrailing());
        CliRun.outputOf("measure", "--import", more, "--results", results);
        assertEquals(List.of("name", "Q4_0", "IQ3_M", "IQ4_XS"),
                Files.readAllLines(results).stream().map(line -> line.substring(0, line.indexOf(','))).toList());
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        Path missing = folder.resolve("missing");
        for (List<Object> command : List.<List<Object>>of(List.of("measure", "--merge", missing),
                List.of("error", "--merge", missing), List.of("quantize", model, "Q8_0", "--recipe", missing),
                List.of("verify", model, model, "--recipe", missing))) {
            assertEquals("imatrix-stats: " + missing + ": no such file\n",
                    CliRun.of(command.toArray()).failed(ExitCode.FAILED));
        }
        assertEquals("imatrix-stats: " + folder + ": is a directory, expected a file\n",
                CliRun.of("measure", "--merge", folder).failed(ExitCode.FAILED));
        Path results = folder.resolve("no/such/kld.csv");
        Path table = Files.writeString(folder.resolve("others.csv"), "name,kld\nIQ3_M,0.05\n");
        assertEquals("imatrix-stats: " + results + ": no such file\n",
                CliRun.of("measure", "--import", table, "--results", results).failed(ExitCode.FAILED));
    }

    @Test
    void mistakesInRecipesAreSaidBeforeAnythingRuns() throws IOException {
        assertTrue(CliRun.of(with("--recipe", "Q4_K_X")).failed(1)
                .contains("is neither a file nor a standard mix such as Q4_K_M"));
        assertTrue(CliRun.of(with("--recipe", "IQ2_XXS")).failed(1).contains("IQ2_XXS"));
        assertTrue(CliRun.of(with("--recipe", "Q4_K_M", "--type", "q4_K")).failed(2)
                .contains("--type cannot be combined with --recipe"));
        assertTrue(CliRun.of(with("--results", "kld.csv")).failed(2).contains("--results needs --recipe"));
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\n");
        assertTrue(CliRun.of(with("--recipe", empty)).failed(1).contains("holds no rules"));
    }
}
