package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

/** Figures of expectation are those of the dry runs in testdata/quantize. */
class PlanCommandTest {
    private static final String MODELS = "../testdata/models/";
    private static final String LLAMA_8B = MODELS + "llama-3.1-8b.gguf";
    private static final String DENSE = MODELS + "small-dense.gguf";

    @TempDir
    Path folder;

    private static JsonNode json(Object... options) {
        Object[] all = new Object[options.length + 3];
        all[0] = "plan";
        all[1] = "--format";
        all[2] = "json";
        System.arraycopy(options, 0, all, 3, options.length);
        JsonNode json = Json.parse(CliRun.outputOf(all));
        Schemas.assertValid(json);
        return json;
    }

    @ParameterizedTest
    @CsvSource({"llama-3.1-8b, Q4_K_M, 4685.3, 0, false", "llama-3-70b, IQ3_XXS, 27326.95, 0, true",
        "qwen3-30b-a3b, MXFP4_MOE, 16285.4, 0, false",
        "deepseek-v2-lite, Q4_K_S, 9091.52, 54, false", "qwen2.5-0.5b, TQ1_0, 295.1, 144, false"})
    void jsonSaysWhatTheDryRunSaid(String model, String base, double mib, int fallbacks, boolean needsImatrix) {
        JsonNode plan = json(MODELS + model + ".gguf", "--base", base);
        assertEquals(mib, plan.get("quant_mib").asDouble());
        assertEquals(fallbacks, plan.get("fallbacks").asInt());
        assertEquals(needsImatrix, plan.get("needs_imatrix").asBoolean());
        assertEquals(needsImatrix, !plan.get("missing_imatrix").isEmpty());
    }

