package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables as people see them. */
class TableTest {
    private static final Path PICTURES = Path.of("src", "test", "resources", "org", "imatrixstats", "app");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.gguf");

    private static Terminal plain(int columns) {
        return new Terminal(columns, false, false);
    }

    /**
     * The figures in the pictures were compared with those of the reference implementation when the pictures were made.
     */
    @ParameterizedTest
    @CsvSource({"tiny-english-prose.imatrix.gguf, 80", "tiny-english-prose.imatrix.gguf, 120",
        "tiny-english-prose.imatrix.gguf, 200", "moe-prose.gguf, 80", "moe-prose.gguf, 120", "moe-prose.gguf, 200"})
    void looksAsItDid(String name, int columns) throws IOException {
        Path file = ReferenceFiles.testdata(name);
        String table = CliRun.on(plain(columns), "stats", file, "--all").succeeded().out()
                .replace(file.toString(), file.getFileName().toString());
        assertEquals(Files.readString(PICTURES.resolve(name + "." + columns + ".txt")), table);
    }

    @Test
    void explainsTheColumnsThatThereIsRoomFor() {
        String wide = CliRun.on(plain(200), "stats", MOE, "--all").succeeded().out();
        assertTrue(wide.contains(" ZD: z-score density"), wide);
        String narrow = CliRun.on(plain(60), "stats", MOE, "--top", 3).succeeded().out();
        assertFalse(narrow.contains("ZD"), narrow);
        assertFalse(narrow.contains("H norm"), narrow);
        assertTrue(narrow.contains(" z: (ln μ − median)"), narrow);
    }

    static Stream<Arguments> widthsAndLevels() {
        return Stream.of(40, 60, 80, 120, 200)
                .flatMap(width -> StatsLevels.ALL.stream().map(level -> Arguments.of(width, level.label())));
    }

    @ParameterizedTest
    @MethodSource("widthsAndLevels")
    void noLineIsWiderThanTheTerminal(int columns, String level) throws IOException {
        for (String name : List.of("moe-act-prose.gguf", "moe-prose.dat", "dense-process-output.gguf")) {
            for (List<String> options : List.of(List.<String>of(), List.of("--ascii"), List.of("--color", "always"))) {
                Object[] arguments = Stream.concat(Stream.of("stats", ReferenceFiles.testdata(name), "--level", level),
                        options.stream()).toArray();
                CliRun.on(plain(columns), arguments).succeeded().out().lines()
                        .map(line -> line.replaceAll("\033\\[[0-9;]*m", ""))
                        .forEach(line -> assertTrue(Text.width(line) <= columns, line));
            }
        }
    }

    @Test
    void aPipeGetsFullWidth() {
        String piped = CliRun.outputOf("stats", MOE, "--all");
        assertEquals(CliRun.on(plain(1000), "stats", MOE, "--all").out(), piped);
        assertTrue(piped.lines().anyMatch(line -> line.length() > 130));
    }

    @Test
    void theImportantColumnsStayWhenThereIsLittleRoom() {
        String narrow = CliRun.on(plain(40), "stats", MOE, "--level", "tensor").succeeded().out();
        String header = narrow.lines().filter(line -> line.startsWith("  layer")).findFirst().orElseThrow();
        assertTrue(header.contains("Σ E[x²]") && header.contains(" z ") && header.contains("-3    0    +3"), header);
    }

    @Test
    void coloursAreEscapesAroundTheSameText() {
        String colored = CliRun.on(new Terminal(100, true, false), "stats", MOE, "--all").succeeded().out();
        assertTrue(colored.contains("\033[1;35m"), "marks of the highest");
        assertTrue(colored.contains("\033[35m"), "marks of the lowest");
        assertEquals(CliRun.on(plain(100), "stats", MOE, "--all").out(), colored.replaceAll("\033\\[[0-9;]*m", ""));
        assertEquals(CliRun.on(plain(100), "stats", MOE, "--all").out(),
                CliRun.on(new Terminal(100, true, false), "stats", MOE, "--all", "--color", "never").out());
        assertEquals(colored, CliRun.on(plain(100), "stats", MOE, "--all", "--color", "always").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "jsonl", "csv", "tsv", "markdown"})
    void machineFormatsAreNeverColoured(String format) {
        CliRun run = CliRun.on(new Terminal(100, true, false), "stats", MOE, "--format", format, "--color", "always");
        assertFalse(run.succeeded().out().contains("\033"));
    }

    @Test
    void asciiColumnsAreAligned() {
        List<String> table = CliRun.outputOf("stats", MOE, "--ascii", "--level", "layer").lines()
                .dropWhile(line -> !line.startsWith("  layer ")).takeWhile(line -> !line.isBlank()).toList();
        assertEquals(1 + 4, table.size());
        assertTrue(table.getFirst().contains("sum E[x^2]"));
        table.forEach(line -> assertEquals(table.getFirst().length(), line.length(), line));
    }

    @Test
    void marksAndBarsHaveALikenessInAscii() {
        String table = CliRun.outputOf("stats", MOE, "--all", "--ascii");
        assertTrue(table.contains(" ^ "));
        assertTrue(table.contains(" v "));
        assertTrue(table.contains("##|"));
        assertFalse(table.contains("?"), "a symbol without a likeness");
        assertTrue(table.chars().allMatch(c -> c < 0x80));
    }
}
