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

import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stats shows if nothing in particular is asked for: what stands out, kinds and layers, on one screen. */
class OverviewTest {
    private static final int SCREEN = 40;
    private static final Path DENSE = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");

    @TempDir
    private Path folder;

    static List<Path> files() throws IOException {
        return Stream.of(ReferenceFiles.withExpected(".json"), ReferenceFiles.realWithExpected(".json"))
                .flatMap(List::stream).toList();
    }

    private static List<String> overview(Path file, int columns) {
        return CliRun.on(new Terminal(columns, false, false), "stats", file).succeeded().out().lines().toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void fitsOnAScreen(Path file) {
        List<String> lines = overview(file, 100);
        assertTrue(lines.size() < SCREEN, () -> lines.size() + " lines");
        lines.forEach(line -> assertTrue(Text.width(line) <= 100, line));
        assertTrue(lines.containsAll(List.of("what stands out", "kinds", "layers")), lines::toString);
    }

    /** A model with 120 layers of 14 kinds, each with an outlier and a column that holds most. */
    @Test
    void fitsOnAScreenAlsoIfThereIsMuchToSay() throws IOException {
        GgufImatrixBuilder matrix = new GgufImatrixBuilder().keys(List.of("text"), 1, 1);
        for (int layer = 0; layer < 120; layer++) {
            for (int kind = 0; kind < 14; kind++) {
                float large = layer == 7 * kind ? 1e6f : 1 + layer + kind;
                matrix.entry("blk." + layer + ".a_rather_long_kind_" + kind + ".weight", new float[]{1}, large, 1,
                        kind);
            }
        }
        Path file = Files.write(folder.resolve("large.gguf"), matrix.build());
        List<String> lines = overview(file, 100);
        assertTrue(lines.size() < SCREEN, () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.matches(" +… [0-9]+ kinds that vary less: --level kind")),
                () -> String.join("\n", lines));
    }

    /** The ends of a kind go first, then its drawing. */
    @Test
    void aNarrowTableOfKindsKeepsItsDrawing() {
        List<String> lines = overview(DENSE, 40);
        assertTrue(lines.contains("  ffn_down                  ▇▄▁▁▁▃▅█"), lines::toString);
    }

    @Test
    void aHugeRatioHasAnExponent() throws IOException {
        Path file = Files.write(folder.resolve("huge.gguf"), new GgufImatrixBuilder().keys(List.of("text"), 1, 1)
                .entry("blk.0.attn_q.weight", new float[]{1}, 1e-30f, 2e-30f)
                .entry("blk.1.attn_q.weight", new float[]{1}, 1e30f, 2e30f).build());
        List<String> lines = overview(file, 100);
        assertTrue(lines.stream().anyMatch(line -> line.matches("  attn_q .* 1\\.00e60 .*")), lines::toString);
    }

    @Test
    void beginsWithWhatStandsOut() {
        List<String> lines = overview(DENSE, 1000);
        assertEquals("what stands out", lines.get(5));
        assertEquals("  Far below the other layers of their kind: blk.0.attn_output.weight (z -3.65),"
                + " blk.0.attn_k.weight (z -3.23).", lines.get(6));
        assertTrue(lines.contains("  The mean E[x²] grows with depth: attn_k = attn_q = attn_v, attn_output."));
    }

    /** Layer 0 has the smallest mean of attn_k and layer 7 the largest, 1.79 times as large: 1.0580 / 0.5913. */
    @Test
    void foldsKindsThatShareTheirInput() {
        List<String> rows = overview(DENSE, 1000).stream().filter(line -> line.contains("attn_k ")).toList();
        assertEquals("  attn_k = attn_q = attn_v       24    231.85     1.79  96.95%  ▁▅▆▆▇▇██  0  7", rows.getLast());
    }

    @Test
    void saysThatNothingStandsOut() throws IOException {
        GgufImatrixBuilder matrix = new GgufImatrixBuilder().keys(List.of("text"), 1, 1);
        for (int layer = 0; layer < 3; layer++) {
            float[] sums = new float[64];
            Arrays.fill(sums, 1 + (layer + 1) % 3 * 0.1f);
            matrix.entry("blk." + layer + ".ffn_down.weight", new float[]{1}, sums);
        }
        Path file = Files.write(folder.resolve("calm.gguf"), matrix.build());
        assertTrue(String.join("\n", overview(file, 200)).contains("what stands out\n  Nothing: "));
    }