    @Test
    void aMatrixThatIsUsedIsSaidToBe() {
        String model = MODELS + "tiny-english-f16.header.gguf";
        Object[] options = {"plan", model, "--base", "Q4_K_M"};
        assertTrue(CliRun.outputOf(options).contains("\n  importance matrix: not required\n"));
        assertTrue(CliRun.outputOf("plan", model, "--base", "Q4_K_M", "--imatrix",
                ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"))
                .contains("\n  importance matrix: used, not required\n"));
    }

    /** The sizes are those of the dry runs; 6.14 GiB and 1 GiB of keys and values fit into 8 GiB, 7.95 GiB do not. */
    @Test
    void aTableOfSizesSaysWhatFits() {
        JsonNode table = json(LLAMA_8B, "--fit", "8GiB", "--context", "8192");
        assertEquals("imatrix-stats/plan-sizes/1", table.get("schema").asString());
        assertEquals(131_072, table.at("/kv_cache/bytes_per_token").asLong());
        Map<String, JsonNode> sizes = new HashMap<>();
        table.get("sizes").forEach(size -> sizes.put(size.get("base").asString(), size));
        assertEquals(json(LLAMA_8B, "--base", "Q4_K_M").get("quant_bytes"), sizes.get("Q4_K_M").get("quant_bytes"));
        assertEquals("yes", sizes.get("Q6_K").get("fits").asString());
        assertEquals("no", sizes.get("Q8_0").get("fits").asString());
        long left = (8L << 30) - sizes.get("Q6_K").get("quant_bytes").asLong();
        assertEquals(left / 131_072, sizes.get("Q6_K").get("context_that_fits").asLong());
        assertEquals("missing for 188", sizes.get("IQ1_S").get("imatrix").asString());
        assertFalse(sizes.containsKey("F16"));
    }

    @Test
    void severalBaseTypesAreATableToo() {
        JsonNode table = json(MODELS + "deepseek-v2-lite.gguf", "--base", "Q6_K,Q1_0,q4_k");
        List<String> bases = new ArrayList<>();
        table.get("sizes").forEach(size -> bases.add(size.get("base").asString()));
        assertEquals(List.of("Q4_K_M", "Q6_K", "Q1_0"), bases);
        assertTrue(table.at("/sizes/2/quant_bytes").isNull());
        assertTrue(table.at("/sizes/2/refusal").asString().startsWith("tensor 'blk.0.ffn_down.weight': its rows of"));
    }

    /** A program's own types, without those that only order the rows of another type in another way. */
    @Test
    void allAreThoseOfTheProgramThatHaveASizeOfTheirOwn() {
        List<String> bases = new ArrayList<>();
        json(DENSE, "--base", "all", "--dialect", "ik_llama.cpp").get("sizes")
                .forEach(size -> bases.add(size.get("base").asString()));
        assertTrue(bases.containsAll(List.of("IQ4_KS", "IQ2_KL", "IQ3_KT", "Q4_K_M", "Q8_0")), bases.toString());
        assertTrue(bases.stream().noneMatch(base -> base.contains("_R")), bases.toString());
    }

    @Test
    void sizesForPeopleAreATableAndMarkdown() {
        String table = CliRun.outputOf("plan", LLAMA_8B, "--base", "Q4_K_M,Q6_K", "--fit", "6GiB");
        assertTrue(table.contains("KV cache: 125.0 MiB per 1,000 tokens (f16, 32 layers)"), table);
        assertTrue(table.contains("1 of 2 fit into 6.0 GiB; the largest is Q4_K_M"), table);
        String markdown = CliRun.outputOf("plan", LLAMA_8B, "--base", "all", "--format", "markdown");
        assertTrue(markdown.contains("\n| Q4\\_K\\_M | 4.58 | 4.89 | no |\n"), markdown);
        assertTrue(CliRun.outputOf("plan", LLAMA_8B, "--base", "all", "--format", "csv")
                .startsWith("base,quant_bytes,"), "csv");
    }

    @Test
    void aTableOfSizesListsNoTensors() {
        assertTrue(CliRun.of("plan", LLAMA_8B, "--base", "all", "--all").failed(ExitCode.USAGE)
                .contains("--all lists tensors"));
    }

    @Test
    void jsonNamesTheFiles() {
        JsonNode without = json(DENSE);
        assertEquals(DENSE, without.get("model").asString());
        assertTrue(without.get("imatrix").isNull());
        String imatrix = "../testdata/tiny-english-prose.imatrix.gguf";
        assertEquals(imatrix,
                json(MODELS + "tiny-english-f16.header.gguf", "--imatrix", imatrix).get("imatrix").asString());
    }

    @Test
    void jsonNamesTheRuleOfEachTensor() {
        JsonNode plan = json(DENSE, "--rule", "attn_v=q8_0", "--rule", "^token_embd=q5_K");
        for (JsonNode tensor : plan.get("tensors")) {
            String name = tensor.get("name").asString();
            String rule = name.contains("attn_v")
                    ? "attn_v=q8_0"
                    : name.startsWith("token") ? "^token_embd=q5_K" : null;
            assertEquals(rule, tensor.get("rule").isNull() ? null : tensor.get("rule").asString(), name);
            assertEquals(!name.contains("norm"), tensor.get("quantized").asBoolean(), name);
        }
        JsonNode embedding = Json.by("name", plan.get("tensors")).get("token_embd.weight");
        // 1024 x 32000 elements of 5.5 bits.
        assertEquals(22_528_000, embedding.get("bytes").asLong());
    }

    @Test
    void tableSaysTheSizeFirst() {
        List<String> lines = CliRun.outputOf("plan", LLAMA_8B).lines().toList();
        assertEquals("Q4_K_M by llama.cpp: 4,685.30 MiB (4.58 GiB), 4.89 bits per weight", lines.getFirst());
        assertTrue(lines.get(3).contains("291 tensors: 193 q4_K, 65 f32, 33 q6_K; no shape fallbacks"), lines.get(3));
    }

    @ParameterizedTest
    @CsvSource({"60", "80", "100", "140"})
    void tableFitsTheTerminal(int columns) {
        for (String model : List.of(LLAMA_8B, MODELS + "deepseek-v2-lite.gguf", MODELS + "llama-3-70b.gguf")) {
            String out = CliRun.on(new Terminal(columns, false, false), "plan", model, "--base", "Q2_K_S", "--rule",
                    "blk\\.1.*attn_output.*weight$=iq4_xs").succeeded().out();
            out.lines().forEach(line -> assertTrue(line.length() <= columns, line));
        }
    }

    @Test
    void asciiIsAscii() {
        String out = CliRun.outputOf("plan", LLAMA_8B, "--ascii", "--rule", "output.weight=q8_0");
        assertTrue(out.chars().allMatch(c -> c < 0x80), out);
    }

    @Test
    void allShowsARowPerTensor() {
        assertEquals(39, CliRun.outputOf("plan", DENSE, "--all").lines().filter(line -> line.contains(".weight"))
                .count());
    }

    @Test
    void csvHasARowPerTensor() {
        CliRun run = CliRun.of("plan", DENSE, "--format", "csv", "--rule", "attn_vv=q8_0", "--output-type", "q5_K")
                .succeeded();
        List<String> lines = run.out().lines().toList();
        assertEquals("name,shape,source_type,type,bytes,rule,option,fallback,quantized", lines.getFirst());
        assertEquals("output.weight,1024x32000,bf16,q5_K,22528000,,'--output-tensor-type,false,true", lines.get(1));
        assertEquals(40, lines.size());
        assertTrue(run.err().contains("warning: rule 'attn_vv=q8_0' matches no tensor of the model"), run.err());
    }

    @Test
    void markdownIsATable() {
        String out = CliRun.outputOf("plan", DENSE, "--format", "markdown", "--rule", "attn_v=q8_0");
        assertTrue(out.startsWith("## Q4\\_K\\_M by llama.cpp: "), out);
        assertTrue(
                out.contains("| attn\\_v | 0-3 | 4 | 1024 × 256 | bf16 | q8\\_0 | 1.06 | 8.5000 | attn\\_v=q8\\_0 |"),
                out);
    }

    @Test
    void writesToAFileAndWarnsOnStandardError() throws IOException {
        Path file = folder.resolve("plan.md");
        CliRun run = CliRun.of("plan", DENSE, "--rule", "nothing=q8_0", "-o", file).succeeded();
        assertEquals("", run.out());
        assertTrue(run.err().contains("matches no tensor"), run.err());
        assertTrue(Files.readString(file).startsWith("## Q4"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--base Q1_0 | llama-quantize of llama.cpp would refuse: tensor 'blk.0.ffn_down.weight': its rows of 10944"
                + " are not whole blocks of 128, and no tensor type fallback is defined for type q1_0",
        "--base Q9 | llama-quantize of llama.cpp would refuse: llama.cpp has no base type 'Q9'; there are Q1_0, Q2_0,",
        "--rule attn_v=zz | rule 'attn_v=zz': unknown type 'zz'",
        "--rule (?<=a)b=q8_0 | no look-behind", //
        "--rule a(b=q8_0 | a group is not closed",
        "--custom-q attn_v=q6_k | rule 'attn_v=q6_k': unknown type 'q6_k', did you mean 'q6_K'?",
        "--custom-q a{1,2}=q8_0 | rule 'a{1': no '='",
        "--custom-q attn_q=iq1_s | tensor 'blk.0.attn_q.weight': iq1_s demands an entry in the importance matrix",
        "--output-type q6 | --output-tensor-type: unknown type 'q6', did you mean 'q6_K'?",
        "--imatrix ../testdata/dense-prose.gguf --dialect ik_llama.cpp | reads only the legacy format (.dat)",
        "--tensor-type-file nowhere | nowhere: no such file"})
    void refusalIsOneLineAndExitCode1(String options, String reason) {
        Object[] arguments = ("plan " + MODELS + "deepseek-v2-lite.gguf " + options).split(" ");
        String err = CliRun.of(arguments).failed(1);
        assertTrue(err.contains(reason), err);
        assertEquals(1, err.lines().count(), err);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--custom-q a=q8_0 --dialect llama.cpp | --custom-q is an option of ik_llama.cpp: use --rule",
        "--ignore-imatrix-rules | --ignore-imatrix-rules is an option of ik_llama.cpp",
        "--dialect gguf | unknown program 'gguf'", "--base copy | --base COPY keeps all tensors unchanged",
        "--attn-v-type q8_0 | --attn-v-type is an option of ik_llama.cpp: use --rule",
        "--ffn-gate-inp-type q8_0 | llama.cpp never quantizes these tensors"})
    void optionsOfTheOtherProgramAreUsageErrors(String options, String message) {
        Object[] arguments = ("plan " + DENSE + " " + options).split(" ");
        assertTrue(CliRun.of(arguments).failed(2).contains(message));
    }

    @Test
    void fileOfRulesIsReadAsTheProgramReadsIt() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.txt"), "attn_v=q8_0\r\n\tffn_down=Q6_K  attn_q=q5_K\n");
        JsonNode plan = json(DENSE, "--tensor-type-file", file, "--rule", "attn_v=q5_0");
        JsonNode values = Json.by("name", plan.get("tensors")).get("blk.0.attn_v.weight");
        // Rules of the command line come before those of files.
        assertEquals("q5_0", values.get("type").asString());
        assertEquals("q6_K",
                Json.by("name", plan.get("tensors")).get("blk.2.ffn_down.weight").get("type").asString());
    }

