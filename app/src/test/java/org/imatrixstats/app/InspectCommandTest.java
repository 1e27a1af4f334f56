package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.io.FileServer;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

class InspectCommandTest {
    private static final Path TESTDATA = Path.of("..", "testdata");
    private static final Path CHECKPOINTS = TESTDATA.resolve("checkpoints");
    private static final Path REFERENCE = Path.of("..", "..", "shared", "reference");

    @TempDir
    Path folder;

    private static JsonNode json(Object... arguments) {
        Object[] all = Stream.concat(Stream.of("inspect"),
                Stream.concat(Stream.of(arguments), Stream.of("--format", "json"))).toArray();
        JsonNode document = Json.parse(CliRun.of(all).out());
        Schemas.assertValid(document);
        return document.get("models").get(0);
    }

    private static JsonNode read(String file) throws IOException {
        return Json.parse(Files.readString(TESTDATA.resolve(file)));
    }

    static Stream<Arguments> entries(String file) throws IOException {
        return read(file).propertyStream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    static Stream<Arguments> models() throws IOException {
        return entries("inspect/models.json");
    }

    static Stream<Arguments> checkpoints() throws IOException {
        return entries("checkpoints/expected.json");
    }

    static Stream<Arguments> hostile() throws IOException {
        return entries("checkpoints/bad.json");
    }

    // ---- figures

    /** A header is enough: only the trained model is not in testdata as a whole. */
    private static Optional<Path> header(String name) {
        return Stream.of(TESTDATA.resolve("inspect"), TESTDATA.resolve("models"), REFERENCE.resolve("models"))
                .map(each -> each.resolve(name)).filter(Files::exists).findFirst();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void figuresAreThoseOfAnIndependentProgram(String name, JsonNode expected) {
        Optional<Path> file = header(name);
        assumeTrue(file.isPresent(), "the model is not here: ../shared/reference/models is absent");
        JsonNode model = json(file.get());
        for (Map.Entry<String, JsonNode> figure : expected.properties()) {
            String key = figure.getKey().equals("tensors") ? "tensor_count" : figure.getKey();
            assertEquals(figure.getValue(), model.get(key), key);
        }
    }

    @Test
    void aKeyOfACheckpointDoesNothingForOtherFiles() {
        Path file = Path.of("../testdata/models/tiny-english-f16.header.gguf");
        CliRun run = CliRun.of("inspect", file, "--key", "model").succeeded();
        assertEquals(
                "imatrix-stats: warning: " + file + " is not a PyTorch checkpoint: --key does nothing (--keys shows the"
                        + " keys of a GGUF file)\n",
                run.err());
    }

    @Test
    void anImportanceMatrixIsCalledSo() {
        assertTrue(CliRun.outputOf("inspect", ReferenceFiles.testdata("dense-prose.gguf"))
                .contains(
                        "\n  content        importance matrix, not a model: 'imatrix-stats stats' shows its figures\n"));
    }

    @Test
    void publishedNumbersOfParameters() {
        assertEquals(3_212_749_824L, json(TESTDATA.resolve("inspect/llama-3.2-3b.gguf")).get("parameters").asLong());
        assertEquals(6_738_415_616L, json(TESTDATA.resolve("inspect/llama-2-7b.gguf")).get("parameters").asLong());
        JsonNode mixtral = json(TESTDATA.resolve("inspect/mixtral-8x7b.gguf"));
        assertEquals(46_702_792_704L, mixtral.get("parameters").asLong());
        assertEquals(12_879_925_248L, mixtral.get("active_parameters").asLong());
    }

    // ---- tensors

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void tensorsAreThoseThatPyTorchSees(String name, JsonNode expected) {
        JsonNode model = json(CHECKPOINTS.resolve(name), "--values", 8);
        assertEquals(expected.get("tensors").size(), model.get("tensors").size());
        for (int i = 0; i < expected.get("tensors").size(); i++) {
            JsonNode tensor = model.get("tensors").get(i);
            for (Map.Entry<String, JsonNode> field : expected.get("tensors").get(i).properties()) {
                // What the other program did not decode, and keys that are memory addresses.
                boolean unknown = field.getValue().isNull() && List.of("values", "storage").contains(field.getKey());
                if (!unknown) {
                    assertEquals(field.getValue(), tensor.get(field.getKey()),
                            () -> tensor.get("name") + " " + field.getKey());
                }
            }
        }
        for (String key : List.of("container", "outside", "metadata")) {
            assertEquals(expected.has(key) ? expected.get(key) : model.get(key), model.get(key), key);
        }
    }

    @Test
    void stridesAndStoragesAreShownWhereThereAreViews() {
        String table = CliRun.outputOf("inspect", CHECKPOINTS.resolve("torch/tied-views.pth"), "--all");
        assertTrue(
                table.contains("fortran_2_3_4          2 × 3 × 4  F32         24     96    170  2 from 0 stride 1,2,6"),
                table);
        assertTrue(table.contains("100; 201 if what is shared counts each time"), table);
    }

    @Test
    void quantizedValuesAreDecoded() throws IOException {
        JsonNode tensor = json(TESTDATA.resolve("dense-prose.gguf"), "--values", 2).get("tensors").get(0);
        assertEquals(2, tensor.get("values").size());
    }

    // ---- hostile files

    /** Of the files that name code, the only one that nothing else can be shown of. */
    private static final String NOT_A_CHECKPOINT = "bad/torch/raw-pickle-os-system.pth";
    /** Files that a reader may answer or refuse, and that are refused: 1000 dimensions, and a pickle of 20 MB that ends early. */
    private static final Set<String> BEYOND_LIMITS = Set.of("bad/torch/size-1000-dims.pth",
            "bad/torch/zip-bomb-pickle.pth");

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void hostileFilesEndAsTheyShould(String name, JsonNode expected) {
        Path path = CHECKPOINTS.resolve(name.equals("bad/sets/path-outside/") ? name + "inner" : name);
        CliRun run = CliRun.of("inspect", path, "--values", 4);
        switch (expected.get("outcome").asString()) {
            case "refused" -> assertEquals(1, run.failed(1).lines().count(), run.err());
            case "flagged" -> {
                assertEquals(name.equals(NOT_A_CHECKPOINT) ? 1 : 3, run.exitCode(), run.err());
                assertTrue((run.out() + run.err()).matches("(?s).*names code .*"), run.out() + run.err());
            }
            case "bounded" -> {
                assertEquals(BEYOND_LIMITS.contains(name) ? 1 : 0, run.exitCode(), run.err());
                assertEquals(BEYOND_LIMITS.contains(name), run.out().isEmpty(), run.out());
            }
            default -> throw new IllegalArgumentException(expected.toString());
        }
        assertFalse(Files.exists(Path.of("PWNED")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan MODEL", "check IMATRIX --model MODEL",
        "recipe IMATRIX --model MODEL --target-bpw 4"})
    void nothingElseReadsACheckpointThatNamesCode(String command) {
        Object[] arguments = command.replace("MODEL", CHECKPOINTS.resolve("bad/torch/os-system.pth").toString())
                .replace("IMATRIX", TESTDATA.resolve("dense-prose.gguf").toString()).split(" ");
        assertTrue(CliRun.of(arguments).failed(1).contains("os.system"));
    }

    @Test
    void namesFromFilesDoNotReachTheTerminalAsTheyAre() {
        for (String format : List.of("table", "json", "csv", "markdown")) {
            CliRun run = CliRun.of("inspect", CHECKPOINTS.resolve("safetensors/names.safetensors"), "--all", "--format",
                    format);
            assertFalse(run.succeeded().out().chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' || c == 0x202e),
                    format);
        }
        assertTrue(CliRun.outputOf("inspect", CHECKPOINTS.resolve("safetensors/names.safetensors"), "--format", "csv")
                .contains("'=cmd|' /C calc'!A0"));
    }

    // ---- checksums

    private Path copied(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(CHECKPOINTS.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta-llama3", "meta-llama2", "meta-llama32-single"})
    void verifyComparesTheChecklist(String name) throws IOException {
        Path model = copied(name);
        JsonNode expected = read("checkpoints/expected.json").get(name + "/").get("checklist_wrong");
        assertEquals(0, CliRun.of("inspect", model, "--verify").exitCode());
        Files.copy(model.resolve("checklist-wrong.chk"), model.resolve("checklist.chk"),
                StandardCopyOption.REPLACE_EXISTING);
        CliRun run = CliRun.of("inspect", model, "--verify", "--format", "json");
        assertEquals(3, run.exitCode());
        List<String> wrong = Json.parse(run.out()).get("models").get(0).get("verification").valueStream()
                .map(JsonNode::asString).toList();
        assertEquals(2, wrong.size());
        assertTrue(wrong.get(0).contains(expected.get("mismatch").asString()), wrong.get(0));
        assertTrue(wrong.get(1).contains(expected.get("missing").asString() + ": is missing"), wrong.get(1));
    }

    @Test
    void verifyComparesTheChecksumsOfAZipArchive() {
        CliRun run = CliRun.of("inspect", CHECKPOINTS.resolve("bad/torch/zip-crc.pth"), "--verify");
        assertEquals(3, run.exitCode());
        assertTrue(run.out().contains("zip entry 'archive/data/0': its checksum is wrong"), run.out());
    }

    // ---- files on a server

    private static byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(TESTDATA.resolve(file));
    }

    @Test
    void aModelOnAServerIsReadByRanges() throws IOException {
        try (FileServer server = new FileServer()) {
            server.put("model.gguf", bytes("models/llama-3.1-8b.gguf"));
            server.put("model.safetensors", bytes("checkpoints/hf-single/model.safetensors"));
            server.put("config.json", bytes("checkpoints/hf-single/config.json"));
            assertEquals(8_030_261_248L, json(server.address("model.gguf")).get("parameters").asLong());
            JsonNode model = json(server.address("model.safetensors"), "--values", 1);
            assertEquals(28_480, model.get("parameters").asLong());
            assertEquals("llama", model.get("architecture").asString());
            assertEquals(server.address("model.safetensors"), model.get("path").asString());
        }
    }

    @Test
    void aSetOnAServerIsReadByItsIndex() throws IOException {
        try (FileServer server = new FileServer(); Stream<Path> files = Files.list(CHECKPOINTS.resolve("hf-llama"))) {
            for (Path file : files.toList()) {
                server.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
            server.failEvery(5);
            assertEquals(92_096, json(server.address("model.safetensors.index.json")).get("parameters").asLong());
        }
    }

    @Test
    void planCheckAndStatsTakeAddresses() throws IOException {
        try (FileServer server = new FileServer()) {
            server.put("model.gguf", bytes("models/tiny-english-f16.header.gguf"));
            server.put("imatrix.gguf", bytes("tiny-english-prose.imatrix.gguf"));
            String model = TESTDATA.resolve("models/tiny-english-f16.header.gguf").toString();
            String imatrix = TESTDATA.resolve("tiny-english-prose.imatrix.gguf").toString();
            for (String command : List.of("plan MODEL", "check IMATRIX --model MODEL", "stats IMATRIX --format csv")) {
                String local = CliRun.of((Object[]) command.replace("MODEL", model).replace("IMATRIX", imatrix)
                        .split(" ")).out();
                String remote = CliRun.of((Object[]) command.replace("MODEL", server.address("model.gguf"))
                        .replace("IMATRIX", server.address("imatrix.gguf")).split(" ")).out();
                assertFalse(remote.isEmpty(), command);
                assertEquals(local.replace(model, "MODEL").replace(imatrix, "IMATRIX").replaceAll("\\s+", " "),
                        remote.replace(server.address("model.gguf"), "MODEL")
                                .replace(server.address("imatrix.gguf"), "IMATRIX").replaceAll("\\s+", " "));
            }
            String recipe = CliRun.outputOf("recipe", server.address("imatrix.gguf"), "--model",
                    server.address("model.gguf"), "--target-bpw", "4.5", "--emit", "json");
            String command = Json.parse(recipe).get("command").toString();
            assertTrue(command.contains("IMATRIX.gguf") && !command.contains("http"), command);
        }
    }

    @Test
    void aServerThatCannotSendRangesIsOneLine() throws IOException {
        try (FileServer server = new FileServer()) {
            server.put("model.gguf", bytes("models/llama-3.1-8b.gguf")).ignoreRanges();
            assertEquals(
                    "imatrix-stats: " + server.address("model.gguf") + ": the server sends the whole file for a part of"
                            + " it: it does not support range requests\n",
                    CliRun.of("inspect", server.address("model.gguf")).failed(1));
        }
    }

    // ---- the rest of the command

    @Test
    void rawKeysAreShownWithLongArraysCut() {
        JsonNode keys = json(TESTDATA.resolve("models/tiny-english-f16.header.gguf"), "--keys").get("keys");
        JsonNode tokens = keys.valueStream().filter(key -> key.get("key").asString().equals("tokenizer.ggml.tokens"))
                .findFirst().orElseThrow();
        assertEquals("[STRING]", tokens.get("type").asString());
        assertEquals(384, tokens.get("count").asInt());
        assertEquals(6, tokens.get("value").size());
    }

    @Test
    void aKeyChoosesOtherTensorsOfACheckpoint() {
        JsonNode tensors = json(CHECKPOINTS.resolve("torch/nested-model.pth"), "--key", "optimizer").get("tensors");
        assertEquals("state.0.exp_avg", tensors.get(0).get("name").asString());
        assertTrue(CliRun.of("inspect", CHECKPOINTS.resolve("torch/nested-model.pth"), "--key", "ema").failed(1)
                .contains("no tensors under the key 'ema'"));
    }

    @Test
    void aNarrowTerminalGetsNarrowLines() {
        CliRun run = CliRun.on(new Terminal(60, false, false), "inspect",
                TESTDATA.resolve("inspect/mixtral-8x7b.gguf"));
        assertTrue(run.succeeded().out().lines().allMatch(line -> line.length() <= 60), run.out());
    }

    @Test
    void severalModelsInOneOutput() {
        String csv = CliRun.outputOf("inspect", CHECKPOINTS.resolve("torch/empty.pth"),
                CHECKPOINTS.resolve("torch/legacy.pth"), CHECKPOINTS.resolve("safetensors/single.safetensors"),
                "--format",
                "csv");
        assertEquals(1 + 3 + 3, csv.lines().count());
    }

    @Test
    void aModelThatLacksLayersIsSaidTo() {
        assertTrue(CliRun.outputOf("inspect", CHECKPOINTS.resolve("hf-single"))
                .contains("warning: the model has 2 layers, tensors of 1 are here"));
    }

    @Test
    void missingFileIsOneLine() {
        assertEquals("imatrix-stats: missing.pth: no such file\n", CliRun.of("inspect", "missing.pth").failed(1));
    }
}
