package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Usage, errors, exit codes, help and completion. */
class CommandLineTest {
    private static final Path DENSE = ReferenceFiles.testdata("dense-prose.gguf");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.dat");

    @TempDir
    private Path folder;

    // ---- usage

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {"- | missing command",
        "stats | missing required parameter: 'FILE'", "stat x | unknown command 'stat'",
        "stat x | Did you mean 'stats'?", "FILE | missing command before the file: imatrix-stats stats ",
        "convert FILE y -o z | unexpected argument 'y'", "stats FILE --topp 3 | Did you mean '--top'?",
        "stats FILE --nope | unknown option '--nope'", "stats FILE --fromat json | Did you mean '--format'?",
        "recipe FILE --target 4 | Did you mean '--target-bpw' or '--target-size' or '--target-file-size'?",
        "recipe FILE FILE | Did you mean '--model ", "stats FILE --top x | option '--top': 'x' is not a whole number",
        "converge FILE --threshold x | option '--threshold': 'x' is not a number",
        "--in-file FILE | --in-file needs --show-statistics",
        "--show-statistics | --show-statistics needs --in-file FILE",
        "--in-file FILE --show-statistic | Did you mean '--show-statistics'?",
        "completion | missing required parameter: 'SHELL'",
        "completion csh | unknown shell 'csh'", "completion csh | Valid: bash, zsh, fish",
        "stats a.gguf --digest md5 | unknown digest 'md5'. Valid: murmur3, sha256"})
    void usageErrorsExitWith2(String commandLine, String message) {
        Object[] arguments = commandLine == null
                ? new Object[0]
                : commandLine.strip().replace("FILE", DENSE.toString()).split(" ");
        String error = CliRun.of(arguments).failed(2);
        assertTrue(error.startsWith("imatrix-stats: "), error);
        assertTrue(error.contains(message), error);
        assertTrue(error.stripTrailing().endsWith("--help'."), error);
    }

    @Test
    void severalFilesMakeAReportEach() {
        assertEquals(2, Json.parse(CliRun.outputOf("stats", DENSE, MOE, "--format", "json")).get("reports").size());
        assertEquals(CliRun.outputOf("stats", DENSE, MOE),
                CliRun.outputOf("--in-file", DENSE, "--in-file", MOE, "--show-statistics"));
    }

    // ---- files that cannot be read

    @Test
    void namesTheFileAndTheReason() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(Files.readAllBytes(DENSE), 5000));
        Path model = new GgufBuilder().text("general.type", "model")
                .tensor("blk.0.attn_q.weight", List.of(2L), 1, 2).write(folder.resolve("model.gguf"));
        for (Path file : List.of(folder.resolve("missing.gguf"), folder, empty, cut, model, Path.of("pom.xml"))) {
            String error = CliRun.of("stats", file).failed(1);
            assertTrue(error.startsWith("imatrix-stats: " + file + ": "), error);
            assertEquals(1, error.lines().count(), error);
        }
        assertTrue(CliRun.of("stats", folder.resolve("missing.gguf")).err().endsWith(": no such file\n"));
        assertTrue(CliRun.of("stats", folder).err().contains("directory"));
        assertTrue(CliRun.of("stats", model).err().contains("expected an importance matrix"));
        assertTrue(CliRun.of("stats", cut).err().matches("(?s).*(offset|tensor).*"));
    }

    /** The last tensor of the file ends less than a page before its end; anything shorter lacks data. */
    @Test
    void aFileThatIsCutOffIsOneLineAndExitCode1() throws IOException {
        byte[] whole = Files.readAllBytes(ReferenceFiles.testdata("dense-process-output.gguf"));
        for (int length = 0; length < whole.length - 64; length += length < 400 ? 1 : 211) {
            Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, length));
            String error = CliRun.of("stats", cut).failed(1);
            assertTrue(error.startsWith("imatrix-stats: " + cut + ": "), error);
            assertEquals(1, error.lines().count(), error);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "jsonl", "csv", "tsv", "markdown"})
    void aBadFileAmongSeveralIsReportedAndTheOthersAreShown(String format) {
        CliRun run = CliRun.of("stats", DENSE, folder.resolve("missing"), MOE, "--format", format);
        assertEquals(1, run.exitCode());
        assertEquals("imatrix-stats: " + folder.resolve("missing") + ": no such file\n", run.err());
        assertEquals(CliRun.outputOf("stats", DENSE, MOE, "--format", format), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "check", "inspect"})
    void jsonNamesTheFilesThatCouldNotBeRead(String command) {
        Path good = command.equals("inspect") ? ReferenceFiles.testdata("models/llama-3.1-8b.gguf") : DENSE;
        Path missing = folder.resolve("missing");
        CliRun run = CliRun.of(command, good, missing, good, "--format", "json");
        assertEquals(1, run.exitCode());
        JsonNode json = Json.parse(run.out());
        assertEquals("[{\"file\":\"" + missing + "\",\"message\":\"" + missing + ": no such file\"}]",
                json.get("errors").toString());
        assertFalse(Json.parse(CliRun.outputOf(command, good, good, "--format", "json")).has("errors"));
    }

    @Test
    void ifNoFileCanBeReadNothingIsPrinted() {
        String errors = CliRun.of("stats", folder.resolve("one"), folder.resolve("two")).failed(1);
        assertEquals(2, errors.lines().count(), errors);
    }

    @Test
    void aStackTraceIsShownOnRequestOnly() {
        Path missing = folder.resolve("missing");
        assertFalse(CliRun.of("stats", missing).failed(1).contains("\tat "));
        assertTrue(CliRun.of("stats", missing, "--stacktrace").failed(1).contains("\tat org.imatrixstats."));
        assertTrue(CliRun.of("--stacktrace", "stats", missing).failed(1).contains("\tat org.imatrixstats."));
    }

    // ---- standard output

    private static CliRun writingTo(OutputStream out) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = new Cli(out, err, Terminal.PIPE).run("stats", DENSE.toString());
        return new CliRun(exitCode, "", err.toString(StandardCharsets.UTF_8));
    }

    private static OutputStream failingWith(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void aBrokenPipeEndsQuietly() {
        assertEquals(new CliRun(0, "", ""), writingTo(failingWith("Broken pipe")));
    }

    @Test
    void aFullDiskIsAnError() {
        assertEquals(new CliRun(1, "",
                "imatrix-stats: standard output could not be written: No space left on device\n"),
                writingTo(failingWith("No space left on device")));
    }

    // ---- version and help

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void tellsItsVersion(String option) {
        assertTrue(CliRun.outputOf(option).matches("imatrix-stats [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n"));
    }

    static Stream<String> helps() {
        Cli cli = new Cli(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Terminal.PIPE);
        return Stream.concat(Stream.of("--help"),
                cli.commandLine().getSubcommands().keySet().stream().map(command -> command + " --help"));
    }

    @ParameterizedTest
    @MethodSource("helps")
    void helpFitsAndHasExamples(String commandLine) {
        String help = CliRun.outputOf((Object[]) commandLine.split(" "));
        help.lines().forEach(line -> assertTrue(line.length() <= 100, line));
        assertTrue(help.contains("Examples:\n  "), help);
        assertTrue(help.contains("imatrix-stats "), help);
        String narrow = CliRun.on(new Terminal(80, false, false), (Object[]) commandLine.split(" ")).succeeded().out();
        narrow.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }

    @Test
    void anExampleThatDoesNotFitGoesOnInTheNextLine() {
        String narrow = CliRun.on(new Terminal(80, false, false), "recipe", "--help").succeeded().out();
        assertTrue(narrow.contains("""
                  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4 \\
                      --emit file -o rules.txt
                """), narrow);
        String commented = CliRun.on(new Terminal(80, false, false), "stats", "--help").succeeded().out();
        assertTrue(commented.contains("""
                  imatrix-stats stats imatrix.gguf -o stats.csv
                      for spreadsheets
                """), commented);
    }

    @Test
    void helpIsAlsoTheFirstWord() {
        assertEquals(CliRun.outputOf("--help"), CliRun.outputOf("help"));
        String help = CliRun.outputOf("stats", "--help");
        for (Object[] asked : List.of(new Object[]{"help", "stats"}, new Object[]{"-h", "stats"},
                new Object[]{"--help", "stats"}, new Object[]{"stats", "-h"},
                new Object[]{"stats", "missing.gguf", "--top", "x", "--help"})) {
            assertEquals(help, CliRun.outputOf(asked), List.of(asked).toString());
        }
    }

    @Test
    void helpForAnUnknownCommandIsAUsageError() {
        for (Object[] asked : List.of(new Object[]{"help", "stast"}, new Object[]{"--help", "stast"},
                new Object[]{"stast", "--help"}, new Object[]{"stast", "imatrix.gguf", "-h"})) {
            CliRun run = CliRun.of(asked);
            assertEquals(2, run.exitCode(), List.of(asked).toString());
            assertEquals("", run.out());
            assertTrue(run.err().startsWith("imatrix-stats: unknown command 'stast'\nDid you mean 'stats'"), run.err());
        }
    }

    /** The examples in the help, with files that are there. */
    @ParameterizedTest
    @ValueSource(strings = {"--help", "stats --help"})
    void theExamplesOfTheHelpWork(String commandLine) {
        Matcher example = Pattern.compile("^  imatrix-stats (\\S.*?)(?: {2,}.*)?$", Pattern.MULTILINE)
                .matcher(CliRun.outputOf((Object[]) commandLine.split(" ")));
        int examples = 0;
        while (example.find()) {
            String arguments = example.group(1).replace("imatrix.gguf --model model.gguf",
                    ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf") + " --model "
                            + ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"))
                    .replaceAll("(?<= )imatrix\\.(gguf|dat)|\\ba\\.gguf|\\bb\\.dat",
                            DENSE.toString())
                    .replaceAll("-o (\\S+)", "-o " + folder.resolve("$1")).replace("'", "");
            CliRun.of((Object[]) arguments.split(" ")).succeeded();
            examples++;
        }
        assertTrue(examples >= 3, "examples were found");
    }

    // ---- completion

    @Test
    void theCompletionScriptIsRightAndCompletes() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
        Path script = Files.writeString(folder.resolve("completion"), CliRun.outputOf("completion", "bash"));
        assertEquals("", bash("bash -n '" + script + "' 2>&1"));
        String source = "source '" + script + "'; ";
        assertTrue(bash(source + "complete -p imatrix-stats").endsWith(" imatrix-stats"));
        String complete = "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=\"${COMP_WORDS[*]}\"; "
                + "COMP_POINT=${#COMP_LINE}; _complete_imatrix-stats 2>/dev/null; echo ${COMPREPLY[@]}";
        assertEquals("stats", bash(source + "COMP_WORDS=(imatrix-stats sta); " + complete));
        assertEquals("--layers --layout --level",
                bash(source + "COMP_WORDS=(imatrix-stats stats --l); " + complete + " | tr ' ' '\\n' | sort | xargs"));
        assertEquals("ik_llama.cpp llama.cpp", bash(source + "COMP_WORDS=(imatrix-stats plan --dialect ''); "
                + complete + " | tr ' ' '\\n' | sort | xargs"));
        assertEquals("tensor", bash(source + "COMP_WORDS=(imatrix-stats stats --level t); " + complete));
        assertEquals("robust_z", bash(source + "COMP_WORDS=(imatrix-stats stats --sort rob); " + complete));
        assertEquals("entropy_normalized_a entropy_normalized_b",
                bash(source + "COMP_WORDS=(imatrix-stats compare --columns entropy_n); " + complete));
        assertEquals("Q4_K_M Q4_K_R4 Q4_K_S", bash(source + "COMP_WORDS=(imatrix-stats plan --base Q4_K_); " + complete
                + " | tr ' ' '\\n' | sort | xargs"));
        assertEquals("iq6_k", bash(source + "COMP_WORDS=(imatrix-stats recipe --types iq6); " + complete));
        assertEquals("sum,-rank_in_kind sum,-rank_overall",
                bash(source + "COMP_WORDS=(imatrix-stats stats --sort sum,-rank); " + complete));
        assertEquals("-robust_z", bash(source + "COMP_WORDS=(imatrix-stats stats --sort -rob); " + complete));
        assertEquals("q4_K,iq6_k", bash(source + "COMP_WORDS=(imatrix-stats recipe --types q4_K,iq6); " + complete));
        assertEquals("json jsonl",
                bash(source + "COMP_WORDS=(imatrix-stats stats --format js); " + complete));
    }

    @Test
    void theScriptForZshLoadsTheCompletionOfBash() {
        String script = CliRun.outputOf("completion", "zsh");
        assertTrue(script.contains("bashcompinit"));
        assertTrue(script.endsWith(CliRun.outputOf("completion", "bash")));
    }

    @Test
    void theScriptForFishHasCommandsOptionsAndLists() {
        String script = CliRun.outputOf("completion", "fish");
        assertTrue(script.contains("complete -c imatrix-stats -n __fish_use_subcommand -a stats -d "), script);
        assertTrue(script.lines().anyMatch(line -> line.startsWith(
                "complete -c imatrix-stats -n '__fish_seen_subcommand_from stats' -l sort -x -a '(__imatrix_stats_list name layer kind")),
                script);
        assertTrue(
                script.lines().anyMatch(line -> line.contains(" -l format -x -a 'table json jsonl csv tsv markdown'")),
                script);
    }

    private static String bash(String command) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("/bin/bash", "--norc", "-c", command).redirectErrorStream(true).start();
        bash.getOutputStream().close();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(10, TimeUnit.SECONDS));
        return output.strip();
    }
}