    @Test
    void moreRulesThanAnyModelNeedsAreRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.txt"), "a=q8_0\n".repeat(10_001));
        assertEquals("imatrix-stats: " + file + ": line 10001: expected at most 10000 rules\n",
                CliRun.of("plan", DENSE, "--tensor-type-file", file).failed(1));
    }

    @Test
    void commentInAFileOfRulesIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.txt"), "attn_v=q8_0\n# more bits\n");
        String err = CliRun.of("plan", DENSE, "--tensor-type-file", file).failed(1);
        assertTrue(err.contains("rules.txt: line 2: rule '#': no '='"), err);
        assertTrue(err.contains("knows no comments"), err);
    }

    @Test
    void aRecipeForIkMayHaveComments() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.txt"), """
                # attention
                attn_v=q8_0,  # more bits, since v is small
                ffn_down=q6_K #attn_q=q8_0
                """);
        Map<String, JsonNode> tensors = Json.by("name",
                json(DENSE, "--dialect", "ik_llama.cpp", "--tensor-type-file", file).get("tensors"));
        assertEquals("q8_0", tensors.get("blk.0.attn_v.weight").get("type").asString());
        assertEquals("q6_K", tensors.get("blk.0.ffn_down.weight").get("type").asString());
        assertEquals("q4_K", tensors.get("blk.0.attn_q.weight").get("type").asString());
    }

    @Test
    void strangersRuleDoesNotHang() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            String slow = CliRun.of("plan", DENSE, "--rule", "^(([a-z0-9_.]+)+)+\\1!$=q8_0").failed(1);
            assertTrue(slow.contains("takes too long"), slow);
        });
    }

    @Test
    void importanceMatrixOfAnotherModelIsRefused() {
        assertEquals(
                "imatrix-stats: llama-quantize of llama.cpp would refuse: tensor 'blk.0.attn_k.weight': its entry in"
                        + " the importance matrix has 512 values, expected 1024 (the dry run passes); give the importance matrix"
                        + " of this model\n",
                CliRun.of("plan", DENSE, "--imatrix", "../testdata/dense-prose.gguf").failed(1));
    }

    @Test
    void optionsOfIkGiveTensorsTypesWhereNoRuleDoes() {
        JsonNode plan = json(DENSE, "--dialect", "ik_llama.cpp", "--attn-v-type", "iq6_k", "--rule", "1.attn_v=q8_0");
        Map<String, JsonNode> tensors = Json.by("name", plan.get("tensors"));
        assertEquals("iq6_k", tensors.get("blk.0.attn_v.weight").get("type").asString());
        assertEquals("q8_0", tensors.get("blk.1.attn_v.weight").get("type").asString());
        assertTrue(CliRun.outputOf("plan", DENSE, "--dialect", "ik_llama.cpp", "--attn-v-type", "iq6_k")
                .contains("  --attn-v-type"));
    }

    /** Its parser knows no such type and says nothing; that of llama.cpp stops. */
    @Test
    void anOptionWhoseTypeIkDoesNotKnowIsIgnoredWithAWarning() {
        CliRun run = CliRun.of("plan", DENSE, "--dialect", "ik_llama.cpp", "--output-tensor-type", "Q8_0", "--format",
                "json").succeeded();
        assertEquals("imatrix-stats: warning: ik_llama.cpp ignores --output-tensor-type: unknown type 'Q8_0', did you"
                + " mean 'q8_0'?\n", run.err());
        JsonNode plan = Json.parse(run.out());
        assertEquals(1, plan.get("warnings").size());
        assertEquals("q6_K", Json.by("name", plan.get("tensors")).get("output.weight").get("type").asString());
    }

    @Test
    void importanceMatrixThatTheProgramRefusesIsRefused() throws IOException {
        float[] inSum2 = new float[1024];
        GgufBuilder matrix = new GgufBuilder().tensor("blk.0.attn_q.weight.in_sum2", List.of(1024L), inSum2)
                .tensor("blk.0.attn_q.weight.counts", List.of(1L), 8);
        Path file = matrix.text("general.type", "imatrix").write(folder.resolve("i.gguf"));
        assertTrue(CliRun.of("plan", DENSE, "--imatrix", file).failed(1)
                .contains("refuses a file without imatrix.datasets"));
        inSum2[7] = Float.POSITIVE_INFINITY;
        Path infinite = new GgufBuilder().texts("imatrix.datasets", "a").uint32("imatrix.chunk_count", 1)
                .uint32("imatrix.chunk_size", 8).tensor("blk.0.attn_q.weight.in_sum2", List.of(1024L), inSum2)
                .tensor("blk.0.attn_q.weight.counts", List.of(1L), 8).write(folder.resolve("inf.gguf"));
        assertTrue(CliRun.of("plan", DENSE, "--imatrix", infinite).failed(1)
                .contains("stops at non-finite values, such as those of 'blk.0.attn_q.weight'"));
    }

    @Test
    void partsOfASplitModelAreOneModel() throws IOException {
        for (int part = 0; part < 2; part++) {
            new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1)
                    .uint32("split.no", part).uint32("split.count", 2)
                    .tensor("blk.0.attn_" + "qk".charAt(part) + ".weight", List.of(256L, 2L), new float[512])
                    .write(folder.resolve("m-0000" + (part + 1) + "-of-00002.gguf"));
        }
        JsonNode plan = json(folder.resolve("m-00002-of-00002.gguf"), "--base", "Q8_0");
        assertEquals(2, plan.get("tensors").size());
        assertEquals(2 * 2 * 272, plan.get("quant_bytes").asLong());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"2147483648 2147483647 | make a model of more than 2^56 elements",
        "0 4611686018427387904 | has no elements", "256 0 | has no elements"})
    void sizesThatNoModelHasAreRefused(String dimensions, String reason) throws IOException {
        List<Long> shape = java.util.Arrays.stream(dimensions.split(" ")).map(Long::valueOf).toList();
        Path file = new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1)
                .tensor(GgufBuilder.Tensor.of("blk.0.attn_q.weight", 2, new byte[0], shape))
                .write(folder.resolve("m.gguf"));
        for (String base : List.of("F32", "Q8_0")) {
            String err = CliRun.of("plan", file, "--base", base).failed(1);
            assertTrue(err.contains("'blk.0.attn_q.weight'") && err.contains(reason), err);
        }
    }

    @Test
    void linesOfACustomListNeedCommas() {
        String err = CliRun.of("plan", DENSE, "--custom-q", "# attention\nattn_v=q8_0\nattn_q=q8_0").failed(1);
        assertTrue(err.contains("join the lines by commas, without comments"), err);
    }

    @Test
    void whatIsNoModelIsRefused() {
        assertTrue(CliRun.of("plan", "../testdata/dense-prose.gguf").failed(1)
                .contains("is an importance matrix, expected a model"));
        assertTrue(CliRun.of("plan", "../testdata/dense-prose.dat").failed(1).contains("dense-prose.dat"));
    }

    @Test
    void entriesThatAreExcludedAreMissing() {
        String imatrix = "../testdata/tiny-english-prose.imatrix.gguf";
        JsonNode plan = json(MODELS + "tiny-english-f16.header.gguf", "--base", "IQ2_S", "--imatrix", imatrix,
                "--exclude-weights", "attn_q");
        assertEquals(8, plan.get("missing_imatrix").size());
        plan.get("missing_imatrix").forEach(name -> assertTrue(name.asString().endsWith(".attn_q.weight")));
        assertTrue(CliRun.of("plan", MODELS + "tiny-english-f16.header.gguf", "--base", "IQ2_S", "--dialect",
                "ik_llama.cpp", "--imatrix", legacy(imatrix), "--exclude-weights", "attn_q").failed(1)
                .contains("tensor 'blk.0.attn_q.weight': iq2_xs demands an entry in the importance matrix, and there is"
                        + " none for it"));
    }

    private Path legacy(String imatrix) {
        Path legacy = folder.resolve("i.dat");
        CliRun.outputOf("convert", imatrix, "-o", legacy);
        return legacy;
    }

    @Test
    void whatSelectsNoEntryIsAWarning() {
        String imatrix = "../testdata/tiny-english-prose.imatrix.gguf";
        Object[] plan = {"plan", MODELS + "tiny-english-f16.header.gguf", "--imatrix", imatrix, "--include-weights"};
        assertTrue(warnings(plan, "attn_.*", "--include-weights", "ffn_")
                .contains(
                        "--include-weights 'attn_.*' matches no entry of the importance matrix. The text is a part of"));
        assertTrue(warnings(plan, "attn_.*").contains("--include-weights leaves no entry"));
        assertTrue(CliRun.outputOf("plan", DENSE, "--exclude-weights", "x", "--format", "table")
                .contains("--exclude-weights has no effect without an importance matrix"));
    }

    private static String warnings(Object[] command, Object... options) {
        return CliRun.outputOf(Stream.concat(Stream.of(command), Stream.of(options)).toArray());
    }

    @Test
    void entriesAreIncludedOrExcluded() {
        assertTrue(CliRun.of("plan", DENSE, "--include-weights", "a", "--exclude-weights", "b").failed(2)
                .contains("--include-weights and --exclude-weights cannot be combined"));
    }
}
