package org.imatrixstats.app.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.ManyTensors;
import org.imatrixstats.app.Json;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** Reports as a browser shows them. */
class ReportBrowserIT {
    /** Every chart that there is a place for is drawn. */
    private static final String DRAWN = "document.querySelectorAll('article.file:not([hidden]) figure.chart').length > 0"
            + " && [...document.querySelectorAll('figure.chart')].filter(figure => !figure.closest('[hidden]'))"
            + ".every(figure => figure.querySelector('svg'))";
    private static final String TINY = "tiny-english-prose.imatrix.gguf";

    @TempDir
    private static Path profiles;
    private static Browser browser;
    @TempDir
    private Path folder;

    @BeforeAll
    static void startBrowser() throws IOException, InterruptedException {
        Optional<Path> program = Browser.program();
        assumeTrue(program.isPresent(), "no browser: install chromium to test reports");
        browser = Browser.start(program.get(), Files.createDirectories(profiles.resolve("profile")));
    }

    @AfterAll
    static void stopBrowser() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void startAsADesktop() {
        browser.resize(1280, 900);
        browser.prefer("light");
        browser.scripts(true);
    }

    private Path open(Object... arguments) {
        Path page = folder.resolve("report.html");
        CliRun.of(Stream.concat(Stream.of("report", "-o", page), Stream.of(arguments)).toArray()).succeeded();
        browser.open(page, DRAWN);
        return page;
    }

    private void assertQuiet(Path page) {
        browser.settle();
        assertEquals(List.of(), browser.problems());
        assertEquals(List.of(page.toUri().toString()), browser.requests());
    }

    private List<String> charts() {
        return browser.value("[...document.querySelectorAll('article.file:not([hidden]) [data-chart]')]"
                + ".map(section => section.dataset.chart)").valueStream().map(JsonNode::asString).toList();
    }

    private int count(String selector) {
        return browser.number("document.querySelectorAll(\"" + selector + "\").length");
    }

    /** The first cells of the shown rows of the table of tensors. */
    private List<String> tensorsShown() {
        return browser.value("[...document.querySelectorAll('#tensors-0 tbody tr:not([hidden])')]"
                + ".map(row => row.cells[0].textContent)").valueStream().map(JsonNode::asString).toList();
    }

    // ---- what is drawn

    @Test
    void aDenseModelHasEveryChart() {
        Path page = open(ReferenceFiles.testdata(TINY));
        assertEquals(List.of("map", "curves", "columns", "figures"), charts());
        // 8 layers of 4 inputs; a line and marks for each; bars and largest columns; a row per tensor.
        assertEquals(32, count("#map-0 td[tabindex]"));
        assertEquals(4, count("#curves-0 svg g[aria-label=line] path"));
        assertEquals(32, count("#curves-0 svg g[aria-label=dot] > *"));
        assertTrue(count("#columns-0 svg [aria-description=bins] rect") > 20);
        assertEquals(12, count("#columns-0 svg [aria-description='largest columns'] path"));
        assertEquals(56, count("#tensors-0 tbody tr"));
        assertQuiet(page);
    }

    @Test
    void aMixtureOfExpertsShowsTheirLoad() {
        Path page = open(ReferenceFiles.testdata("moe-prose.gguf"));
        assertEquals(List.of("map", "curves", "columns", "experts", "figures"), charts());
        assertEquals(4 * 16, count("#experts-0 svg [aria-description=load] rect"));
        assertEquals(4 * 3, count("#experts-0 svg [aria-description='never reached'] path"));
        assertQuiet(page);
    }

    @Test
    void aHybridModelHasGapsInItsMap() {
        Path page = open(ReferenceFiles.real("qwen3.5-0.8b.gguf"));
        assertEquals(List.of("map", "curves", "columns", "figures"), charts());
        assertEquals(24, count("#map-0 tbody tr"));
        // Attention proper is in every fourth layer: 18 layers lack it, the other 6 lack what is in its place.
        assertEquals(18 * 2 + 6 * 2, count("#map-0 td.none:not([tabindex])"));
        assertQuiet(page);
    }

