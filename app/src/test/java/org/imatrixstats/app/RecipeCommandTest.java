package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.gguf.GgufBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

class RecipeCommandTest {
    private static final String IMATRIX = "../testdata/tiny-english-prose.imatrix.gguf";
    private static final String MODEL = "../testdata/models/tiny-english-f16.header.gguf";
    private static final String LARGE = "../testdata/models/llama-3.1-8b.gguf";
    private static final int Q8_0 = 8;
    private static final Path PAGE = Path.of("../docs/recipe.md");

    @TempDir
    Path folder;

    private static CliRun recipe(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("recipe"));
        all.addAll(List.of(arguments));
        return CliRun.of(all.toArray());
    }

    private static CliRun tiny(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of(IMATRIX, "--model", MODEL));
        all.addAll(List.of(arguments));
        return recipe(all.toArray());
    }

    private static JsonNode json(CliRun run) {
        return Json.parse(run.succeeded().out());
    }

    // ---- what is written

    @Test
    void theCommandIsCompleteAndQuotedForAShell() throws Exception {
        CliRun run = tiny("--target-bpw", "4.5").succeeded();
        assertTrue(
                run.out().startsWith("llama-quantize \\\n  --imatrix " + IMATRIX + " \\\n  --tensor-type '^output\\.w"),
                run.out());
        assertTrue(run.out().endsWith(" \\\n  " + MODEL + " tiny-english-f16.header-4.50bpw.gguf Q8_0\n"), run.out());
        assertEquals(arguments(), seenBy(run.out()));
    }

    @Test
    void theMatrixMayBeNamedAsInOtherCommands() {
        CliRun named = CliRun.of("recipe", "--imatrix", IMATRIX, "--model", MODEL, "--target-bpw", "4.5");
        assertEquals(tiny("--target-bpw", "4.5"), named);
        assertTrue(tiny("--target-bpw", "4.5", "--imatrix", IMATRIX).failed(2).contains("two importance matrices"));
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        assertEquals(tiny("--target-bpw", "4.5", "--no-cache"),
                tiny("--target-bpw", "4.5", "--no-cache", "--threads", "1"));
    }

    @Test
    void formatIsAnotherNameOfEmit() {
        assertEquals(tiny("--target-bpw", "4.5", "--emit", "json"), tiny("--target-bpw", "4.5", "--format", "json"));
        assertEquals(tiny("--target-bpw", "4.5"), tiny("--target-bpw", "4.5", "--format", "command"));
    }

    @Test
    void theCommandIsQuotedForTheShellThatIsNamed() {
        String powerShell = tiny("--target-bpw", "4.5", "--shell", "powershell").succeeded().out();
        assertTrue(
                powerShell.startsWith("llama-quantize `\n  --imatrix " + IMATRIX + " `\n  --tensor-type '^output\\.w"),
                powerShell);
        String cmd = tiny("--target-bpw", "4.5", "--shell", "CMD").succeeded().out();
        assertTrue(cmd.startsWith("llama-quantize ^\n  --imatrix " + IMATRIX + " ^\n  --tensor-type \"^output\\.w"),
                cmd);
        String ik = tiny("--target-bpw", "4.5", "--shell", "powershell", "--dialect", "ik_llama.cpp").succeeded().out();
        assertTrue(ik.startsWith("imatrix-stats convert " + IMATRIX + " -o "), ik);
        assertTrue(ik.contains(".dat\nif ($LASTEXITCODE -eq 0) {\nllama-quantize `\n") && ik.endsWith(" Q8_0\n}\n"),
                ik);
    }

    @Test
    void aShellIsForCommandsAlone() {
        assertTrue(tiny("--target-bpw", "4.5", "--shell", "cmd", "--emit", "json").failed(2)
                .contains("--shell works only with --emit command"));
        assertTrue(tiny("--target-bpw", "4.5", "--shell", "bash").failed(2).contains("unknown shell 'bash'"));
    }

    @Test
    void whatTheCommandPromptCannotTakeIsSaid() throws IOException {
        Path model = Files.copy(Path.of(MODEL), folder.resolve("a\nb.gguf"));
        assertTrue(recipe(IMATRIX, "--model", model, "--target-bpw", "4.5", "--shell", "cmd").failed(2)
                .contains("a file name with a line break cannot be quoted for cmd"));
    }

    @Test
    void rulesOfLlamaCppAreArgumentsAfterSubstitution() throws Exception {
        Path rules = folder.resolve("rules.txt");
        Files.writeString(rules, tiny("--target-bpw", "4.5", "--emit", "rules").succeeded().out());
        List<String> all = arguments();
        assertEquals(all.subList(2, all.size() - 3), seenBy("llama-quantize $(cat '" + rules + "')\n"));
    }

    /** Those that JSON has, without the name of the program. */
    private static List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        json(tiny("--target-bpw", "4.5", "--emit", "json")).get("command")
                .forEach(argument -> arguments.add(argument.asString()));
        return arguments.subList(1, arguments.size());
    }

    /** What a shell makes of a line: the arguments that the program sees. */
    private List<String> seenBy(String line) throws Exception {
        Path program = Files.writeString(folder.resolve("llama-quantize"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertTrue(program.toFile().setExecutable(true));
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", line);
        shell.environment().merge("PATH", folder.toString(), (path, ours) -> ours + ":" + path);
        Process process = shell.start();
        List<String> seen = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor());
        return seen;
    }

    @Test
    void theSummaryIsNotInTheWayOfWhatIsEmitted() {
        CliRun run = tiny("--target-bpw", "4.5", "--emit", "file").succeeded();
        assertTrue(run.out().lines().allMatch(line -> line.matches("\\^\\S+\\$=[a-z0-9_K]+")), run.out());
        assertTrue(run.err().contains("  4.4995 bpw, 3.48 MiB (3,651,584 bytes); 400 bytes below"), run.err());
        assertTrue(run.err().contains("This is an estimate"), run.err());
    }

    @Test
    void withAFileTheSummaryIsTheOutput() throws IOException {
        Path rules = folder.resolve("rules.txt");
        CliRun run = tiny("--target-bpw", "4.5", "--emit", "file", "-o", rules).succeeded();
        assertEquals("", run.err());
        assertTrue(run.out().contains("4.4995 bpw"), run.out());
        // The plan takes what was written and gives the size that was said.
        JsonNode plan = Json.parse(CliRun.outputOf("plan", MODEL, "--base", "Q8_0", "--tensor-type-file", rules,
                "--imatrix", IMATRIX, "--format", "json"));
        assertEquals(3_651_584, plan.get("quant_bytes").asLong());
    }

    @Test
    void rulesOfIkAreOneStringThatItsPlanTakes() {
        String rules = recipe("--model", LARGE, "--target-bpw", "4", "--dialect", "ik_llama.cpp", "--emit", "rules")
                .succeeded().out();
        assertEquals(1, rules.lines().count());
        JsonNode recipe = json(recipe("--model", LARGE, "--target-bpw", "4", "--dialect", "ik_llama.cpp", "--emit",
                "json"));
        JsonNode plan = Json.parse(CliRun.outputOf("plan", LARGE, "--base", "Q8_0", "--custom-q", rules.strip(),
                "--format", "json"));
        assertEquals(recipe.get("quant_bytes").asLong(), plan.get("quant_bytes").asLong());
        for (int i = 0; i < plan.get("tensors").size(); i++) {
            assertEquals(plan.at("/tensors/" + i + "/type"), recipe.at("/tensors/" + i + "/type"));
        }
    }

    @Test
    void aGgufMatrixIsConvertedForIk() {
        String command = tiny("--target-bpw", "4.5", "--dialect", "ik_llama.cpp").succeeded().out();
        String legacy = IMATRIX.replace(".gguf", ".dat");
        assertTrue(command.startsWith("imatrix-stats convert " + IMATRIX + " -o " + legacy
                + " &&\nllama-quantize \\\n  --imatrix " + legacy + " \\\n  --custom-q '^"), command);
    }

    /** Neither program unpacks: what is converted is what the command names. */
    @Test
    void aCompressedMatrixIsUnpackedFirst() throws Exception {
        Path packed = folder.resolve("im.gguf.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(Path.of(IMATRIX), out);
        }
        String command = recipe(packed, "--model", MODEL, "--target-bpw", "4.5").succeeded().out();
        Path plain = folder.resolve("im.gguf");
        String convert = "imatrix-stats convert " + packed + " -o " + plain;
        assertTrue(command.startsWith(convert + " &&\nllama-quantize \\\n  --imatrix " + plain + " "), command);
        CliRun.of("convert", packed, "-o", plain).succeeded();
        assertEquals(-1, Files.mismatch(plain, Path.of(IMATRIX)));
        String ik = recipe(packed, "--model", MODEL, "--target-bpw", "4.5", "--dialect", "ik_llama.cpp").succeeded()
                .out();
        assertTrue(ik.startsWith("imatrix-stats convert " + packed + " -o " + folder.resolve("im.dat") + " "), ik);
        // Never onto itself.
        Path misnamed = Files.move(packed, plain, StandardCopyOption.REPLACE_EXISTING);
        String other = recipe(misnamed, "--model", MODEL, "--target-bpw", "4.5").succeeded().out();
        assertTrue(other.startsWith("imatrix-stats convert " + plain + " -o " + folder.resolve("im-unpacked.gguf")),
                other);
    }

    @Test
    void oddNamesReachTheProgramAsTheyAre() throws Exception {
        for (String name : List.of("it's $x \"q\" `y`.gguf", "a b\\c;*.gguf")) {
            Path model = Files.copy(Path.of(MODEL), folder.resolve(name));
            List<String> seen = seenBy(
                    recipe(IMATRIX, "--model", model, "--target-bpw", "4.5").succeeded().out());
            assertEquals(model.toString(), seen.get(seen.size() - 3));
            assertEquals(name.replace(".gguf", "-4.50bpw.gguf"), seen.get(seen.size() - 2));
        }
        Path model = Files.copy(Path.of(MODEL), folder.resolve("-F16.gguf"));
        String command = recipe(IMATRIX, "--model", model, "--target-bpw", "4.5").succeeded().out();
        assertTrue(command.endsWith(" ./-4.50bpw.gguf Q8_0\n"), command);
    }

    @Test
    void aModelThatIsQuantizedAlreadyIsRequantizedWithAWarning() throws Exception {
        Path model = new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1)
                .tensor(GgufBuilder.Tensor.of("blk.0.attn_q.weight", Q8_0, new byte[8 * 272], List.of(256L, 8L)))
                .write(folder.resolve("q.gguf"));
        CliRun run = recipe("--model", model, "--target-bpw", "5").succeeded();
        assertTrue(run.out().startsWith("llama-quantize \\\n  --allow-requantize \\\n  --tensor-type "), run.out());
        assertTrue(run.err().contains("warning: the model is quantized already"), run.err());
    }

    /** Both programs read the number at its start, and would take 8b-4.50bpw.gguf for the base type 8. */
    @Test
    void anOutputThatBeginsWithANumberIsNoBaseType() throws Exception {
        Path model = Files.copy(Path.of(MODEL), folder.resolve("8b.gguf"));
        String command = recipe(IMATRIX, "--model", model, "--target-bpw", "4.5").succeeded().out();
        assertTrue(command.endsWith(" ./8b-4.50bpw.gguf Q8_0\n"), command);
    }

    @Test
    void bytesAreIntegersInJson() {
        JsonNode recipe = json(tiny("--target-bpw", "4.5", "--emit", "json", "--versus", "Q4_K_M"));
        for (String path : List.of("/quant_bytes", "/budget_bytes", "/tensors/0/bytes", "/versus/quant_bytes",
                "/versus/kinds/0/bytes", "/versus/kinds/0/versus_bytes")) {
            assertTrue(recipe.at(path).isIntegralNumber(), path + " is " + recipe.at(path));
        }
    }

    @Test
    void aMixThatWouldBeRefusedIsComparedWithAWarning() {
        CliRun run = recipe("--model", MODEL, "--target-bpw", "4.5", "--versus", "IQ2_XS").succeeded();
        assertTrue(run.err().startsWith("imatrix-stats: warning: --versus IQ2_XS: llama.cpp would refuse it, "),
                run.err());
        assertTrue(run.err().contains(". Distortion unknown\n"), run.err());
    }

    @Test
    void aBaseThatIsRefusedWhateverTheTypesIsAnErrorThatSaysSo() {
        assertEquals("imatrix-stats: llama-quantize of ik_llama.cpp would refuse: ik_llama.cpp does not quantize to"
                + " IQ2_XS without an importance matrix: give one with --imatrix, or --ignore-imatrix-rules\n",
                recipe("--model", MODEL, "--target-bpw", "4.5", "--dialect", "ik_llama.cpp", "--base", "IQ2_XS")
                        .failed(ExitCode.FAILED));
    }

    @Test
    void aMixThatIsRefusedIsNamed() {
        String err = recipe("--model", "../testdata/models/deepseek-v2-lite.gguf", "--target-bpw", "4.5", "--versus",
                "Q1_0").failed(ExitCode.FAILED);
        assertTrue(err.startsWith("imatrix-stats: --versus Q1_0: llama-quantize of llama.cpp would refuse it: tensor"
                + " 'blk.0.ffn_down.weight': its rows of 10944 "), err);
    }

    /** All default types near the target are larger than q2_K; of the smaller ones iq2_s has the least D. */
    @Test
    void limitsReachBeyondTheTypesNearTheTarget() {
        JsonNode recipe = json(tiny("--target-bpw", "4.5", "--max-type", "ffn_*=q2_K", "--emit", "json"));
        for (JsonNode tensor : recipe.get("tensors")) {
            if (tensor.get("name").asString().contains(".ffn_") && tensor.get("quantized").asBoolean()) {
                assertEquals("iq2_s", tensor.get("type").asString());
            }
        }
    }

    @Test
    void jsonIsAsTheSchemaSays() throws IOException {
        for (CliRun run : List.of(tiny("--target-bpw", "4.5", "--emit", "json", "--versus", "Q4_K_M"),
                recipe(IMATRIX, "--raise", "50%", "--to", "q6_K", "--emit", "json"))) {
            Schemas.assertValid(json(run));
            assertEquals("", run.err());
        }
    }

    @Test
    void jsonAddsUp() {
        JsonNode recipe = json(tiny("--target-bpw", "4.5", "--emit", "json"));
        long bytes = 0;
        double loss = 0;
        for (JsonNode tensor : recipe.get("tensors")) {
            bytes += tensor.get("bytes").asLong();
            loss += tensor.get("loss").isNull() ? 0 : tensor.get("loss").asDouble();
        }
        assertEquals(recipe.get("quant_bytes").asLong(), bytes);
        assertEquals(recipe.get("loss").asDouble(), loss, 1e-6 * loss);
        assertTrue(bytes <= recipe.get("budget_bytes").asLong());
        assertTrue(recipe.get("gap").asDouble() <= 1e-4);
    }

    @Test
    void markdownHasARowPerKindAndTypeThatAddUp() {
        String table = tiny("--target-bpw", "4.5", "--emit", "markdown").succeeded().out();
        long sum = table.lines().filter(line -> line.startsWith("| ") && line.matches(".*\\d.*"))
                .filter(line -> !line.startsWith("| all "))
                .mapToLong(line -> Long.parseLong(line.split(" \\| ")[3].replace(",", ""))).sum();
        assertEquals(3_651_584, sum);
        assertTrue(table.contains("| all |  |  | 3,651,584 | 4.4995 |\n"), table);
    }

    @Test
    void aTargetSizeIsNeverExceeded() {
        for (String size : List.of("3500KiB", "3.4MiB", "3.4MB", "3600000B")) {
            JsonNode recipe = json(tiny("--target-size", size, "--emit", "json"));
            assertTrue(recipe.get("quant_bytes").asLong() <= recipe.get("budget_bytes").asLong());
        }
        assertEquals(3_400_000, json(tiny("--target-size", "3.4MB", "--emit", "json")).get("budget_bytes").asLong());
        assertEquals(3_565_158,
                json(tiny("--target-size", "3.4MiB", "--emit", "json")).get("budget_bytes").asLong());
    }

    /** At the size of a mix a recipe has less of what it minimises than the mix. */
    @Test
    void atTheSizeOfAMixTheProxyIsNoWorse() {
        JsonNode versus = json(tiny("--target-bpw", "4.8411", "--versus", "Q4_K_M", "--emit", "json"));
        assertTrue(versus.get("distortion").asDouble() < versus.at("/versus/distortion").asDouble());
        JsonNode plan = Json
                .parse(CliRun.outputOf("plan", MODEL, "--base", "Q4_K_M", "--imatrix", IMATRIX, "--format",
                        "json"));
        assertEquals(plan.get("quant_bytes").asLong(), versus.at("/versus/quant_bytes").asLong());
    }

    @Test
    void measuredLossesReplaceImportance() throws IOException {
        Path file = folder.resolve("s.csv");
        StringBuilder losses = new StringBuilder("tensor,value\n");
        json(tiny("--target-bpw", "4.5", "--emit", "json")).get("tensors").forEach(tensor -> {
            String name = tensor.get("name").asString();
            if (tensor.get("quantized").asBoolean()) {
                losses.append(name).append(name.equals("blk.2.attn_q.weight") ? ",1e6\n" : ",1\n");
            }
        });
        Files.writeString(file, losses + "blk.99.attn_q.weight,1\n");
        CliRun run = tiny("--target-bpw", "4.5", "--emit", "json", "--sensitivity", file);
        JsonNode recipe = json(run);
        for (JsonNode tensor : recipe.get("tensors")) {
            if (tensor.get("name").asString().equals("blk.2.attn_q.weight")) {
                assertEquals("q8_0", tensor.get("type").asString());
            }
        }
        assertTrue(run.err().contains("1 of its tensors are not in " + MODEL + ", such as blk.99.attn_q.weight"),
                run.err());
    }

    @Test
    void lossesPerTypeAreChosenFromAsTheyAre() throws IOException {
        StringBuilder losses = new StringBuilder("tensor,type,value\n");
        json(tiny("--target-bpw", "4.5", "--emit", "json")).get("tensors").forEach(tensor -> {
            String name = tensor.get("name").asString();
            if (tensor.get("quantized").asBoolean()) {
                losses.append(name).append(",q4_0,3\n").append(name)
                        .append(name.contains(".3.") ? ",q5_1,1\n" : ",q5_1,2.9\n");
            }
        });
        Path file = Files.writeString(folder.resolve("s.csv"), losses);
        JsonNode recipe = json(tiny("--target-bpw", "4.7", "--emit", "json", "--sensitivity", file, "--dialect",
                "llama.cpp"));
        assertEquals("[\"q4_0\",\"q5_1\"]", recipe.get("types").toString());
        double loss = 0;
        for (JsonNode tensor : recipe.get("tensors")) {
            String name = tensor.get("name").asString();
            boolean better = tensor.get("type").asString().equals("q5_1");
            assertTrue(better || !name.matches("blk\\.3\\..*(attn_[qkv]|ffn_gate|ffn_up).weight"), name);
            loss += !tensor.get("quantized").asBoolean() ? 0 : !better ? 3 : name.contains(".3.") ? 1 : 2.9;
        }
        assertEquals(loss, recipe.get("loss").asDouble(), 1e-9);
    }

    @Test
    void theMostImportantHalfIsRaisedWithoutAModel() {
        CliRun run = recipe(IMATRIX, "--raise", "50%", "--to", "q6_K", "--kind", "ffn_down").succeeded();
        assertEquals("llama-quantize \\\n  --imatrix " + IMATRIX
                + " \\\n  --tensor-type '^blk\\.[0167]\\.ffn_down\\.weight$=q6_K' \\\n"
                + "  MODEL.gguf MODEL-Q4_K_M-recipe.gguf Q4_K_M\n", run.out());
        assertTrue(run.err().replaceAll("\\s+", " ").contains("the size needs the model"), run.err());
        assertFalse(run.err().contains("MiB"), run.err());
    }

    @Test
    void theShareThatIsRaisedIsSaidAsItWasGiven() {
        for (String share : List.of("0.5%", "7%", "100%")) {
            String summary = recipe(IMATRIX, "--raise", share, "--to", "q6_K").succeeded().err();
            assertTrue(summary.contains("The most important " + share + " of each kind"), summary);
        }
    }

    // ---- with errors that are measured now

    @Test
    void errorsAreMeasuredAlsoWithoutAMatrixAndByTheProxyIfAsked() throws IOException {
        String model = "../testdata/models/tiny-english-f16.gguf";
        Path table = folder.resolve("errors.csv");
        CliRun.outputOf("error", model, "--types", "q3_K,q4_K,q5_K", "-o", table);
        Object[] recipe = {"recipe", "--model", model, "--target-bpw", "4.2", "--types", "q3_K,q4_K,q5_K", "--emit",
            "json"};
        JsonNode measured = json(CliRun.of(with(recipe, "--measure-errors")));
        assertEquals("measured on the weights", measured.get("errors_source").asString());
        assertEquals(json(CliRun.of(with(recipe, "--errors", table))).get("tensors"), measured.get("tensors"));
        assertTrue(json(CliRun.of(recipe)).get("errors_source").isNull());
        JsonNode proxy = json(CliRun.of(with(recipe, IMATRIX, "--importance", "proxy", "--measure-errors")));
        assertEquals("measured on the weights", proxy.get("errors_source").asString());
        String summary = CliRun.of(with(recipe, "--measure-errors", "-o", folder.resolve("r.json"))).succeeded().out();
        assertTrue(summary.contains("The errors were measured on the weights."), summary);
        assertTrue(CliRun.of(with(recipe, "--measure-errors", "--errors", table)).failed(ExitCode.USAGE)
                .contains("--errors cannot be combined with --measure-errors"));
        assertTrue(
                CliRun.of("recipe", "--model", "../testdata/models/tiny-english-f16.header.gguf", "--target-bpw", "4",
                        "--measure-errors").failed(ExitCode.FAILED).contains("is it cut short?"));
    }

    private static Object[] with(Object[] arguments, Object... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray();
    }

    // ---- mistakes

    @ParameterizedTest
    @ValueSource(strings = {"--beta 1e308", "--role-weight *=1e308"})
    void lossesThatAreTooLargeToComputeWithAreRefused(String arguments) {
        String err = tiny((Object[]) ("--target-bpw 4 " + arguments).split(" ")).failed(ExitCode.FAILED);
        assertTrue(err.contains("beyond 1.0E200: give smaller figures"), err);
        assertEquals(1, err.lines().count(), err);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = { //
        "--target-bpw 4 --types q4_K,q6k -> --types: unknown type 'q6k', did you mean 'q6_K'?",
        "--target-bpw 4 --types q8_1 -> --types: llama.cpp cannot quantize to q8_1",
        "--target-bpw 4 --pin attn_v=iq4_k -> --pin 'attn_v=iq4_k': unknown type 'iq4_k': it is one of ik_llama.cpp",
        "--target-bpw 4 --pin attn_v=q6_K,ffn_down=q8_0 -> --pin 'attn_v=q6_K,ffn_down=q8_0': the pattern contains '=', which no tensor name has. Use a separate --pin for each RE=TYPE",
        "--target-bpw 4 --sensitivity s.csv --beta 1 -> --beta cannot be combined with --sensitivity",
        "--target-bpw 4 --pin attn_v -> --pin 'attn_v': expected RE=TYPE, such as 'attn_v=q8_0'",
        "--target-bpw 4 --pin (=q8_0 -> --pin '(=q8_0': not a regular expression of std::regex: mismatched '(' and ')'",
        "--target-bpw 4 --pin ^(([a-z0-9_.]+)+)+\\1!=q8_0 -> --pin '^(([a-z0-9_.]+)+)+\\1!=q8_0': pattern '^(([a-z0-9_.]+)+)+\\1!'"
                + " takes too long on 'token_embd.weight'",
        "--target-bpw 4 --base F16 -> --base F16: llama-quantize ignores all rules with this base type",
        "--target-bpw 4 --dialect ik_llama.cpp --base BF16_R16 -> --base BF16_R16: llama-quantize ignores all rules",
        "--target-bpw 4 --versus Q4_KM -> --versus: llama.cpp has no base type 'Q4_KM', did you mean 'Q4_K_M'?",
        "--target-bpw 4 --min-type =q4_K -> --min-type '=q4_K': expected TYPE or KIND=TYPE, such as ffn_down=q4_K",
        "--target-bpw 4 --beta -1 -> --beta must be at least 0, not -1.0",
        "--target-bpw 4 --role-weight attn_v=x -> --role-weight 'attn_v=x': the weight is 'x', expected a number",
        "--target-bpw 4 --to q6_K -> --to works only with --raise and --lower",
        "--target-bpw 4 --target-size 3MiB -> --target-bpw and --target-size cannot be combined",
        "--target-size 4 -> invalid value for option '--target-size': '4' is not a size",
        "--target-bpw -3 -> --target-bpw -3.0 is out of range: expected more than 0 and less than 1000",
        "--raise 50% --to q6_K -> --raise and --lower cannot be combined with --model",
        "--types q4_K -> --model needs a size: give --target-bpw or --target-size"})
    void mistakesOfUsageAreSaidInOneLine(String arguments, String message) {
        String err = tiny((Object[]) arguments.split(" ")).failed(ExitCode.USAGE);
        assertTrue(err.startsWith("imatrix-stats: " + message), err);
        assertEquals(2, err.lines().count(), err);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = { //
        "--target-bpw 1 -> cannot be made as small as 811,552 bytes (0.77 MiB, 1.0000 bpw) with these types and"
                + " options; possible sizes: 1,",
        "--target-bpw 4 --pin foo=q8_0 -> --pin 'foo=q8_0' matches no tensor of ",
        "--target-bpw 4 --min-type q8_0 --max-type q4_K -> no type is left for token_embd.weight: the limits"
                + " exclude all of ",
        "--target-bpw 4 --min-type f16 -> q8_0: see --types, --min-type, --max-type",
        "--target-bpw 4 --min-type ffn_up=q8_0 --max-type ffn_gate=q4_K -> no type is left for blk.0.ffn_gate.weight"
                + " and blk.0.ffn_up.weight, which get one type: the limits exclude all of ",
        "--target-bpw 4 --types tq1_0,nvfp4,q4_K --distortion none.csv -> none.csv: no such file"})
    void recipesThatCannotBeMadeAreSaidInOneLine(String arguments, String message) {
        String err = tiny((Object[]) arguments.split(" ")).failed(ExitCode.FAILED);
        assertTrue(err.contains(message), err);
        assertEquals(1, err.lines().count(), err);
    }

    @Test
    void optionsThatRankAreRefusedWithoutAMatrix() {
        String err = recipe("--model", MODEL, "--target-bpw", "4", "--rank-by", "max").failed(ExitCode.USAGE);
        assertTrue(err.startsWith("imatrix-stats: --rank-by needs an importance matrix\n"), err);
    }

    @Test
    void sharesAreSaidAsTheyAreGiven() {
        for (String share : List.of("12.5%", "33.3%", "0.4%")) {
            String err = recipe(IMATRIX, "--raise", share, "--to", "q6_K").succeeded().err();
            assertTrue(err.replaceAll("\\s+", " ").contains("The most important " + share + " of each kind"), err);
        }
    }

    @Test
    void optionsThatNeedAModelAreRefusedWithoutOne() {
        String err = recipe(IMATRIX, "--raise", "50%", "--to", "q6_K", "--types", "q4_K").failed(ExitCode.USAGE);
        assertTrue(err.startsWith("imatrix-stats: --types needs --model: sizes depend on shapes\n"), err);
    }

    /** Rows of 896 are no whole blocks of 256: for q4_K they would be stored as q5_0. */
    @Test
    void limitsAreOfWhatIsStored() {
        String model = "../testdata/models/small-odd.gguf";
        for (JsonNode tensor : json(recipe("--model", model, "--target-bpw", "4.5", "--max-type", "q4_K", "--emit",
                "json")).get("tensors")) {
            assertTrue(!tensor.get("quantized").asBoolean()
                    || List.of("iq4_nl", "q4_0", "q4_K", "iq4_xs", "q3_K").contains(tensor.get("type").asString()));
        }
        String err = recipe("--model", model, "--target-bpw", "6", "--types", "q4_K", "--max-type", "q4_K")
                .failed(ExitCode.FAILED);
        assertTrue(err.contains("is stored as a type that the limits exclude"), err);
    }

    @Test
    void anOutputThatIsTheTokenEmbeddingsIsSaidSo() {
        String model = "../testdata/models/qwen2.5-0.5b.gguf";
        assertEquals("imatrix-stats: --output-type matches no tensor of " + model + " that is quantized:"
                + " token_embd.weight is the output too, choose the type of the token embeddings\n",
                recipe("--model", model, "--target-bpw", "4.5", "--output-type", "q8_0").failed(ExitCode.FAILED));
    }

    @Test
    void theMatrixOfAnotherModelIsRefused() {
        String err = recipe("../testdata/dense-prose.gguf", "--model", MODEL, "--target-bpw", "4.5")
                .failed(ExitCode.FAILED);
        assertEquals(
                "imatrix-stats: ../testdata/dense-prose.gguf: tensor 'blk.0.attn_q.weight': 512 columns, but " + MODEL
                        + " has 256: llama.cpp stops there, expected the importance matrix of this model\n",
                err);
    }

    // ---- the golden recipes of the documentation

    record Golden(String arguments, String size) {
    }

    static Stream<Golden> golden() throws IOException {
        return Pattern.compile("\\$ imatrix-stats (recipe --model [^\n]*)\n.*?```\n\nPredicted: ([^\n]*)\\.\n",
                Pattern.DOTALL).matcher(Files.readString(PAGE)).results()
                .map((MatchResult match) -> new Golden(match.group(1), match.group(2)));
    }

    @Test
    void thereIsAGoldenRecipePerHeaderAndDialect() throws IOException {
        assertEquals(10, golden().map(Golden::arguments).distinct().count());
    }

    @ParameterizedTest
    @MethodSource("golden")
    void goldenRecipesHaveTheSizeThatThePageSays(Golden golden) {
        CliRun run = CliRun.of((Object[]) golden.arguments.replace("testdata/", "../testdata/").split(" "));
        String summary = run.succeeded().err().replaceAll("\\s+", " ");
        assertTrue(summary.contains(" " + golden.size + "; "), summary);
    }
}