    @Test
    void moreLayersThanFitAreDrawn() throws IOException {
        List<String> lines = overview(
                ReferenceFiles.realWithExpected(".json").stream().filter(file -> file.endsWith("tinyllama-1.1b.dat"))
                        .findFirst().orElseThrow(),
                100);
        String sums = lines.stream().filter(line -> line.startsWith("  Σ distinct  ")).findFirst().orElseThrow();
        assertEquals("  Σ distinct  4437.0   3   127046  21  ▂▁▁▁▁▁▁▁▁▁▁▁▂▂▂▃▃▄▅▆▇█", sums);
    }

    @Test
    void theLegendIsTrueOfTheData() {
        String alikeKinds = String.join(" ", overview(DENSE, 1000));
        assertFalse(alikeKinds.contains("these kinds differs"), "medians within a factor of 3");
        String differing = String.join(" ", overview(ReferenceFiles.testdata("cases/t5/t5.gguf"), 1000));
        assertTrue(differing.contains("The mean E[x²] of these kinds differs by up to "), differing);
        assertFalse(differing.contains("grows with depth: dec.cross_attn_k"), differing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor", "layer", "kind", "expert"})
    void everyLevelExplainsEveryColumnThatItShows(String level) {
        String table = CliRun.outputOf("stats", ReferenceFiles.testdata("moe-act-prose.gguf"), "--level", level,
                "--columns", "all");
        String legend = table.lines().filter(line -> line.startsWith("Columns of ")).findFirst().orElseThrow();
        StatsLevels.ALL.stream().filter(each -> each.label().equals(level))
                .flatMap(each -> each.columns().stream())
                .filter(column -> column.meaning() != null && !column.meaning().startsWith(column.header() + " "))
                .forEach(column -> assertTrue(legend.contains(" " + column.header() + ": "), column.header()));
    }

    @Test
    void allShowsEveryTensorAndLayer() {
        List<String> all = CliRun.outputOf("stats", DENSE, "--all").lines().toList();
        assertEquals("what stands out", all.get(5));
        assertTrue(all.containsAll(List.of("kinds", "attn_q: 8 tensors, same input as attn_k", "layers")));
        assertEquals(7 * 8, all.stream().filter(line -> line.matches(" +[0-7] .*│.*")).count());
    }

    @Test
    void aRequestForRowsIsAnsweredWithRows() {
        for (Object[] request : List.of(new Object[]{"--kind", "*"}, new Object[]{"--top", 3},
                new Object[]{"--sort", "sum"}, new Object[]{"--columns", "sum"}, new Object[]{"--level", "layer"},
                new Object[]{"--group-by", "layer"}, new Object[]{"--unique"})) {
            Object[] arguments = Stream.concat(Stream.of("stats", DENSE), Stream.of(request)).toArray();
            assertFalse(CliRun.outputOf(arguments).contains("what stands out"), List.of(request).toString());
        }
    }

    @Test
    void theLegendIsSaidOnceForSeveralFiles() {
        String both = CliRun.outputOf("stats", DENSE, ReferenceFiles.testdata("tiny-english-code.imatrix.gguf"));
        assertEquals(2, both.lines().filter(line -> line.equals("what stands out")).count());
        assertEquals(1, both.lines().filter(line -> line.contains("Σ median: median Σ of a tensor")).count());
    }

    @Test
    void markdownFoldsTheRows() {
        String markdown = CliRun.outputOf("stats", DENSE, "--format", "markdown");
        assertTrue(markdown.contains("\n### what stands out\n"), markdown);
        assertTrue(markdown.contains("\n<details><summary>56 tensors</summary>\n\n| tensor "), markdown);
        assertTrue(markdown.contains("\n<details><summary>8 layers</summary>\n"), markdown);
    }

    @Test
    void drawingsHaveALikenessInAscii() {
        String ascii = CliRun.outputOf("stats", DENSE, "--ascii");
        assertTrue(ascii.chars().allMatch(c -> c < 0x80) && !ascii.contains("?"), ascii);
        assertTrue(ascii.contains("_=++**##"), ascii);
    }

    /** Layer numbers of a file are not trusted to size anything. */
    @Test
    void hugeLayerNumbersAreDrawnSideBySide() throws IOException {
        GgufImatrixBuilder matrix = new GgufImatrixBuilder().keys(List.of("text"), 1, 1);
        for (int layer : new int[]{1, 5, 999_999_999}) {
            matrix.entry("blk." + layer + ".ffn_down.weight", new float[]{1}, layer, 2);
        }
        Path file = Files.write(folder.resolve("far.gguf"), matrix.build());
        String overview = String.join("\n", overview(file, 200));
        assertTrue(overview.contains("by layer  "), overview);
    }
}