    @Test
    void theDataOfManyTensorsAreUnpackedAndTheirTableShowsTheFirstRows() throws IOException {
        Path page = open(ManyTensors.write(folder.resolve("many.gguf"), 10, 300));
        assertEquals(1000, tensorsShown().size());
        String matches = "document.querySelector('#figures-0 .matches').textContent";
        assertEquals("9,000 of 9,000 tensors, the first 1,000 are shown", browser.text(matches));
        browser.click("#figures-0 input[type=search]");
        browser.type("blk.9. down.199");
        assertEquals("1 of 9,000 tensors", browser.text(matches));
        assertEquals(List.of("blk.9.ffn_down.199.weight"), tensorsShown());
        assertQuiet(page);
    }

    @Test
    void aFileWithoutAnyFigureIsShownAsThat() throws IOException {
        Path file = new GgufBuilder().text("general.type", "imatrix").tensor("a.in_sum2", List.of(2L, 1L), 0, 0)
                .tensor("a.counts", List.of(1L, 1L), 0).write(folder.resolve("empty.gguf"));
        Path page = folder.resolve("report.html");
        CliRun.of("report", file, "-o", page).succeeded();
        browser.open(page, "document.querySelector('#tensors-0')");
        assertEquals(1, count("#tensors-0 tbody tr"));
        assertQuiet(page);
    }

    @Test
    void aTensorThatIsZeroThroughoutIsShownAsThat() throws IOException {
        Path file = new GgufBuilder().text("general.type", "imatrix").tensor("a.in_sum2", List.of(2L, 1L), 1, 3)
                .tensor("a.counts", List.of(1L, 1L), 1).tensor("zero.in_sum2", List.of(2L, 1L), 0, 0)
                .tensor("zero.counts", List.of(1L, 1L), 1).write(folder.resolve("zero.gguf"));
        Path page = open(file);
        browser.choose("#columns-0 select", "zero");
        assertEquals("zero", browser.text("document.querySelector('#columns-0 figcaption strong').textContent"));
        String shown = browser.text("document.querySelector('#columns-0').innerText");
        assertTrue(shown.contains("2 columns are 0"), shown);
        assertFalse(shown.contains("NaN"), shown);
        assertQuiet(page);
    }

    @Test
    void spectraOfAModelAreShownWithFitBulkAndSaliency() {
        open(ReferenceFiles.testdata(TINY), "--spectrum", ReferenceFiles.testdata("models/tiny-english-f16.gguf"));
        browser.await("document.querySelector('#spectrum-matrix svg')");
        assertEquals(56, count("#spectrum-map td[tabindex]"));
        assertTrue(count("#spectrum-matrix svg [aria-description=eigenvalues] circle") > 100);
        assertEquals(1, count("#spectrum-matrix svg [aria-description=fit] path"));
        assertEquals(1, count("#spectrum-matrix svg [aria-description=bulk] rect"));
        assertEquals(1, count("#spectrum-matrix svg [aria-description=saliency] path"));
        assertEquals(8, count("#spectrum-shares ~ details tbody tr"));
    }

