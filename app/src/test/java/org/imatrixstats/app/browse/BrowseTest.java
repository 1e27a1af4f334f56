package org.imatrixstats.app.browse;

import static org.imatrixstats.imatrix.ReferenceFiles.testdata;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.browse.Key.Name;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.stats.Statistic;
import org.jline.utils.AttributedStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the screen shows after which keys. */
class BrowseTest {
    private static final Path MOE = testdata("moe-prose.gguf");
    private static final Path OTHER = testdata("moe-code.gguf");

    @TempDir
    private Path folder;

    /** Three tensors of one kind with Σ 10, 100 and 1000, and the output. */
    private Path small() throws IOException {
        return new GgufImatrixBuilder().keys(List.of("prose.txt"), 1, 10)
                .entry("blk.0.ffn_down.weight", new float[]{10}, 20, 30, 20, 30)
                .entry("blk.1.ffn_down.weight", new float[]{10}, 970, 10, 10, 10)
                .entry("blk.2.ffn_down.weight", new float[]{10}, 9000, 400, 400, 200)
                .entry("output.weight", new float[]{10}, 1, 2, 3, 4).write(folder);
    }

    private Screen screen() throws IOException {
        return Screen.of(80, 24, small());
    }

    // ---- the table

    @Test
    void firstShowsTheFileAndItsTensorsByKind() throws IOException {
        Screen screen = screen();
        assertTrue(screen.line(0).contains("4 tensors, 3 layers"), screen.line(0));
        assertEquals(" no filter · all 4 tensors · by kind, then layer", screen.line(1));
        assertEquals("▾ ffn_down: 3 tensors", screen.line(3));
        assertTrue(screen.line(4).startsWith("  layer 0        10.0  "), screen.line(4));
        assertTrue(screen.line(5).startsWith("  layer 1       100.0  "), screen.line(5));
        assertTrue(screen.line(6).startsWith("  layer 2      1000.0  "), screen.line(6));
        assertEquals("▾ output: 1 tensor", screen.line(7));
        assertTrue(screen.line(23).contains("? keys"), screen.line(23));
        assertTrue(screen.line(23).contains("q quit"), screen.line(23));
    }

    @Test
    void theCursorStartsAtATensorAndStaysInTheTable() throws IOException {
        Screen screen = screen();
        assertTrue(screen.selected().startsWith("layer 0"), screen.selected());
        assertTrue(screen.press(Name.DOWN).selected().startsWith("layer 1"));
        assertTrue(screen.press(Name.UP, Name.UP, Name.UP, Name.UP).selected().startsWith("▾ ffn_down"));
        assertTrue(screen.press(Name.END).selected().startsWith("no layer"));
        assertTrue(screen.press(Name.DOWN).selected().startsWith("no layer"));
        assertTrue(screen.press(Name.HOME).selected().startsWith("▾ ffn_down"));
    }

    @Test
    void lettersOfViMoveToo() throws IOException {
        Screen screen = screen();
        assertEquals(screen().press(Name.DOWN).text(), screen.type("j").text());
        assertEquals(screen().text(), screen.type("k").text());
        assertEquals(screen().press(Name.END).text(), screen.type("G").text());
        assertEquals(screen().press(Name.HOME).text(), screen.type("g").text());
    }

    @Test
    void theTableScrollsByPages() throws IOException {
        Screen screen = Screen.of(80, 14, MOE);
        screen.shows("attn_k: 4").hides("attn_v: 4");
        screen.press(Name.PAGE_DOWN, Name.PAGE_DOWN);
        assertTrue(screen.selected().startsWith("layer"), screen.selected());
        screen.hides("attn_k: 4").shows("attn_v: 4");
        screen.press(Name.PAGE_UP, Name.PAGE_UP, Name.PAGE_UP).shows("attn_k: 4");
    }

