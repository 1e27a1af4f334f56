package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.GgufWriter;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Digests of expectation are those of files that llama-quantize wrote: testdata/quantize/runs. */
class QuantizeCommandTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");
    private static final String Q3_K_M = "7a87e0683b6085b40ff9004f5bd562cc46578b46b75b266ac9cb91491bf27282";

    @TempDir
    Path folder;

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void writesTheFileOfLlamaQuantizeForAnyNumberOfThreads() throws Exception {
        for (int threads : new int[]{1, 3}) {
            Path out = folder.resolve("q.gguf");
            assertEquals(out + ": 3.02 MiB, 3.90 bits per weight, Q3_K_M by llama.cpp\n",
                    CliRun.outputOf("quantize", MODEL, out, "Q3_K_M", "--threads", threads));
            assertEquals(Q3_K_M, sha256(out));
            assertEquals(List.of("q.gguf"), names());
        }
    }

    @Test
    void withoutAnOutputTheFileStandsBesideTheModel() throws Exception {
        Path model = Files.copy(MODEL, folder.resolve("model.gguf"));
        CliRun.outputOf("quantize", model, "q3_k_m");
        assertEquals(List.of("ggml-model-Q3_K_M.gguf", "model.gguf"), names());
        assertEquals(Q3_K_M, sha256(folder.resolve("ggml-model-Q3_K_M.gguf")));
    }

    @Test
    void overridesComeLastAndReplaceWhatTheModelSays() throws Exception {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "Q8_0", "--override-kv", "general.name=str:renamed", "--override-kv",
                "llama.context_length=int:-99", "--override-kv", "x.f=float:0.5", "--override-kv", "x.b=bool:true");
        try (GgufModel model = GgufModel.open(out)) {
            assertEquals("renamed", model.metadata().text("general.name").orElseThrow());
            assertEquals(new MetadataValue.Int(ValueType.UINT32, 99),
                    model.metadata().values().get("llama.context_length"));
            assertEquals(List.of("general.file_type", "general.name", "llama.context_length", "x.f", "x.b"),
                    model.metadata().values().keySet().stream()
                            .skip(model.metadata().values().size() - 5).toList());
        }
    }

    @Test
    void aRecipeGivesBaseTypeAndRules() throws Exception {
        Path recipe = folder.resolve("recipe.json");
        CliRun.outputOf("recipe", IMATRIX, "--model", MODEL, "--target-bpw", "4.2", "--importance", "proxy", "-o",
                recipe);
        JsonNode json = Json.parse(Files.readString(recipe));
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "--recipe", recipe, "--imatrix", IMATRIX);
        try (GgufModel model = GgufModel.open(out)) {
            for (JsonNode tensor : json.get("tensors")) {
                assertEquals(tensor.get("type").asString(),
                        model.tensor(tensor.get("name").asString()).ggmlType().ggmlName());
            }
            assertEquals(json.get("quant_bytes").asLong(),
                    model.tensors().stream().mapToLong(tensor -> tensor.bytes()).sum());
        }
        assertEquals(0, CliRun.of("verify", MODEL, out, "--recipe", recipe, "--imatrix", IMATRIX).exitCode());
        // As PowerShell redirects it.
        Files.writeString(recipe, "\ufeff" + json, StandardCharsets.UTF_16LE);
        assertEquals(0, CliRun.of("verify", MODEL, out, "--recipe", recipe, "--imatrix", IMATRIX).exitCode());
    }

    @Test
    void aQuantizedModelIsQuantizedAgainOnlyIfThatIsAllowed() {
        Path q8 = folder.resolve("q8.gguf");
        CliRun.outputOf("quantize", MODEL, q8, "Q8_0");
        Path again = folder.resolve("again.gguf");
        String message = CliRun.of("quantize", q8, again, "Q4_0").failed(1);
        assertTrue(message.contains("is q8_0 already") && message.contains("--allow-requantize"), message);
        assertFalse(Files.exists(again));
        CliRun.outputOf("quantize", q8, again, "Q4_0", "--allow-requantize");
        assertTrue(Files.exists(again));
    }

    @Test
    void aValueThatIsNotANumberIsNamedAndNoFileIsLeft() throws Exception {
        Path model = Files.copy(MODEL, folder.resolve("model.gguf"));
        poke(model, "blk.1.ffn_up.weight", 2 * (3 * 256 + 5), new byte[]{0, (byte) 0x7e});
        String message = CliRun.of("quantize", model, folder.resolve("q.gguf"), "Q4_K_S").failed(1);
        assertTrue(message.contains("tensor 'blk.1.ffn_up.weight': row 3, column 5 is NaN, expected a finite number"),
                message);
        assertEquals(List.of("model.gguf"), names());
    }

    @Test
    void mistakesInTheArgumentsAreUsageErrors() {
        assertTrue(CliRun.of("quantize", MODEL).failed(2).contains("missing type: name the type"));
        assertTrue(CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "Q4KM").failed(2)
                .contains("type to quantize to: llama.cpp has no base type 'Q4KM', did you mean 'Q4_K_M'?"));
        assertTrue(CliRun.of("quantize", MODEL, folder.resolve("q.gguf")).failed(2)
                .contains("missing type: name the type"));
        assertTrue(CliRun.of("quantize", MODEL, MODEL, "Q4_0").failed(2).contains("would replace an input file"));
        assertTrue(CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "Q4_0", "--override-kv", "a=int:x").failed(2)
                .contains("'x' is not a value of type int"));
        assertTrue(CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "IQ2_XXS").failed(1)
                .contains("demands an entry in the importance matrix"));
    }

    @Test
    void verifySaysWhichOfItsFilesIsNotOneOfThose() throws Exception {
        Path q8 = folder.resolve("q8.gguf");
        CliRun.outputOf("quantize", MODEL, q8, "Q8_0");
        assertTrue(CliRun.of("verify", MODEL, IMATRIX).failed(1)
                .contains(IMATRIX + ": is an importance matrix, expected a model"));
        assertTrue(CliRun.of("verify", q8, MODEL).err().contains(q8 + " is smaller than " + MODEL
                + ": expected the model first, then the quantized file"));
        assertEquals("", CliRun.of("verify", MODEL, q8).err());
    }

    @Test
    void aNumberOfThreadsMayFollowTheTypeAsForLlamaQuantize() throws Exception {
        Path model = Files.copy(MODEL, folder.resolve("model.gguf"));
        CliRun.outputOf("quantize", model, folder.resolve("named.gguf"), "Q4_0", "2");
        CliRun.outputOf("quantize", model, "Q4_0", "2");
        assertEquals(List.of("ggml-model-Q4_0.gguf", "model.gguf", "named.gguf"), names());
        assertEquals(-1, Files.mismatch(folder.resolve("named.gguf"), folder.resolve("ggml-model-Q4_0.gguf")));
    }

    /** llama-quantize ends in an assertion there: no check of its own comes first. */
    @Test
    void theOutputNeedsAnEntryForTypesThatCannotDoWithoutWeights() {
        String message = CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "Q8_0", "--imatrix", IMATRIX, "--rule",
                "^output=iq1_s").failed(1);
        assertTrue(
                message.contains("tensor 'output.weight' gets iq1_s, which demands an entry in the importance matrix,"
                        + " and there is none for it"),
                message);
    }

    @Test
    void verifySaysWhatDiffers() throws Exception {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "Q4_K_S", "--imatrix", IMATRIX);
        JsonNode equal = verified(0, out, "--imatrix", IMATRIX, "--base", "Q4_K_S");
        assertTrue(equal.get("equal").asBoolean());
        JsonNode without = verified(3, out);
        assertEquals("other_bytes", tensor(without, "blk.0.attn_q.weight").get("outcome").asString());
        assertEquals("equal", tensor(without, "output_norm.weight").get("outcome").asString());
        assertTrue(tensor(without, "blk.0.attn_q.weight").get("relative_error").asDouble() > tensor(without,
                "blk.0.attn_q.weight").get("expected_relative_error").asDouble());
        JsonNode types = verified(3, out, "--imatrix", IMATRIX, "--base", "Q4_K_M");
        assertEquals("other_type", tensor(types, "blk.0.attn_v.weight").get("outcome").asString());
        assertEquals("q6_K", tensor(types, "blk.0.attn_v.weight").get("expected_type").asString());
    }

    @Test
    void aRecipeThatIsNoJsonIsSaidToBeNone() throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.txt"), "attn_v=q6_K\n");
        Object out = folder.resolve("q.gguf");
        assertEquals(
                "imatrix-stats: " + rules + ": is not JSON, expected a recipe that 'imatrix-stats recipe --emit json'"
                        + " wrote",
                CliRun.of("quantize", MODEL, out, "--recipe", rules).failed(1).strip());
        assertTrue(CliRun.of("quantize", MODEL, "-", "Q4_0").failed(2).contains("the output needs a file name"));
    }

    @Test
    void whatIsNotGgufIsToBeConverted() {
        String model = "../testdata/checkpoints/hf-single";
        for (String given : List.of(model, model + "/model.safetensors")) {
            assertEquals(
                    "imatrix-stats: " + given + ": is not GGUF: convert the model first, with convert_hf_to_gguf.py of"
                            + " llama.cpp",
                    CliRun.of("quantize", given, folder.resolve("q.gguf"), "Q8_0").failed(1).strip());
        }
    }

    @Test
    void verifyRefusesTheImportanceMatrixOfAnotherModel() {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "Q4_K_S");
        String message = CliRun.of("verify", MODEL, out, "--imatrix", "../testdata/dense-prose.gguf").failed(1);
        assertTrue(message.contains("512 columns, but " + MODEL + " has 256"), message);
        assertTrue(message.contains("expected the importance matrix of this model"), message);
    }

    @Test
    void verifyAsksForTheImportanceMatrixOfTypesThatCannotDoWithoutWeights() {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "IQ2_XXS", "--imatrix", IMATRIX);
        String message = CliRun.of("verify", MODEL, out).failed(1);
        assertTrue(message.contains(
                "is iq2_xxs, which cannot be made without an importance matrix; expected the one that the file was"
                        + " quantized with"),
                message);
    }

    @Test
    void anImportanceMatrixInGgufServesIkLlamaCppToo() {
        Path legacy = legacyMatrix();
        Path out = quantizedByIk(IMATRIX);
        for (Object matrix : List.of(IMATRIX, legacy)) {
            CliRun.of("verify", MODEL, out, "--imatrix", matrix, "--dialect", "ik_llama.cpp").succeeded();
        }
    }

    private Path legacyMatrix() {
        Path legacy = folder.resolve("i.dat");
        CliRun.outputOf("convert", IMATRIX, "-o", legacy);
        return legacy;
    }

    private Path quantizedByIk(Object matrix) {
        Path out = folder.resolve("ik.gguf");
        CliRun.outputOf("quantize", MODEL, out, "IQ4_KS", "--dialect", "ik_llama.cpp", "--imatrix", matrix);
        return out;
    }

    @Test
    void verifyTakesTypesOfTheFileAsTheNamedProgramWritesThem() {
        Path matrix = legacyMatrix();
        Path out = quantizedByIk(matrix);
        Object[] verify = {"verify", MODEL, out, "--imatrix", matrix, "--dialect", "ik_llama.cpp"};
        assertEquals(0, CliRun.of(verify).exitCode(), CliRun.of(verify)::out);
        assertTrue(CliRun.of("verify", MODEL, out, "--pure").failed(2).contains("--pure needs the base type"));
    }

    @Test
    void verifyFindsInvalidBlocks() throws Exception {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "Q4_K_S");
        // A row of attn_q has one block of 144 bytes, which starts with its scale in half precision.
        poke(out, "blk.2.attn_q.weight", 144 * 7, new byte[]{0, (byte) 0x7c});
        JsonNode tensor = tensor(verified(3, out), "blk.2.attn_q.weight");
        assertEquals("invalid", tensor.get("outcome").asString());
        assertEquals(7, tensor.get("first_invalid_block").asLong());
        assertEquals(1, tensor.get("invalid_rows").asLong());
        assertTrue(tensor.get("relative_error").isNull());
    }

    /** Models of RWKV have such shapes. ggml writes them without the dimensions of 1 at the end. */
    @Test
    void dimensionsOf1AtTheEndAreNotADifference() throws IOException {
        Path model = new GgufBuilder().text("general.architecture", "rwkv7")
                .tensor("blk.0.attn_q.weight", List.of(32L, 2L, 1L, 1L), new float[64])
                .tensor("blk.0.time_mix_x_r.weight", List.of(8L, 1L, 1L), new float[8])
                .write(folder.resolve("model.gguf"));
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", model, out, "Q8_0");
        assertEquals(0, CliRun.of("verify", model, out).exitCode());
        assertEquals("", CliRun.of("weights", model, out).succeeded().err());
    }

    private static JsonNode verified(int exitCode, Object file, Object... options) {
        Object[] all = Stream.concat(Stream.of("verify", MODEL, file, "--format", "json"), Stream.of(options))
                .toArray();
        CliRun run = CliRun.of(all);
        assertEquals(exitCode, run.exitCode(), run.err());
        JsonNode json = Json.parse(run.out());
        Schemas.assertValid(json);
        return json;
    }

    private static JsonNode tensor(JsonNode report, String name) {
        return report.get("tensors").valueStream().filter(tensor -> tensor.get("name").asString().equals(name))
                .findFirst().orElseThrow();
    }

    private static void poke(Path file, String tensor, long at, byte[] bytes) throws IOException {
        long offset;
        try (GgufModel model = GgufModel.open(file)) {
            offset = model.tensor(tensor).offset() + at;
        }
        byte[] all = Files.readAllBytes(file);
        System.arraycopy(bytes, 0, all, (int) offset, bytes.length);
        Files.write(file, all);
    }

    @Test
    void prunedLayersAreLeftOutAndThoseBehindThemMoveUp() throws Exception {
        Path whole = folder.resolve("whole.gguf");
        Path pruned = folder.resolve("pruned.gguf");
        CliRun.outputOf("quantize", MODEL, whole, "Q4_K_S", "--pure", "--imatrix", IMATRIX);
        CliRun.outputOf("quantize", MODEL, pruned, "Q4_K_S", "--pure", "--imatrix", IMATRIX, "--prune-layers", "1,3");
        try (GgufModel before = GgufModel.open(whole); GgufModel after = GgufModel.open(pruned)) {
            assertEquals(6, after.metadata().integer("llama.block_count").orElseThrow());
            assertEquals(3 + 6 * 9, after.tensors().size());
            List<Integer> kept = List.of(0, 2, 4, 5, 6, 7);
            for (TensorInfo tensor : after.tensors()) {
                TensorName name = TensorName.of(tensor.name());
                String former = name.hasLayer() ? name.inLayer(kept.get(name.layer())) : tensor.name();
                byte[] a = new byte[(int) tensor.bytes()];
                byte[] b = new byte[a.length];
                after.copy(tensor, 0, a, 0, a.length);
                before.copy(before.tensor(former), 0, b, 0, b.length);
                assertArrayEquals(b, a, tensor.name());
            }
        }
        // llama-quantize passes over such a layer, so the message does not speak in its name.
        assertEquals("imatrix-stats: " + MODEL + ": has no layer 8 to prune",
                CliRun.of("plan", MODEL, "--prune-layers", "8").failed(1).strip());
    }

    /** The digest is that of the data that llama-quantize of February 2025 wrote with the same options. */
    @ParameterizedTest
    @CsvSource({
        "--include-weights attn_ --include-weights ffn_up, 40, 77bb614328f35fc9c510ddc35ea1f45ec9437597ae3f933e9955b8cd1ef2f388",
        "--exclude-weights ffn_down, 48, 6231f58e6404dc878f7916b1392d7192ba6eaf268d646b91c2017addb6f33632"})
    void entriesThatAreLeftOutWeighNothing(String given, int entries, String digest) throws Exception {
        Path legacy = folder.resolve("i.dat");
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("convert", IMATRIX, "-o", legacy);
        Object[] options = Stream.concat(Stream.of("--imatrix", legacy), Stream.of(given.split(" "))).toArray();
        CliRun.of(with(options, "quantize", MODEL, out, "Q4_K_S")).succeeded();
        assertEquals(digest, dataSha256(out));
        try (GgufModel model = GgufModel.open(out)) {
            assertEquals(entries, model.metadata().integer("quantize.imatrix.entries_count").orElseThrow());
        }
        assertTrue(CliRun.outputOf(with(options, "verify", MODEL, out)).contains("equal: all 75 tensors"));
        assertEquals(3, CliRun.of("verify", MODEL, out, "--imatrix", legacy).exitCode());
    }

    @Test
    void withoutAnyEntryTheModelIsQuantizedAsWithoutAnImportanceMatrix() throws Exception {
        Path plain = folder.resolve("plain.gguf");
        Path none = folder.resolve("none.gguf");
        CliRun.outputOf("quantize", MODEL, plain, "Q3_K_M");
        CliRun run = CliRun.of("quantize", MODEL, none, "Q3_K_M", "--imatrix", IMATRIX, "--exclude-weights", "blk.")
                .succeeded();
        assertTrue(run.err().contains("leaves no entry: llama-quantize works as if there were no importance matrix"),
                run.err());
        assertEquals(sha256(plain), sha256(none));
    }

    private static Object[] with(Object[] options, Object... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of(options)).toArray();
    }

    private static String dataSha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (GgufModel model = GgufModel.open(file)) {
            for (TensorInfo tensor : model.tensors()) {
                byte[] data = new byte[(int) tensor.bytes()];
                model.copy(tensor, 0, data, 0, data.length);
                digest.update(data);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** llama-quantize copies the key and aligns to 32 bytes, whatever it says: other values make a file that nobody reads. */
    @ParameterizedTest
    @CsvSource({"32, true", "64, false"})
    void theAlignmentIsStatedOnlyIfItIsTrue(int alignment, boolean stated) throws Exception {
        Path model = new GgufBuilder().text("general.architecture", "llama").alignment(alignment)
                .tensor("blk.0.attn_q.weight", List.of(32L, 1L), new float[32])
                .tensor("blk.0.attn_norm.weight", List.of(1L), 1).write(folder.resolve("model.gguf"));
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", model, out, "Q8_0");
        try (GgufModel quantized = GgufModel.open(out)) {
            assertEquals(stated, quantized.metadata().values().containsKey("general.alignment"));
            assertEquals(List.of(), quantized.warnings());
        }
    }

    /** llama-quantize of v0.5.0 writes them: llama.cpp does not load its files with 128 and 4096. */
    @ParameterizedTest
    @ValueSource(strings = {"int:64", "int:16", "int:33", "int:0", "str:32", "float:32"})
    void noOtherAlignmentIsClaimed(String value) {
        String message = CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "Q8_0", "--override-kv",
                "general.alignment=" + value).failed(2);
        assertTrue(message.contains("general.alignment=" + value + "': the data are aligned to 32 bytes. With another"
                + " value, programs look for them in the wrong place"), message);
        assertFalse(Files.exists(folder.resolve("q.gguf")));
    }

    @Test
    void theAlignmentOfTheDataMayBeStated() throws IOException {
        Path out = folder.resolve("q.gguf");
        CliRun.outputOf("quantize", MODEL, out, "Q8_0", "--override-kv", "general.alignment=int:32");
        try (GgufModel quantized = GgufModel.open(out)) {
            assertEquals(32, quantized.metadata().integer("general.alignment").orElseThrow());
        }
    }

    /** With split.count=3, llama.cpp looks for two more files. */
    @Test
    void aSingleFileDoesNotClaimToBeAPart() {
        assertTrue(CliRun.of("quantize", MODEL, folder.resolve("q.gguf"), "Q8_0", "--override-kv",
                "split.count=int:3").failed(2).contains("these keys follow from the files that are written"));
    }

    @Test
    void aSplitModelStaysSplitOrBecomesOneFile() throws Exception {
        List<Path> parts = split();
        Path one = folder.resolve("one.gguf");
        CliRun.outputOf("quantize", parts.get(1), one, "Q3_K_M");
        assertEquals(Q3_K_M, sha256(one));
        String said = CliRun.outputOf("quantize", parts.get(0), folder.resolve("kept.gguf"), "Q3_K_M", "--keep-split");
        assertTrue(said.startsWith(folder.resolve("kept-00001-of-00002.gguf") + " to "
                + folder.resolve("kept-00002-of-00002.gguf") + ": "), said);
        try (GgufModel kept = GgufModel.open(folder.resolve("kept-00002-of-00002.gguf"));
                GgufModel whole = GgufModel.open(one)) {
            assertEquals(2, kept.parts().size());
            assertEquals(whole.tensors().size(), kept.tensors().size());
            byte[] a = new byte[144];
            byte[] b = new byte[144];
            for (var tensor : whole.tensors()) {
                whole.copy(tensor, 0, a, 0, 144);
                kept.copy(kept.tensor(tensor.name()), 0, b, 0, 144);
                assertArrayEquals(a, b);
            }
            assertEquals(new MetadataValue.Int(ValueType.UINT16, 1),
                    kept.parts().get(1).metadata().values().get("split.no"));
        }
    }

    @ParameterizedTest
    @CsvSource({"m-00002-of-00002.gguf, ", "m, --keep-split"})
    void noPartOfTheModelIsReplaced(String out, String option) throws IOException {
        List<Path> parts = split();
        List<byte[]> before = new ArrayList<>();
        for (Path part : parts) {
            before.add(Files.readAllBytes(part));
        }
        List<Object> arguments = new ArrayList<>(
                List.of("quantize", parts.getFirst(), parts.getFirst().resolveSibling(out), "Q8_0"));
        if (option != null) {
            arguments.add(option);
        }
        String error = CliRun.of(arguments.toArray()).err();
        assertTrue(error.contains("replace"), error);
        for (int i = 0; i < parts.size(); i++) {
            assertArrayEquals(before.get(i), Files.readAllBytes(parts.get(i)));
        }
    }

    /** Cuts a model into two parts, as gguf-split does. */
    private List<Path> split() throws IOException {
        List<Path> parts = new ArrayList<>();
        try (GgufModel model = GgufModel.open(MODEL)) {
            List<TensorInfo> tensors = model.tensors();
            List<List<TensorInfo>> halves = List.of(tensors.subList(0, 30), tensors.subList(30, tensors.size()));
            for (int number = 0; number < 2; number++) {
                SequencedMap<String, MetadataValue> keys = new LinkedHashMap<>();
                for (String key : number == 0 ? model.metadata().values().keySet() : List.<String>of()) {
                    keys.put(key, model.metadata().whole(key));
                }
                keys.put("split.no", new MetadataValue.Int(ValueType.UINT16, number));
                keys.put("split.count", new MetadataValue.Int(ValueType.UINT16, 2));
                keys.put("split.tensors.count", new MetadataValue.Int(ValueType.INT32, tensors.size()));
                parts.add(folder.resolve("m-0000" + (number + 1) + "-of-00002.gguf"));
                try (OutputStream out = Files.newOutputStream(parts.getLast())) {
                    GgufWriter writer = new GgufWriter(out, keys, halves.get(number).stream()
                            .map(each -> new GgufWriter.NewTensor(each.name(), each.ggmlType(), each.dims()))
                            .toList());
                    for (TensorInfo tensor : halves.get(number)) {
                        byte[] data = new byte[(int) tensor.bytes()];
                        model.copy(tensor, 0, data, 0, data.length);
                        writer.write(data, data.length);
                    }
                }
            }
        }
        return parts;
    }
}