    @Test
    void weightsOfTwoModelsAreShownAndCompared() {
        Path page = open(ReferenceFiles.testdata(TINY), "--weights", ReferenceFiles.testdata("weights/synth-moe.gguf"),
                "--weights", ReferenceFiles.testdata("weights/synth-moe-tuned.gguf"));
        // Two layers of seven kinds; the embedding is in none.
        assertEquals(14, count("#weights-map td[tabindex]"));
        assertEquals(15, count("#tensors-weights-0 tbody tr"));
        // The first is the matrix with the largest outlier, an expert ten times as large as the others.
        String name = "document.querySelector('#weights-tensor figcaption strong').textContent";
        assertEquals("blk.0.ffn_down_exps.weight", browser.text(name));
        assertTrue(count("#weights-tensor svg [aria-description=bins] rect") > 10);
        assertEquals(5, count("#weights-tensor svg [aria-description=quantiles] line"));
        assertEquals(1, count("#weights-tensor svg [aria-description='the other model'] path"));
        browser.click("#weights-map td[tabindex]");
        assertEquals("blk.0.attn_norm.weight", browser.text(name));
        // What the reference says: layer 1 alone has changed, its expert tensor the most.
        assertEquals("12.2%", browser.text("[...document.querySelectorAll('#weights-changes tbody tr')][1].cells["
                + "[...document.querySelectorAll('#weights-changes thead th')]"
                + ".findIndex(header => header.textContent === 'ffn_down_exps')].textContent"));
        browser.choose("#weights select", "1");
        browser.await("document.querySelector('#tensors-weights-1')");
        assertEquals(0, count("#tensors-weights-0"));
        assertQuiet(page);
    }

    @Test
    void theTableOfWeightsSortsFiltersAndOpensTensors() {
        Path page = open(ReferenceFiles.testdata(TINY), "--weights",
                ReferenceFiles.testdata("weights/synth-hostile.gguf"));
        String first = "document.querySelector('#tensors-weights-0 tbody tr:not([hidden])').cells[0].textContent";
        assertEquals("token_embd.weight", browser.text(first));
        browser.click("#tensors-weights-0 th[data-key=kurtosis] button");
        assertEquals("blk.1.one_outlier.weight", browser.text(first));
        browser.click("#weights-table input[type=search]");
        browser.type("blk.0 nan_bf");
        assertEquals("blk.0.nan_bf16.weight", browser.text(first));
        assertEquals("1 of 22 tensors", browser.text("document.querySelector('#weights-table .matches').textContent"));
        browser.click("#tensors-weights-0 tbody tr:not([hidden]) th button");
        assertEquals("blk.0.nan_bf16.weight",
                browser.text("document.querySelector('#weights-tensor figcaption strong').textContent"));
        assertEquals(8, count("#weights .verdict.warning"));
        assertEquals(0, count("#weights-changes"));
        String shown = browser.text("document.querySelector('#weights').innerText");
        assertFalse(shown.contains("undefined") || shown.contains("Infinity"), shown);
        assertQuiet(page);
    }

    @Test
    void severalFilesAreShownOneAtATime() {
        Path page = open(ReferenceFiles.testdata(TINY), ReferenceFiles.testdata("moe-prose.gguf"));
        assertEquals(1, count("article.file:not([hidden])"));
        browser.choose("#tools select", "1");
        browser.await(DRAWN);
        assertEquals(List.of("map", "curves", "columns", "experts", "figures"), charts());
        assertTrue(browser.isTrue("document.querySelector('#file-0').hidden"));
        assertQuiet(page);
    }

    @Test
    void twoFilesAreCompared() {
        Path page = open(ReferenceFiles.testdata("dense-prose.gguf"), ReferenceFiles.testdata("dense-code.gguf"));
        assertEquals(6 * 4, count("#compare-map td[tabindex]"));
        assertEquals("0.0120", browser.text("document.querySelector('#compare-map td').textContent"));
        assertTrue(count("#compare-columns [aria-description=columns] rect") > 50);
        browser.click("#compare-map td[tabindex]");
        assertEquals("blk.0.attn_k.weight",
                browser.text("document.querySelector('#compare-columns figcaption strong').textContent"));
        assertQuiet(page);
    }

