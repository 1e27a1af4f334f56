package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start does, in classes and processes: these are counts, and the same on any machine. */
class StartUpIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path IMAGE = ROOT.resolve("app/target/image");
    private static final String OURS = "org.imatrixstats.";

    @TempDir
    private Path folder;

    private int run(ProcessBuilder builder) throws IOException, InterruptedException {
        return builder.redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile())
                .start().waitFor();
    }

    /** The lines of a log of the JVM that runs a command as the launcher does. */
    private List<String> log(String what, String cache, String commandLine) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(IMAGE.resolve("bin/java").toString(), "-XX:AOTMode=on",
                "-XX:+UseSerialGC", "-XX:AOTCache=" + IMAGE.resolve("lib/" + cache + ".aot"), "-Xlog:disable",
                "-Xlog:all=error:stderr", "-Xlog:" + what + ":file=" + log, "--enable-native-access=ALL-UNNAMED", "-cp",
                IMAGE.resolve("lib/app/imatrix-stats.jar").toString(), "org.imatrixstats.app.Main"));
        command.addAll(List.of(commandLine.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.environment().put("IMATRIX_STATS_COLUMNS", "0");
        assertEquals(0, run(builder), Files.readString(folder.resolve("err")));
        return Files.readAllLines(log);
    }

    /** The names of the classes that a command initializes. */
    private Set<String> used(String cache, String commandLine) throws IOException, InterruptedException {
        Pattern initializing = Pattern.compile("Initializing '([^']+)'");
        return log("class+init=info", cache, commandLine).stream().map(initializing::matcher).filter(Matcher::find)
                .map(found -> found.group(1).replace('/', '.')).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> in(Stream<String> packages, Set<String> classes) {
        List<String> prefixes = packages.map(each -> OURS + each + ".").toList();
        return classes.stream().filter(name -> prefixes.stream().anyMatch(name::startsWith))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theVersionNeedsNoParserAndNoneOfTheLibrary() throws IOException, InterruptedException {
        Set<String> used = used("stats", "--version");
        assertEquals(Set.of("org.imatrixstats.app.Main", "org.imatrixstats.app.Cli",
                "org.imatrixstats.app.command.VersionProvider", "org.imatrixstats.app.terminal.Console",
                "org.imatrixstats.app.terminal.InputFiles", "org.imatrixstats.app.terminal.Terminal"),
                used.stream().filter(name -> name.startsWith(OURS)).collect(Collectors.toSet()));
        assertFalse(used.stream().anyMatch(name -> name.startsWith("picocli.")), used.toString());
    }

    @Test
    void theHelpNeedsTheParserOfNoCommand() throws IOException, InterruptedException {
        Set<String> used = used("stats", "--help");
        assertEquals(used.stream().filter(name -> name.startsWith(OURS)).collect(Collectors.toSet()),
                in(Stream.of("app"), used));
        assertEquals(Set.of(), in(Stream.of("app.input", "app.output", "app.engine"), used));
        assertEquals(List.of(), used.stream().filter(name -> name.matches(".*\\.command\\.\\w+Command"))
                .filter(name -> !name.endsWith(".ImatrixStatsCommand")).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "stats | stats testdata/dense-prose.gguf | compare,converge,check,plan,recipe,spectrum,quantize,error,model,weights",
        "stats | check testdata/dense-prose.gguf | compare,converge,recipe,spectrum,quantize,error,model,weights",
        "app | compare testdata/dense-prose.gguf testdata/dense-code.gguf | converge,check,plan,recipe,spectrum,quantize",
        "plan | plan testdata/models/llama-3.1-8b.gguf | compare,converge,check,recipe,spectrum,quantize,pytorch"})
    void aCommandUsesNoClassOfAnother(String cache, String commandLine, String others)
            throws IOException, InterruptedException {
        Set<String> used = used(cache, commandLine);
        assertTrue(used.size() < 1500, used.size() + " classes");
        List<String> packages = List.of(others.split(","));
        assertEquals(Set.of(), in(packages.stream(), used));
        assertEquals(Set.of(), in(packages.stream().map(each -> "app.output." + each), used));
    }

    /** All classes of a cache are loaded at each start with it. What the list of commands mentions is in each. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "stats | 3000 | compare,converge,recipe,spectrum,quantize,error,model,weights,pytorch,safetensors,measure",
        "plan | 3200 | compare,converge,quantize,weights,pytorch,safetensors",
        "app | 3200 | quantize,weights"})
    void aCacheHoldsNoClassesOfOtherCommands(String cache, int most, String others)
            throws IOException, InterruptedException {
        Set<String> loaded = log("class+load", cache, "--version").stream()
                .filter(line -> line.endsWith("source: shared objects file"))
                .map(line -> line.replaceFirst("^(\\[[^]]*\\])+ ", "").replaceFirst(" source: .*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(loaded.size() < most, loaded.size() + " classes");
        Set<String> unused = in(Stream.of(others.split(",")), loaded);
        assertTrue(unused.size() <= 20, unused.toString());
    }

    /** Lambdas that can be serialized, and the equals and hashCode of records: no cache keeps them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"stats | stats testdata/dense-prose.gguf",
        "stats | check testdata/dense-prose.gguf", "app | compare testdata/dense-prose.gguf testdata/dense-code.gguf",
        "plan | plan testdata/models/llama-3-70b.gguf",
        "plan | recipe --model testdata/models/llama-3-70b.gguf --target-bpw 4"})
    void noClassIsMadeAtRunTime(String cache, String commandLine) throws IOException, InterruptedException {
        assertEquals(List.of(), log("class+load", cache, commandLine).stream()
                .filter(line -> !line.endsWith("source: shared objects file"))
                .filter(line -> line.matches(".*(Lambda|StringConcat).*")).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "stats testdata/dense-prose.gguf", "stats testdata/dense-prose.gguf -"})
    void anUnpackedReleaseStartsNoProcessButJava(String commandLine) throws IOException, InterruptedException {
        Path launcher = Files.copy(ROOT.resolve("imatrix-stats"), folder.resolve("imatrix-stats"));
        Path runtime = Files.createSymbolicLink(folder.resolve("runtime"), IMAGE);
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(commandLine.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile())
                .redirectInput(ROOT.resolve("testdata/dense-code.gguf").toFile());
        builder.environment().put("PATH", folder.resolve("nothing").toString());
        assertEquals(0, run(builder), Files.readString(folder.resolve("err")));
        assertEquals("", Files.readString(folder.resolve("err")));
        Files.delete(runtime);
    }
}
