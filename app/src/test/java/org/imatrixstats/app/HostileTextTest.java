package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.gguf.GgufBuilder.Tensor;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Names and dataset strings are data: no format lets them act on a terminal, a spreadsheet or a page. */
class HostileTextTest {
    private static final List<String> TEXTS = List.of("=1+1", "+x", "-x", "@x", "a\"b", "a,b", "a|b", "a`b`", "a\\b",
            "<script>alert(1)</script>", "$x$", "[a](b)", "\u001b[31mred", "a\nb", "a\r\nb", "a\tb", "\t=1", "\r=1",
            "bell\u0007", "nul\u0000", "c1\u009b31m", "del\u007f", "\u202Eabc", "\u2066a\u2069", "zero\u200bwidth",
            "\u2028line", "漢字", "e\u0301", "😀", "\ue000", "\udb40\udc41tag");

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        GgufBuilder builder = new GgufBuilder().text("general.type", "imatrix")
                .texts("imatrix.datasets", TEXTS.toArray(String[]::new)).uint32("imatrix.chunk_count", 1)
                .uint32("imatrix.chunk_size", 512);
        for (String text : TEXTS) {
            builder.tensor(text + ".in_sum2", List.of(2L, 2L), 1, 2, 3, 4).tensor(text + ".counts", List.of(1L, 2L), 1,
                    1);
        }
        file = builder.write(folder.resolve("hostile.gguf"));
    }

    private String output(OutputFormat format, String level) {
        return CliRun.outputOf("stats", file, "--format", format, "--level", level, "--columns", "all");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"COMMAND", "RULES", "FILE"})
    void nothingUnprintableIsWritten(OutputFormat format) {
        String layoutOfLines = switch (format) {
            case CSV -> "\r\n";
            case TSV -> "\t\r\n";
            default -> "\n";
        };
        for (Level<?, ?> level : StatsLevels.ALL) {
            String unprintable = output(format, level.label()).codePoints()
                    .filter(c -> Text.isUnsafe(c) && layoutOfLines.indexOf(c) < 0 && !isTagInJson(format, c))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            assertEquals("", unprintable, level.label());
        }
    }

    /** Characters beyond U+FFFF are written as they are in JSON; none of them does anything to a terminal. */
    private static boolean isTagInJson(OutputFormat format, int c) {
        return c > 0xffff && (format == OutputFormat.JSON || format == OutputFormat.JSONL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "extended"})
    void nothingUnprintableIsWrittenInOtherLayouts(String layout) {
        String output = CliRun.outputOf("stats", file, "--layout", layout);
        assertTrue(output.codePoints().noneMatch(c -> Text.isUnsafe(c) && c != '\n' && c != '\t'));
    }

    @Test
    void nothingUnprintableIsWrittenInMessages() {
        String message = CliRun.of("stats", "no\u001b[31m such\nfile").failed(1);
        assertEquals("imatrix-stats: no\\u001b[31m such\\u000afile: no such file\n", message);
    }

    @ParameterizedTest
    @EnumSource(names = {"JSON", "JSONL"})
    void jsonGivesTheTextsBackAsTheyAre(OutputFormat format) {
        TreeSet<String> names = new TreeSet<>();
        if (format == OutputFormat.JSON) {
            JsonNode report = Json.parse(output(format, "tensor")).get("reports").get(0);
            report.get("tensors").forEach(row -> names.add(row.get("name").asString()));
            assertEquals(TEXTS, report.get("file").get("datasets").valueStream().map(JsonNode::asString).toList());
        } else {
            output(format, "tensor").lines().forEach(line -> names.add(Json.parse(line).get("name").asString()));
        }
        assertEquals(new TreeSet<>(TEXTS), names);
    }

    @ParameterizedTest
    @EnumSource(names = {"CSV", "TSV"})
    void noCellStartsAFormula(OutputFormat format) throws IOException {
        CSVFormat parser = format == OutputFormat.CSV
                ? CSVFormat.RFC4180
                : CSVFormat.RFC4180.builder().setDelimiter('\t').setQuote(null).get();
        TreeSet<String> names = new TreeSet<>();
        for (CSVRecord row : parser.parse(new StringReader(output(format, "tensor")))) {
            assertEquals(1 + StatsLevels.TENSOR.columns().size(), row.size());
            names.add(row.get(1));
            for (String cell : row) {
                assertTrue(cell.matches("-?[0-9][0-9.E-]*|(?![=+@\\t\\r-])(?s).*"), cell);
            }
        }
        assertTrue(names.containsAll(List.of("'=1+1", "'+x", "'-x", "'@x", "a\"b", "a,b", "a|b", "漢字", "a\\x0ab",
                "<script>alert(1)</script>")), names.toString());
    }

    @Test
    void markdownShowsTextsLiterally() {
        List<String> lines = output(OutputFormat.MARKDOWN, "tensor").lines().toList();
        for (String escaped : List.of("a\\|b", "a\\`b\\`", "\\<script\\>alert(1)\\</script\\>", "\\[a\\](b)", "\\$x\\$",
                "a\\\\b", "a\\\\x0ab")) {
            assertEquals(1, lines.stream().filter(line -> line.startsWith("| " + escaped + " | ")).count(), escaped);
        }
        int columns = StatsLevels.TENSOR.columns().size();
        List<String> rows = lines.stream().filter(line -> line.startsWith("|")).toList();
        assertEquals(2 + TEXTS.size(), rows.size());
        rows.forEach(row -> assertEquals(columns + 2, row.split("(?<!\\\\)\\|", -1).length, row));
        assertTrue(lines.stream().noneMatch(line -> line.matches(".*(?<!\\\\)<script.*")));
    }

    @Test
    void messageLeavesOutTheMiddleOfAnEndlessName() throws IOException {
        Path endless = new LegacyBuilder().entry("😀".repeat(100_000), -1, 1).write(folder);
        String error = CliRun.of("stats", endless).failed(ExitCode.FAILED);
        assertTrue(error.startsWith("imatrix-stats: " + endless + ": offset 0x"), error);
        assertTrue(error.contains("😀 … 😀"), error);
        assertTrue(error.endsWith("ncall is -1, expected the number of chunks\n"), error);
        assertTrue(error.codePointCount(0, error.length()) < 3_100, error);
    }

    /** What a rule cannot hold, such as capitals, or a terminal would not draw, stands in it as a number. */
    @ParameterizedTest
    @ValueSource(strings = {"llama.cpp", "ik_llama.cpp"})
    void rulesOfARecipeNameTensorsOfAnyName(String dialect) throws IOException {
        List<String> names = List.of("A", "B", "a,b", "a=b", "a b", "ä", "ö", "İ", "漢", "😀", "😁", "a\nb", "\u2028",
                "\u202e", "\u001b[1m", "nul\u0000", "a'b", "a|b", "a]b", "a-b", "a\\b", "#", "xA", "xB", "x");
        GgufBuilder model = new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1);
        for (String name : names) {
            model.tensor(Tensor.of(name + ".weight", GgufBuilder.F32, new byte[2048], List.of(256L, 2L)));
        }
        Path header = model.write(folder.resolve("model.gguf"));
        CliRun recipe = CliRun.of("recipe", "--model", header, "--target-bpw", "6", "--dialect", dialect).succeeded();
        assertTrue(recipe.out().codePoints().noneMatch(c -> Text.isUnsafe(c) && c != '\n'), recipe.out());
    }

    /** A hash table that is full of them is a list, which to search for each name takes minutes. */
    @Test
    @Timeout(120)
    void namesOfOneHashCodeAreNoSlowerThanOthers() throws IOException {
        GgufBuilder imatrix = new GgufBuilder();
        GgufBuilder other = new GgufBuilder();
        GgufBuilder model = new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1);
        for (int i = 0; i < 1 << 13; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 13; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            imatrix.tensor(name + ".in_sum2", List.of(1L), i).tensor(name + ".counts", List.of(1L), 1);
            other.tensor(name + ".in_sum2", List.of(1L), i + 1).tensor(name + ".counts", List.of(1L), 1);
            model.tensor(Tensor.of(name + ".weight", GgufBuilder.F32, new byte[256], List.of(32L, 2L)));
        }
        Path first = imatrix.write(folder.resolve("first.gguf"));
        Path second = other.write(folder.resolve("second.gguf"));
        Path header = model.write(folder.resolve("model.gguf"));
        CliRun.outputOf("stats", first);
        CliRun.outputOf("compare", first, second);
        CliRun.outputOf("plan", header, "--base", "Q8_0");
        // So many names without a pattern make a rule that is too long.
        assertTrue(CliRun.of("recipe", "--model", header, "--target-bpw", "6", "--types", "q4_0,q8_0")
                .failed(ExitCode.FAILED).contains("states"));
    }

    @Test
    void columnsStayAlignedWithWideCharactersAndCombiningMarks() {
        List<String> table = CliRun.outputOf("stats", file, "--group-by", "none", "--columns", "name,sum,rank_in_kind")
                .lines().dropWhile(line -> !line.startsWith("  tensor")).takeWhile(line -> !line.isBlank()).toList();
        assertEquals(1 + TEXTS.size(), table.size());
        table.forEach(line -> assertEquals(Text.width(table.getFirst()), Text.width(line), line));
        assertTrue(table.stream().anyMatch(line -> line.contains("漢字")));
    }

    @Test
    void asciiLeavesNoOtherCharacter() {
        for (Level<?, ?> level : StatsLevels.ALL) {
            CliRun run = CliRun.on(new Terminal(100, false, false), "stats", file, "--ascii", "--level", level.label());
            assertTrue(run.succeeded().out().chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f));
        }
        assertFalse(CliRun.outputOf("stats", file).chars().allMatch(c -> c < 0x7f));
    }
}