    @Test
    void columnsScrollSoThatEveryFigureCanBeSeen() throws IOException {
        Screen screen = screen();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < Statistic.values().length; i++) {
            for (Statistic statistic : Statistic.values()) {
                if (screen.line(2).contains("  " + statistic.header() + "  ")
                        || screen.line(2).endsWith("  " + statistic.header())) {
                    seen.add(statistic.key());
                }
            }
            screen.press(Name.RIGHT);
        }
        for (Statistic statistic : Statistic.values()) {
            assertTrue(seen.contains(statistic.key()), statistic.header());
        }
    }

    // ---- order

    @Test
    void sortsByAFigureThatIsChosenFromAList() throws IOException {
        Screen screen = screen().type("b").type("b").type("s");
        screen.shows("Sort by:").shows("Σ e: the energy");
        screen.type("largest e");
        screen.shows("max").hides("Σ e: the energy");
        screen.press(Name.ENTER).shows("Sorted by max, largest first");
        assertTrue(screen.line(2).contains("↓ max"), screen.line(2));
        assertTrue(screen.line(3).contains("blk.2.ffn_down.weight"), screen.text());
        assertTrue(screen.line(4).contains("blk.1.ffn_down.weight"), screen.text());
        assertTrue(screen.line(6).contains("output.weight"), screen.text());
        screen.type("r").shows("smallest first");
        assertTrue(screen.line(2).contains("↑ max"), screen.line(2));
        assertTrue(screen.line(3).contains("output.weight"), screen.text());
    }

    @ParameterizedTest
    @EnumSource(Statistic.class)
    void sortsByAnyFigureWithTheUndefinedLast(Statistic statistic) throws IOException {
        for (String reversed : List.of("", "r")) {
            Screen screen = Screen.of(80, 60, MOE).type("bbs").type(statistic.key()).press(Name.ENTER).type(reversed);
            Tab tab = screen.state().current();
            assertEquals(statistic.key(), tab.order());
            double last = Double.NaN;
            boolean undefined = false;
            for (Tab.Row row : tab.rows()) {
                double value = tab.table().measure(statistic.key()).value(((Tab.Row.Tensor) row).number());
                if (Double.isNaN(value)) {
                    undefined = true;
                } else {
                    assertFalse(undefined, "a figure after an undefined one");
                    assertFalse(reversed.isEmpty() ? value > last : value < last, statistic.key());
                    last = value;
                }
            }
        }
    }

    @Test
    void theSortedColumnIsInViewWhereverTheOthersAreScrolledTo() throws IOException {
        Screen screen = screen().type("s").type("load_gini").press(Name.ENTER);
        assertTrue(screen.line(2).contains("↓ load Gini"), screen.line(2));
        screen.press(Name.RIGHT, Name.RIGHT, Name.RIGHT);
        assertTrue(screen.line(2).contains("↓ load Gini"), screen.line(2));
    }

    @Test
    void goesToTheNextColumnToSortBy() throws IOException {
        assertTrue(screen().type(">").line(2).contains("↓ Σ E[x²]"));
        assertTrue(screen().type(">>").line(2).contains("↓ z"));
        assertTrue(screen().type(">><").line(2).contains("↓ Σ E[x²]"));
    }

    @Test
    void groupsByKindByLayerOrNot() throws IOException {
        Screen screen = screen();
        screen.type("b").shows("▾ layer 0: 1 tensor").shows("▾ no layer: 1 tensor").shows("  ffn_down ");
        screen.type("b").hides("▾").shows("  blk.1.ffn_down.weight");
        screen.type("b").shows("▾ ffn_down: 3 tensors");
    }

    @Test
    void layersAreInTheOrderOfTheirNumbers() throws IOException {
        GgufImatrixBuilder builder = new GgufImatrixBuilder().keys(List.of("prose.txt"), 1, 10);
        for (int layer = 0; layer < 12; layer++) {
            builder.entry("blk." + layer + ".attn_q.weight", new float[]{10}, 20, 30);
        }
        List<String> headings = Screen.of(80, 40, builder.write(folder)).type("b").text().lines()
                .filter(line -> line.startsWith("▾")).toList();
        assertEquals("▾ layer 2: 1 tensor", headings.get(2));
        assertEquals("▾ layer 11: 1 tensor", headings.get(11));
    }

    // ---- fold

    @Test
    void foldsAGroupAndUnfoldsIt() throws IOException {
        Screen screen = screen().type("f").shows("▸ ffn_down: 3 tensors").hides("layer 1");
        assertEquals("▸ ffn_down: 3 tensors", screen.selected());
        screen.press(Name.ENTER).shows("▾ ffn_down: 3 tensors").shows("layer 1");
    }

    @Test
    void foldsAllGroups() throws IOException {
        Screen screen = screen().type("F").shows("▸ ffn_down: 3 tensors").shows("▸ output: 1 tensor").hides("layer 1");
        screen.type("F").shows("layer 1").hides("▸");
    }

    // ---- filter

    @Test
    void filtersAsYouType() throws IOException {
        Screen screen = screen().type("/").type("o");
        screen.shows("filter: o").shows("layer 0").shows("no layer");
        screen.type("ut").shows("1 of 4 tensors").hides("layer 0").shows("no layer");
        screen.press(Name.BACKSPACE, Name.BACKSPACE).shows("all 4 tensors").shows("layer 0");
        screen.type("ut").press(Name.ENTER).shows("filter: out");
        screen.press(Name.ESCAPE).shows("no filter").shows("layer 0");
    }

    @Test
    void escapeBringsTheFilterBackThatWasThereBefore() throws IOException {
        Screen screen = screen().type("/").type("down").press(Name.ENTER).type("/").type("zzz");
        screen.shows("0 of 4 tensors").shows("No tensor has this in its name");
        screen.press(Name.ESCAPE).shows("filter: down").shows("3 of 4 tensors");
    }

    @Test
    void wordsOfAFilterMayComeInAnyOrderAndCase() throws IOException {
        screen().type("/").type("DOWN blk.2").shows("1 of 4 tensors").shows("layer 2").hides("layer 1");
    }

    @Test
    void keysAreTextWhileAFilterIsTyped() throws IOException {
        Screen screen = screen().type("/").type("q?s");
        assertNull(screen.state().request());
        screen.shows("filter: q?s");
    }

    @Test
    void theCursorStaysAtItsTensorWhileTheFilterChanges() throws IOException {
        Screen screen = screen().press(Name.DOWN, Name.DOWN).type("/").type("blk.2");
        assertTrue(screen.selected().startsWith("layer 2"), screen.selected());
        assertTrue(screen.press(Name.ESCAPE).selected().startsWith("layer 2"), screen.selected());
    }

    // ---- detail

    @Test
    void saysInWordsWhatATensorIs() throws IOException {
        Screen screen = Screen.of(100, 40, small()).press(Name.DOWN, Name.ENTER);
        screen.shows("blk.1.ffn_down.weight").shows("4 columns.");
        // 97 of 100
        screen.shows("The largest column holds 97.00% of the energy, the largest 4 hold 100.00%");
        screen.shows("Against blk.0.ffn_down.weight, by energy: cosine similarity ");
        screen.shows("Its energy is as usual among the 3 tensors of its kind: number 2 from the top, z +0.00.");
    }

    @Test
    void drawsTheHistogramOfTheColumns() throws IOException {
        // E[x²] = 97, 1, 1, 1: three columns from 1 to √2, one from 64·√2 = 90.5 to 128.
        Screen screen = Screen.of(100, 40, small()).press(Name.DOWN, Name.ENTER);
        List<String> bars = screen.text().lines().filter(line -> line.contains("█") && line.startsWith("from"))
                .toList();
        assertEquals(2, bars.size(), screen.text());
        assertTrue(bars.getFirst().startsWith("from 1.0000") && bars.getFirst().endsWith(" 3"), bars.getFirst());
        assertTrue(bars.getLast().startsWith("from 90.510") && bars.getLast().endsWith(" 1"), bars.getLast());
        long full = bars.getFirst().chars().filter(c -> c == '█').count();
        long third = bars.getLast().chars().filter(c -> c == '█').count();
        assertEquals(full / 3, third);
    }

    @Test
    void namesTheLargestColumns() throws IOException {
        Screen screen = Screen.of(100, 44, small()).press(Name.DOWN, Name.ENTER);
        screen.shows("Largest columns: E[x²], share of Σ");
        String largest = screen.text().lines().filter(line -> line.startsWith("column 0")).findFirst().orElseThrow();
        assertTrue(largest.endsWith("97.000  97.00%"), largest);
    }

    @Test
    void theDetailFollowsTheCursorAndCloses() throws IOException {
        Screen screen = Screen.of(100, 40, small()).press(Name.ENTER).shows("blk.0.ffn_down.weight");
        screen.press(Name.DOWN).shows("blk.1.ffn_down.weight");
        screen.press(Name.ESCAPE).hides("blk.1.ffn_down.weight");
    }

    @Test
    void theDetailDefinesEveryFigure() throws IOException {
        Screen screen = Screen.of(140, 200, small()).press(Name.ENTER);
        for (Statistic statistic : Statistic.values()) {
            String start = statistic.description().substring(0, Math.min(30, statistic.description().length()));
            screen.shows(start);
        }
    }

    @Test
    void aWideWindowHasTheDetailBesideTheTable() throws IOException {
        Screen screen = Screen.of(140, 30, small()).press(Name.ENTER);
        assertTrue(screen.line(2).contains(" ┃ blk.0.ffn_down.weight"), screen.text());
        assertTrue(screen.line(4).startsWith("  layer 0"), screen.text());
    }

    @Test
    void theDetailScrollsToItsEndAndNoFurther() throws IOException {
        Screen screen = Screen.of(80, 24, MOE).press(Name.ENTER);
        String first = screen.text();
        for (int i = 0; i < 30; i++) {
            screen.press(Name.PAGE_DOWN);
        }
        screen.shows("rare ");
        int pages = 0;
        while (!screen.text().equals(first) && pages < 40) {
            screen.press(Name.PAGE_UP);
            pages++;
        }
        assertTrue(pages < 12, "it takes " + pages + " pages back");
    }

    @Test
    void namesTheExpertsThatWereNotReached() throws IOException {
        // ../shared/reference: 3 of 16 experts (13-15) of layer 0 saw no token.
        Screen screen = Screen.of(100, 120, MOE).type("/").type("blk.0.ffn_up_exps").press(Name.ENTER, Name.DOWN,
                Name.ENTER);
        screen.shows("16 experts of ").shows("Experts never reached: 3 (13-15)");
        screen.shows("expert 13").shows("never");
    }

    @Test
    void aTensorWithoutDataSaysSo() throws IOException {
        Path file = new GgufImatrixBuilder().keys(List.of("prose.txt"), 1, 10)
                .entry("blk.0.attn_q.weight", new float[]{0}, 0, 0).entry("output.weight", new float[]{10}, 1, 2)
                .write(folder);
        Screen.of(100, 40, file).press(Name.ENTER).shows("No data: no row reached it.");
    }

    // ---- files

    @Test
    void switchesBetweenFilesAndStaysAtTheTensor() throws IOException {
        Screen screen = Screen.of(80, 24, MOE, OTHER).type("/").type("attn_v").press(Name.ENTER, Name.END);
        assertTrue(screen.line(0).endsWith("1/2"), screen.line(0));
        assertTrue(screen.selected().startsWith("layer 3     653.87"), screen.selected());
        screen.press(Name.TAB);
        assertTrue(screen.line(0).endsWith("2/2"), screen.line(0));
        assertTrue(screen.line(0).contains("moe-code.gguf"), screen.line(0));
        screen.shows("filter: attn_v");
        assertTrue(screen.selected().startsWith("layer 3     653.61"), screen.selected());
        assertTrue(screen.press(Name.BACK_TAB).line(0).endsWith("1/2"));
    }

    @Test
    void theFilterIsKeptInAComparison() throws IOException {
        Screen screen = Screen.of(80, 24, MOE, OTHER).type("/").type("attn_v").press(Name.ENTER).type("c");
        screen.shows("filter: attn_v").shows("4 of 32 tensors");
        screen.press(Name.TAB).shows("filter: attn_v");
    }

    @Test
    void saysWhatToDoWhereThereIsOneFileOnly() throws IOException {
        screen().press(Name.TAB).shows("There is one file only");
        screen().type("c").shows("There is no other file to compare with");
    }

    // ---- comparison

    @Test
    void comparesTwoFilesTheMostDifferentFirst() throws IOException {
        Screen screen = Screen.of(100, 24, MOE, OTHER).type("c");
        assertTrue(screen.line(0).contains("moe-prose.gguf against "), screen.line(0));
        assertTrue(screen.line(0).endsWith("3/3"), screen.line(0));
        assertTrue(screen.line(2).contains("↓ JS"), screen.line(2));
        Tab tab = screen.state().current();
        List<Double> divergences = tab.rows().stream()
                .map(row -> tab.table().measure("js_divergence").value(((Tab.Row.Tensor) row).number())).toList();
        assertEquals(32, divergences.size());
        assertEquals(divergences.stream().sorted((a, b) -> Double.compare(b, a)).toList(), divergences);
        assertTrue(divergences.getFirst() > 0);
        screen.press(Name.TAB);
        assertTrue(screen.line(0).endsWith("1/3"), screen.line(0));
        screen.type("c");
        assertTrue(screen.line(0).endsWith("3/3"), "the comparison is there already");
        screen.type("c").shows("This is a comparison already");
    }

    @Test
    void theDetailOfAComparisonSaysInWhichWayATensorDiffers() throws IOException {
        Path other = new GgufImatrixBuilder().keys(List.of("code.txt"), 1, 10)
                .entry("blk.0.ffn_down.weight", new float[]{10}, 60, 90, 60, 90)
                .entry("blk.1.ffn_down.weight", new float[]{10}, 10, 970, 10, 10)
                .entry("blk.2.ffn_down.weight", new float[]{10}, 9000, 400, 400, 200)
                .write(Files.createDirectory(folder.resolve("other")));
        Screen screen = Screen.of(100, 50, small(), other).type("c").shows("1 only in the first");
        screen.press(Name.HOME, Name.ENTER);
        screen.shows("blk.1.ffn_down.weight").shows("Other columns matter.").shows("column 0").shows("97.000 → 1.0000");
        // 960 of 1000 on another column.
        screen.shows("Of the energy 96.00% stands on other columns");
        screen.press(Name.DOWN)
                .shows("The same columns matter, but their energy is another. A has 0.33 times the energy");
        screen.press(Name.DOWN).shows("Much the same in both.");
    }

    @Test
    void asksWhichOfSeveralFilesToCompareWith() throws IOException {
        Path third = testdata("moe-act-prose.gguf");
        Screen screen = Screen.of(100, 24, MOE, OTHER, third).type("c").shows("Compare with:");
        screen.type("act").press(Name.ENTER);
        assertTrue(screen.line(0).contains("moe-prose.gguf against ") && screen.line(0).contains("moe-act-prose"),
                screen.line(0));
    }

    @Test
    void filesWithoutACommonTensorAreNotCompared() throws IOException {
        Path other = new GgufImatrixBuilder().keys(List.of("code.txt"), 1, 10)
                .entry("blk.0.attn_q.weight", new float[]{10}, 60, 90)
                .write(Files.createDirectory(folder.resolve("other")));
        Screen screen = Screen.of(200, 24, small(), other).type("c").shows("There is no tensor to show");
        screen.press(Name.DOWN, Name.ENTER, Name.ESCAPE).type("bfrs").press(Name.ESCAPE).press(Name.TAB);
        screen.shows("▾ ffn_down: 3 tensors");
    }

    // ---- marks

    private static final Path MODEL = testdata("models/tiny-english-f16.header.gguf");
    private static final Path MATRIX = testdata("tiny-english-prose.imatrix.gguf");

    private static Screen withModel(Dialect dialect) throws IOException {
        return Screen.of(120, 40, Marks.none(new RuleMaker(dialect, Model.read(MODEL),
                QuantizeOptions.of(dialect.base("Q4_K_M")).withImatrix(ImatrixReader.open(MATRIX)))), MATRIX);
    }

    @Test
    void theSizeFollowsTheMarks() throws IOException {
        String plain = CliRun.outputOf("plan", MODEL, "--imatrix", MATRIX);
        Screen screen = withModel(Dialects.llamaCpp()).type("/ffn_down").press(Name.ENTER).type("tq8_0")
                .press(Name.ENTER).type("a");
        String ruled = CliRun.outputOf("plan", MODEL, "--imatrix", MATRIX, "--rule", "ffn_down=q8_0");
        screen.shows("8 marked, 1 rule, " + mib(ruled) + " MiB");
        screen.type("m").shows("Q4_K_M alone: " + mib(plain) + " MiB").shows("With the rules: " + mib(ruled) + " MiB");
        screen.shows("^blk\\.[0-9]+\\.ffn_down\\.weight$=q8_0");
        screen.press(Name.ESCAPE).type("u").hides("marked");
    }

    private static String mib(String plan) {
        Matcher size = Pattern.compile("([0-9.]+) MiB").matcher(plan);
        assertTrue(size.find(), plan);
        return size.group(1);
    }

    @Test
    void rulesAreThoseOfTheProgramTheyAreFor() throws IOException {
        Screen screen = withModel(Dialects.ikLlamaCpp()).type("t").shows("iq5_ks").type("iq5_ks").press(Name.ENTER)
                .type(" /output").press(Name.ENTER).type("aw").press(Name.ENTER);
        Request.Write write = (Request.Write) screen.state().request();
        assertEquals(1, write.content().lines().count(), "rules of --custom-q have commas between");
        assertTrue(write.content().contains("=iq5_ks"), write.content());
        screen.type("m").shows("--custom-q");
    }

    @Test
    void saysWhichMarksDoNothing() throws IOException {
        Screen screen = Screen.of(120, 40, Marks.none(new RuleMaker(Dialects.llamaCpp(),
                Model.read(MODEL), QuantizeOptions.of(Dialects.llamaCpp().base("Q4_K_M")))), MOE);
        screen.type("/gate_exps").press(Name.ENTER).type("am").shows("4 tensors not in the model");
    }

    @Test
    void marksTensorsAndShowsTheRules() throws IOException {
        Screen screen = screen().type(" ").shows("1 marked");
        assertTrue(screen.line(4).startsWith("* layer 0"), screen.text());
        assertTrue(screen.selected().startsWith("layer 1"), "the cursor goes on");
        screen.type("m").shows("blk").shows("=q6_K");
        screen.press(Name.ESCAPE).type("k").type(" ").hides("marked");
    }

    @Test
    void marksAFoldedGroupAtOnce() throws IOException {
        screen().type("f").type(" ").shows("3 marked").shows("▸ ffn_down: 3 tensors, 3 marked");
    }

    @Test
    void marksWhatTheFilterLeaves() throws IOException {
        Screen screen = screen().type("/").type("blk.1").press(Name.ENTER).type("a").shows("1 marked");
        screen.press(Name.ESCAPE).shows("1 marked");
        screen.type("u").hides("marked");
    }

    @Test
    void tensorsGetTheTypeThatWasChosenWhenTheyWereMarked() throws IOException {
        Screen screen = screen().type(" ").type("t").shows("Type for marked tensors").type("q5_k").press(Name.ENTER);
        screen.type(" ").type("m").shows("=q6_K").shows("=q5_K");
    }

    @Test
    void asksForAFileToWriteTheRulesTo() throws IOException {
        Screen screen = screen().type(" ").type("w").shows("Write the rules to: rules.txt");
        screen.press(Key.control('U')).type("my rules").press(Name.ENTER);
        Request.Write write = (Request.Write) screen.state().request();
        assertEquals("my rules", write.file());
        assertTrue(write.content().endsWith("=q6_K\n"), write.content());
        assertFalse(write.replace());
    }

    @Test
    void asksBeforeItReplacesAFile() throws IOException {
        Screen screen = screen().type(" w").press(Name.ENTER);
        Request.Write write = (Request.Write) screen.state().request();
        State asked = screen.state().askToReplace(write);
        assertTrue(((Request.Write) asked.update(Key.of('y')).request()).replace());
        assertNull(asked.update(Key.of('n')).request());
        assertEquals("Nothing was written", asked.update(Key.of(Name.ENTER)).message());
    }

    @Test
    void writesNothingIfNothingIsMarked() throws IOException {
        assertNull(screen().type("w").shows("Nothing is marked").press(Name.ENTER).state().request());
    }

    // ---- help and the end

    @ParameterizedTest
    @EnumSource(Action.class)
    void theHelpHasEveryKey(Action action) throws IOException {
        String start = action.description().split(" ")[0];
        assertTrue(Screen.of(80, 60, small()).type("?").text().lines().map(String::strip)
                .anyMatch(line -> line.startsWith(action.keyLabels()) && line.contains(start)), action.description());
    }

    @Test
    void theHelpClosesByItsKeyAndByEscape() throws IOException {
        assertEquals(screen().text(), screen().type("??").text());
        assertEquals(screen().text(), screen().type("?").press(Name.ESCAPE).text());
        assertEquals(screen().text(), screen().type("?").type("q").text());
    }

    @Test
    void quits() throws IOException {
        assertEquals(new Request.Quit(0), screen().type("q").state().request());
        assertEquals(new Request.Quit(130), screen().press(Key.control('C')).state().request());
        assertEquals(new Request.Quit(130), screen().type("/ab").press(Key.control('C')).state().request());
    }

    @Test
    void noTwoActionsHaveTheSameKey() {
        Set<Key> keys = new HashSet<>();
        for (Action action : Action.values()) {
            action.keys().forEach(key -> assertTrue(keys.add(key), key.label()));
        }
    }

    @Test
    void aKeyThatDoesNothingSaysSo() throws IOException {
        screen().type("x").shows("Key x does nothing; ? shows the keys");
    }

    @Test
    void beforeTheFiguresAreThereItSaysThatItIsReading() {
        State state = State.of(List.of(new Unread()), Marks.none(Screen.RULES), new ScreenSize(80, 24))
                .progressed(null, 0);
        State later = state.progressed(state.tabs().getFirst().source(), 40);
        assertTrue(View.render(later, new Palette(false, false)).toString().contains("40%"));
        assertEquals("Still reading; q quits", later.update(Key.of('s')).message());
        assertEquals(new Request.Quit(0), later.update(Key.of('q')).request());
    }

    private static final class Unread implements Source {
        @Override
        public String title() {
            return "unread";
        }

        @Override
        public long work() {
            return 1;
        }

        @Override
        public Table load(java.util.function.LongConsumer walked) {
            throw new AssertionError("not to be read");
        }

        @Override
        public Detail detail(int row) {
            throw new AssertionError("not to be read");
        }
    }

    // ---- windows of all sizes, and what files may hold

    @ParameterizedTest
    @CsvSource({"1,1", "10,3", "39,24", "80,7", "40,8", "41,9", "60,10", "79,23", "119,40", "120,8", "500,100"})
    void everyKeyWorksInWindowsOfAnySize(int width, int height) throws IOException {
        Screen screen = Screen.of(width, height, MOE, OTHER);
        for (String keys : List.of("jjj", "\n", "jkGg", "s", "b", "F", "f", "/", "m", "?", "t", "w")) {
            for (int c : keys.codePoints().toArray()) {
                screen.press(c == '\n' ? Key.of(Name.ENTER) : Key.of(c));
                assertFalse(screen.text().isEmpty());
            }
            screen.press(Name.PAGE_DOWN, Name.DOWN, Name.RIGHT, Name.END, Name.ESCAPE);
            assertFalse(screen.text().isEmpty());
        }
    }

    @Test
    void aMarkedTensorShowsTheTypeThatItGets() throws IOException {
        Screen screen = screen().type(" tiq3_s").press(Name.ENTER).type(" ");
        assertTrue(screen.line(2).contains("  type  "), screen.line(2));
        List<String> marked = screen.text().lines().filter(line -> line.startsWith("* ")).toList();
        assertEquals(2, marked.size());
        assertTrue(marked.get(0).matches("\\* layer \\d +q6_K .*"), marked.get(0));
        assertTrue(marked.get(1).matches("\\* layer \\d +iq3_s .*"), marked.get(1));
        screen.type("u").hides(" type ");
    }

    @Test
    void rulesThatTheProgramRefusesAreNotWritten() throws IOException {
        RuleMaker refused = new RuleMaker(Dialects.ikLlamaCpp(),
                Model.read(testdata("models/small-moe.gguf")),
                QuantizeOptions.of(BaseType.Q4_K_M));
        Screen.of(100, 30, Marks.none(refused), MOE).type("tiq2_xxs").press(Name.ENTER).type(" ").shows("refused")
                .type("w")
                .shows("There are no rules to write: m says why").type("m").shows("demands an entry");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 44, 50, 57, 80, 100, 119, 120})
    void howToGetOutIsAlwaysAmongTheKeys(int width) throws IOException {
        Screen screen = Screen.of(width, 14, MOE, OTHER);
        assertTrue(screen.line(13).endsWith("q quit"), screen.line(13));
        assertTrue(screen.press(Name.DOWN, Name.ENTER).line(13).endsWith("q quit"), screen.line(13));
    }

    @Test
    void aWindowThatIsTooSmallSaysSo() throws IOException {
        Screen screen = screen().resize(36, 5);
        assertEquals("Too small: 36x5, it takes 40x8; q", screen.line(0));
        assertEquals("quits", screen.line(1));
        assertEquals(screen().text(), screen.resize(80, 24).text());
    }

    @Test
    void theSelectedRowStaysInViewWhenTheWindowShrinks() throws IOException {
        Screen screen = Screen.of(80, 60, MOE).press(Name.END);
        String selected = screen.selected();
        assertEquals(selected, screen.resize(80, 10).selected());
    }

    @Test
    void namesThatCouldMoveTheCursorAreEscaped() throws IOException {
        Path file = new GgufImatrixBuilder().keys(List.of("prose.txt"), 1, 10)
                .entry("blk.0.\033[2Jattn\u202eq.weight", new float[]{10}, 1, 2)
                .entry("blk.0.日本語の層.weight", new float[]{10}, 1, 2).write(folder);
        for (String keys : List.of("", "b", "bb", "f", "a", "am", "/\033")) {
            Screen screen = Screen.of(60, 20, file).type(keys);
            assertTrue(screen.text().codePoints().noneMatch(c -> c != '\n' && Character.isISOControl(c) || c == 0x202e),
                    screen.text());
        }
        Screen screen = Screen.of(60, 20, file).press(Name.ENTER);
        screen.shows("\\x1b[2J").shows("\\u{202e}");
        screen.shows("日本語の層");
    }

    @Test
    void asciiIsAsciiOnly() throws IOException {
        Screen screen = Screen.of(80, 24, MOE).withPalette(false, true);
        for (String keys : List.of("", "\n", "s", "m", "?", "f")) {
            screen.type(keys.strip());
            if (keys.equals("\n")) {
                screen.press(Name.ENTER);
            }
            String text = screen.text();
            assertTrue(text.chars().allMatch(c -> c < 0x80), text);
            screen.press(Name.ESCAPE, Name.ESCAPE);
        }
    }

    @Test
    void withoutColourThereIsNone() throws IOException {
        Screen screen = Screen.of(140, 40, MOE).press(Name.ENTER);
        long foreground = AttributedStyle.DEFAULT.foreground(AttributedStyle.MAGENTA).getMask();
        assertTrue(screen.lines().stream().noneMatch(line -> colored(line, foreground)));
        assertTrue(screen.withPalette(true, false).lines().stream().anyMatch(line -> colored(line, foreground)));
        screen.shows("▲").shows("▼");
    }

    private static boolean colored(org.jline.utils.AttributedString line, long foreground) {
        for (int i = 0; i < line.length(); i++) {
            if ((line.styleAt(i).getMask() & foreground) != 0) {
                return true;
            }
        }
        return false;
    }
}