    @Test
    void snapshotsShowHowTheRunConverged() throws IOException {
        List<Object> snapshots = new ArrayList<>();
        try (Stream<Path> files = Files.list(ReferenceFiles.testdata("snapshots"))) {
            files.sorted().forEach(snapshots::add);
        }
        Path page = open(snapshots.toArray());
        assertEquals(3, count("#converge svg g[aria-label=line] path"));
        snapshots.addAll(0, List.of("converge", "--format", "json"));
        assertEquals(
                Json.parse(CliRun.outputOf(snapshots.toArray())).get("verdict").get("headline").asString(),
                browser.text("document.querySelector('#converge .verdict').textContent"));
        browser.choose("#converge select", "kinds");
        assertEquals(7, count("#converge svg g[aria-label=line] path"));
        assertQuiet(page);
    }

    @Test
    void aModelShowsWhereTheBitsGo() {
        Path page = open(ReferenceFiles.testdata(TINY), "--model",
                ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"), "--rule", "ffn_down=q6_K");
        assertEquals(8 * 7, count("#plan .matrix td[tabindex]"));
        assertEquals(8, browser.number("[...document.querySelectorAll('#plan .matrix tbody td:nth-child(6)')]"
                + ".filter(cell => cell.textContent === 'q6_K').length"));
        assertTrue(count("#plan .bar") > 7);
        assertQuiet(page);
    }

    @Test
    void weightsOfTheModelShowWhatEachBlockWritesToTheResidualStream() {
        Path page = open(ReferenceFiles.testdata(TINY), "--model",
                ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "--no-cache");
        assertEquals(List.of("map", "curves", "stream", "columns", "figures"), charts());
        assertEquals(2, count("#stream-0 svg g[aria-label=line] path"));
        assertEquals(8 * 2, count("#stream-0 svg g[aria-label=dot] > *"));
        assertEquals("99.83%", browser.text("document.querySelector('#stream-0 tbody tr').cells[2].textContent"));
        assertTrue(browser.text("document.querySelector('#summary-0').textContent").contains("layer 0's FFN (99.83%)"));
        assertQuiet(page);
    }

    @Test
    void errorsAreMappedAndDrawnByBitsPerWeight() {
        Path table = folder.resolve("errors.csv");
        CliRun.outputOf("error", ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "--imatrix",
                ReferenceFiles.testdata(TINY), "--types", "q2_K,q3_K,q4_K,q8_0", "--rows", "8", "-o", table);
        Path page = open(ReferenceFiles.testdata(TINY), "--errors", table, "--model",
                ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"), "--base", "Q3_K_S");
        // 8 layers of 7 kinds; a line for each kind, the two matrices in no layer, and normal weights.
        assertEquals(8 * 7, count("#errors .matrix td[tabindex]"));
        assertEquals(7 + 2 + 1, count("#errors svg g[aria-label=line] path"));
        assertEquals(12, browser.number("[...document.querySelectorAll('#errors table')].find(table => table.caption"
                + ".textContent === 'The hardest tensors in q3_K').tBodies[0].rows.length"));
        String firstCell = "document.querySelector('#errors .matrix td[tabindex]').textContent";
        String inThree = browser.text(firstCell);
        browser.choose("#errors .controls select", "q8_0");
        assertTrue(Double.parseDouble(browser.text(firstCell)) < Double.parseDouble(inThree) / 100);
        browser.choose("#errors .controls select", "as planned");
        assertTrue(browser.text("document.querySelector('#errors .matrix caption').textContent")
                .contains("the type that is planned"));
        assertEquals(inThree, browser.text(firstCell));
        assertQuiet(page);
    }

    @Test
    void aFrontierIsDrawnWithMixesKneesAndMeasuredModels() {
        Path frontier = folder.resolve("frontier.json");
        CliRun.outputOf("recipe", ReferenceFiles.testdata(TINY), "--model",
                ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "--frontier", "--emit", "json", "-o",
                frontier);
        Path page = folder.resolve("report.html");
        CliRun.of("report", "--frontier", frontier, "--results", ReferenceFiles.testdata("tiny-english-kld.csv"), "-o",
                page).succeeded();
        browser.open(page, "document.querySelectorAll('#frontier figure.chart svg').length > 0");
        String svg = "#frontier figure.chart svg ";
        assertEquals(1, count(svg + "[aria-description=recipes] path"));
        assertEquals(22, count(svg + "[aria-description=mixes] > *"));
        assertEquals(12, count(svg + "[aria-description=measured] > *"));
        assertTrue(count(svg + "[aria-description=knees] > *") > 1);
        assertTrue(browser.text("document.querySelector('#frontier figure.chart svg').textContent")
                .contains("recipe 3.90"));
        // The numbers of the chart, and the measured models with the best first.
        assertTrue(count("#frontier details.numbers tbody tr") > 22 + 12);
        assertEquals("recipe 4.84",
                browser.text("document.querySelector('#measure tbody tr').cells[0].textContent"));
        assertQuiet(page);
    }

    @Test
    void errorsNeedNoImportanceMatrix() {
        Path table = folder.resolve("errors.csv");
        CliRun.outputOf("error", ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "--types", "q4_0,q8_0",
                "--rows", "4", "-o", table);
        Path page = folder.resolve("report.html");
        CliRun.of("report", "--errors", table, "-o", page).succeeded();
        browser.open(page, "document.querySelectorAll('#errors figure.chart svg').length > 0");
        assertEquals(8 * 7, count("#errors .matrix td[tabindex]"));
        assertEquals("errors.csv", browser.text("document.querySelector('h1').textContent"));
        assertQuiet(page);
    }

    @Test
    void aVeryLargeModelStaysSmallAndUsable() throws IOException {
        Path file = largeModel();
        Path page = open(file);
        assertTrue(Files.size(page) < 5_000_000, () -> page.toFile().length() + " bytes");
        assertEquals(58 * 256, count("#experts-0 svg [aria-description=load] rect"));
        assertEquals(61, count("#map-0 tbody tr"));
        browser.click("#figures-0 input[type=search]");
        browser.type("blk.60.");
        assertEquals(12, tensorsShown().size());
        assertQuiet(page);
    }

    /** 61 layers, 58 of them with 256 experts, 732 tensors; the columns are few, for there are only so many seconds. */
    private Path largeModel() throws IOException {
        GgufBuilder builder = new GgufBuilder().text("general.type", "imatrix").texts("imatrix.datasets", "text")
                .uint32("imatrix.chunk_count", 100).uint32("imatrix.chunk_size", 512);
        Random random = new Random(1);
        for (int layer = 0; layer < 61; layer++) {
            List<String> kinds = new ArrayList<>(List.of("attn_q_a", "attn_q_b", "attn_kv_a_mqa", "attn_kv_b",
                    "attn_output"));
            kinds.addAll(layer < 3
                    ? List.of("ffn_gate", "ffn_up", "ffn_down", "x1", "x2", "x3", "x4")
                    : List.of("ffn_gate_inp", "ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp", "ffn_gate_exps",
                            "ffn_up_exps", "ffn_down_exps"));
            for (String kind : kinds) {
                int experts = kind.endsWith("_exps") ? 256 : 1;
                int columns = experts > 1 ? 16 : 1024;
                float[] inSum2 = new float[experts * columns];
                float[] counts = new float[experts];
                for (int i = 0; i < experts; i++) {
                    counts[i] = experts > 1 ? random.nextInt(100_000) : 51_200;
                }
                for (int i = 0; i < inSum2.length; i++) {
                    inSum2[i] = counts[i / columns] * (float) Math.exp(2.5 * random.nextGaussian());
                }
                String name = "blk." + layer + "." + kind + ".weight";
                builder.tensor(name + ".in_sum2", List.of((long) columns, (long) experts), inSum2)
                        .tensor(name + ".counts", List.of(1L, (long) experts), counts);
            }
        }
        return builder.write(folder.resolve("large.gguf"));
    }

    // ---- what can be done with it

    @Test
    void aClickOnAHeaderSortsAndAnotherSortsTheOtherWay() {
        open(ReferenceFiles.testdata(TINY));
        browser.click("#tensors-0 th[data-key=sum] button");
        assertEquals("blk.7.ffn_down.weight", tensorsShown().getFirst());
        assertEquals("descending",
                browser.text("document.querySelector('#tensors-0 th[data-key=sum]').getAttribute('aria-sort')"));
        browser.click("#tensors-0 th[data-key=sum] button");
        assertEquals("blk.0.attn_output.weight", tensorsShown().getFirst());
    }

    @Test
    void whatIsUndefinedIsSortedToTheEndBothWays() {
        open(ReferenceFiles.testdata(TINY));
        for (int i = 0; i < 2; i++) {
            browser.click("#tensors-0 th[data-key=cosine_similarity] button");
            assertTrue(tensorsShown().subList(49, 56).stream().allMatch(name -> name.startsWith("blk.0.")),
                    () -> tensorsShown().toString());
        }
    }

    @Test
    void whatRoundingMakesOfFilesThatAreAlikeHasNoStrongColour() {
        open(ReferenceFiles.testdata("moe-prose.gguf"), ReferenceFiles.testdata("moe-prose.dat"));
        assertTrue(browser.isTrue("[...document.querySelectorAll('#compare-map td[tabindex]')]"
                + ".every(cell => Number(cell.style.getPropertyValue('--t')) < 0.07)"));
        assertTrue(browser.text("document.querySelector('#compare-map .scale').textContent").endsWith("0.00100"));
    }

    @Test
    void theNamesOfTheKindsStayInViewWhileALongMapScrolls() {
        open(ReferenceFiles.testdata(TINY));
        browser.resize(1280, 300);
        browser.settle();
        browser.value("document.querySelector('#map-0 tbody tr:last-child').scrollIntoView({block: 'end'})");
        browser.settle();
        assertTrue(browser.isTrue("document.querySelector('#map-0 thead').getBoundingClientRect().bottom <="
                + " document.querySelector('#map-0 tbody tr:last-child').getBoundingClientRect().top"));
        assertTrue(browser.isTrue("document.querySelector('#map-0 thead th').getBoundingClientRect().top >="
                + " document.querySelector('#sections').getBoundingClientRect().bottom - 2"));
    }

    @Test
    void typingFilters() {
        open(ReferenceFiles.testdata(TINY));
        browser.click("#figures-0 input[type=search]");
        browser.type("FFN_down");
        assertEquals(8, tensorsShown().size());
        assertEquals("8 of 56 tensors", browser.text("document.querySelector('#figures-0 .matches').textContent"));
        browser.type(" blk.3");
        assertEquals(List.of("blk.3.ffn_down.weight"), tensorsShown());
    }

    @Test
    void columnsCanBeAdded() {
        open(ReferenceFiles.testdata(TINY));
        String shown = "getComputedStyle(document.querySelector('#tensors-0 th[data-key=kurtosis]')).display";
        assertEquals("none", browser.text(shown));
        browser.click("#figures-0 .columns-menu summary");
        browser.value("[...document.querySelectorAll('#figures-0 .columns-menu label')]"
                + ".find(label => label.textContent === 'kurt').querySelector('input').click()");
        assertEquals("table-cell", browser.text(shown));
        String open = "document.querySelector('#figures-0 .columns-menu').open";
        browser.press("Escape");
        assertFalse(browser.isTrue(open));
        browser.click("#figures-0 .columns-menu summary");
        assertTrue(browser.isTrue(open));
        browser.click("#figures-0 h3");
        assertFalse(browser.isTrue(open));
    }

    @Test
    void theMapShowsAnyFigureAndItsDefinition() {
        open(ReferenceFiles.testdata(TINY));
        String first = "document.querySelector('#map-0 tbody td').textContent";
        assertEquals("-3.2", browser.text(first));
        browser.choose("#map-0 select", "entropy_normalized");
        assertEquals("97.8%", browser.text(first));
        assertTrue(browser.text("document.querySelector('#map-0 .definition').textContent").contains("H / log2 N"));
    }

    @Test
    void theMapIsWalkedWithArrowKeysAndEnterShowsTheColumns() {
        open(ReferenceFiles.testdata(TINY));
        browser.value("document.querySelector('#map-0 td[tabindex=\"0\"]').focus()");
        browser.press("ArrowDown");
        browser.press("ArrowRight");
        browser.press("Enter");
        assertEquals("blk.1.attn_output.weight",
                browser.text("document.querySelector('#columns-0 figcaption strong').textContent"));
    }

    @Test
    void aTipNamesWhatThePointerIsOver() {
        open(ReferenceFiles.testdata(TINY));
        browser.hover("#map-0 tbody td");
        String tip = browser.text("document.querySelector('#tooltip:not([hidden])').textContent");
        assertTrue(tip.contains("blk.0.attn_k.weight") && tip.contains("z: -3.23") && tip.contains("Σ E[x²]: 151.37"),
                tip);
        browser.hover("#tensors-0 th[data-key=zd]");
        assertTrue(browser.text("document.querySelector('#tooltip:not([hidden])').textContent")
                .contains("z-score density"));
    }

    // ---- for everybody

    @Test
    void everyChartHasATextAlternative() {
        open(ReferenceFiles.testdata("moe-prose.gguf"));
        assertEquals(count("figure.chart svg"), count("figure.chart svg[role=img][aria-label]"));
        assertEquals(3, count("details.numbers table"));
        assertEquals(List.of(),
                browser.value("[...document.querySelectorAll('button, select, input')].filter(control =>"
                        + " !control.textContent && !control.labels?.length && !control.getAttribute('aria-label'))"
                        + ".map(control => control.outerHTML)").valueStream().map(JsonNode::asString).toList());
    }

    @Test
    void headingsGoDownOneLevelAtATime() {
        open(ReferenceFiles.testdata("moe-prose.gguf"));
        List<Integer> levels = browser.value("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]"
                + ".map(heading => Number(heading.tagName[1]))").valueStream().map(JsonNode::asInt).toList();
        assertEquals(1, levels.getFirst());
        assertEquals(1, levels.stream().filter(level -> level == 1).count());
        for (int i = 1; i < levels.size(); i++) {
            assertTrue(levels.get(i) <= levels.get(i - 1) + 1, levels.toString());
        }
    }

    @Test
    void nothingIsWiderThanAPhone() {
        browser.resize(360, 740);
        Path page = open(ReferenceFiles.testdata("moe-prose.gguf"));
        assertEquals(360, browser.number("document.documentElement.scrollWidth"));
        assertQuiet(page);
    }

    @Test
    void theColoursFollowTheSystemAndTheButton() {
        browser.prefer("dark");
        open(ReferenceFiles.testdata(TINY));
        String ground = "getComputedStyle(document.body).backgroundColor";
        String dark = browser.text(ground);
        browser.prefer("light");
        String light = browser.text(ground);
        assertNotEquals(dark, light);
        browser.click("#theme");
        browser.click("#theme");
        assertEquals("Theme: dark", browser.text("document.querySelector('#theme').textContent"));
        assertEquals(dark, browser.text(ground));
    }

    @Test
    void textStandsOutFromItsGroundInBothThemes() {
        open(ReferenceFiles.testdata(TINY));
        for (String theme : List.of("light", "dark")) {
            browser.prefer(theme);
            // WCAG 2: the contrast of each text with what is behind it, drawn on a canvas to resolve any notation.
            String least = "(() => { const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true});"
                    + " const lum = colour => { c.clearRect(0, 0, 1, 1); c.fillStyle = colour; c.fillRect(0, 0, 1, 1);"
                    + " const [r, g, b] = [...c.getImageData(0, 0, 1, 1).data].map(v => v / 255).map(v => v <= 0.04045 ?"
                    + " v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };"
                    + " const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor;"
                    + " if (!b.includes('rgba(0, 0, 0, 0)')) { return b; } } };"
                    + " return Math.min(...[...document.querySelectorAll('p, li, td, th, h1, h2, h3, h4, label, summary')]"
                    + ".map(e => { const [x, y] = [lum(getComputedStyle(e).color), lum(ground(e))].sort((a, b) => b - a);"
                    + " return (x + 0.05) / (y + 0.05); })); })()";
            double contrast = browser.value(least).asDouble();
            assertTrue(contrast >= 4.5, () -> theme + ": " + contrast);
        }
    }

    @Test
    void itCanBePrinted() {
        Path page = open(ReferenceFiles.testdata("moe-prose.gguf"));
        assertTrue(browser.pdf().length > 20_000);
        assertQuiet(page);
    }

    @Test
    void withoutScriptsSummaryHealthAndTablesAreThere() {
        browser.scripts(false);
        Path page = folder.resolve("report.html");
        CliRun.of("report", ReferenceFiles.testdata(TINY), "-o", page).succeeded();
        browser.open(page, "true");
        assertEquals(0, count("svg"));
        assertEquals("none", browser.text("getComputedStyle(document.querySelector('#map-0')).display"));
        String text = browser.text("document.body.innerText");
        for (String expected : List.of("76,800 tokens", "ready for quantizing", "blk.7.ffn_down.weight", "1998.3",
                "Without scripts")) {
            assertTrue(text.contains(expected), expected);
        }
        assertEquals(List.of(page.toUri().toString()), browser.requests());
    }

    // ---- names that mean harm

    @Test
    void namesDoNothing() throws IOException {
        List<String> names = List.of("</script><script>document.title = 'hit'</script>",
                "\"><img src=x onerror=\"document.title = 'hit'\">", "<!--<script>", "]]>",
                "' onmouseover='document.title = 1", "javascript:document.title=1", "<svg onload=document.title='hit'>",
                "\u2028document.title='hit'", "\u202eexe.gguf", "{{data}}", "${title}", "__proto__", "constructor",
                "https://example.com/x.png");
        GgufBuilder builder = new GgufBuilder().text("general.type", "imatrix")
                .texts("imatrix.datasets", names.toArray(String[]::new)).uint32("imatrix.chunk_count", 1)
                .uint32("imatrix.chunk_size", 512);
        for (int layer = 0; layer < 4; layer++) {
            for (int i = 0; i < names.size(); i++) {
                String name = "blk." + layer + "." + names.get(i);
                builder.tensor(name + ".in_sum2", List.of(4L, 1L), 1 + i, 2, 3 * i + layer, 4 + layer * layer)
                        .tensor(name + ".counts", List.of(1L, 1L), 1);
            }
        }
        Path file = builder.write(folder.resolve("<img src=x onerror=alert(1)>.gguf"));
        Path page = open(file, file, "--title", "<script>document.title = 'hit'</script>");
        assertEquals("<script>document.title = 'hit'</script>", browser.text("document.title"));
        assertTrue(count("#compare-map td[tabindex]") > 40);
        assertEquals(0, count("img, main script, main svg[onload], [onerror], [onmouseover]"));
        assertEquals(4 * names.size(), count("#tensors-0 tbody tr"));
        browser.hover("#map-0 tbody td");
        browser.click("#map-0 tbody td");
        browser.click("#tensors-0 th[data-key=kind] button");
        assertTrue(browser.text("document.body.textContent").contains("onerror="));
        assertQuiet(page);
    }

    @Test
    void evenMarkupThatGotInCouldRunNothing() {
        open(ReferenceFiles.testdata(TINY));
        browser.value("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')");
        browser.value(
                "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))");
        browser.awaitProblem("inline event handler");
        browser.awaitProblem("inline script");
        assertEquals(TINY, browser.text("document.title"));
    }
}
