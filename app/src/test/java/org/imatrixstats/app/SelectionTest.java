package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Which rows and columns are shown, and in which order. The file has 6 layers of 7 tensors each. */
class SelectionTest {
    private static final Path DENSE = ReferenceFiles.testdata("dense-prose.gguf");
    private static final Path TIED = ReferenceFiles.testdata("dense-process-output.gguf");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.gguf");
    private static final List<String> KINDS = List.of("attn_k", "attn_output", "attn_q", "attn_v", "ffn_down",
            "ffn_gate", "ffn_up");

    /** The value of a field in every row of the tensor level. */
    private static List<String> tensors(String field, Object... options) {
        return tensorsOf(DENSE, field, options);
    }

    private static List<String> tensorsOf(Path file, String field, Object... options) {
        Object[] arguments = Stream
                .concat(Stream.of("stats", file, "--format", "json", "--level", "tensor"), Stream.of(options))
                .toArray();
        List<String> values = new ArrayList<>();
        Json.report(arguments).get("tensors")
                .forEach(row -> values.add(row.get(field).isNull() ? null : row.get(field).asString()));
        return values;
    }

    private static TreeSet<String> set(List<String> values) {
        return new TreeSet<>(values);
    }

    // ---- which tensors

    @ParameterizedTest
    @CsvSource({"attn_v, attn_v", "'attn_v,ffn_*', attn_v ffn_down ffn_gate ffn_up", "attn_?, attn_k attn_q attn_v",
        "*, attn_k attn_output attn_q attn_v ffn_down ffn_gate ffn_up", "*_gate, ffn_gate"})
    void kindsAreGlobs(String globs, String kinds) {
        assertEquals(new TreeSet<>(List.of(kinds.split(" "))), set(tensors("kind", "--kind", globs)));
    }

    @Test
    void aGlobIsNoRegularExpression() {
        assertTrue(CliRun.of("stats", DENSE, "--kind", "attn.v").failed(1).contains("unknown kind 'attn.v'"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "'1,3', 1 3", "0-2, 0 1 2", "4-, 4 5", "'0-1,4-', 0 1 4 5", "'5,5,4-5', 4 5", "3-99, 3 4 5"})
    void layersAreRanges(String ranges, String layers) {
        List<String> shown = tensors("layer", "--layers", ranges);
        assertEquals(new TreeSet<>(List.of(layers.split(" "))), set(shown));
        assertEquals(7 * layers.split(" ").length, shown.size());
    }

    @Test
    void tensorsWithoutALayerAreInNoRange() {
        assertTrue(tensorsOf(TIED, "layer").contains(null));
        assertTrue(!tensorsOf(TIED, "layer", "--layers", "0-").contains(null));
    }

    @Test
    void matchFindsARegularExpressionAnywhereInTheName() {
        assertEquals(List.of("blk.2.attn_k.weight", "blk.2.attn_q.weight"),
                tensors("name", "--match", "2\\.attn_[kq]"));
    }

    @Test
    void conditionsHoldTogether() {
        assertEquals(List.of("blk.5.ffn_gate.weight"),
                tensors("name", "--kind", "ffn_*", "--layers", "5", "--match", "gate"));
    }

    @Test
    void uniqueKeepsOneOfTheTensorsThatShareAnInput() {
        assertEquals(set(List.of("attn_k", "attn_output", "ffn_down", "ffn_gate")), set(tensors("kind", "--unique")));
        // The first of those selected: attn_k, which they share it with, is not among them.
        assertEquals(set(List.of("attn_q")), set(tensors("kind", "--unique", "--kind", "attn_q,attn_v")));
    }

    @Test
    void anInputIsCountedOnceInALayerOfWhicheverTensors() {
        JsonNode layer = Json
                .report("stats", DENSE, "--kind", "attn_q,attn_v", "--level", "layer", "--format", "json")
                .get("layers").get(0);
        assertEquals(2, layer.get("tensors").asInt());
        assertEquals(1, layer.get("distinct_inputs").asInt());
        assertEquals(layer.get("energy_sum").asDouble() / 2, layer.get("distinct_energy_sum").asDouble());
    }

    @Test
    void ranksAndMarksStayThoseOfTheWholeFile() {
        // attn_k of layers 1 and 2 has the smallest and the largest Σ of all six; layers 0 and 3 have neither.
        String table = CliRun.outputOf("stats", DENSE, "--kind", "attn_k", "--layers", "0-3");
        assertTrue(table.contains("attn_k: 4 of 6 tensors\n"), table);
        List<String> rows = table.lines().filter(line -> line.matches(" +[0-9] .*│.*")).toList();
        assertEquals(List.of("", "▼", "▲", ""), rows.stream().map(row -> row.replaceAll("[^▲▼]", "")).toList());
        assertEquals(List.of("2", "6", "1", "5"),
                tensors("rank_in_kind", "--kind", "attn_k", "--layers", "0-3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "json", "csv", "markdown"})
    void nothingSelectedIsAnError(String format) {
        String message = CliRun.of("stats", DENSE, "--layers", "77", "--format", format).failed(1);
        assertEquals("imatrix-stats: " + DENSE
                + ": no tensor selected: no tensor matches --layers\n", message);
        assertEquals("imatrix-stats: " + DENSE
                + ": no tensor selected: no tensor matches all of --layers and --match. Kinds: "
                + String.join(", ", KINDS) + "\n",
                CliRun.of("stats", DENSE, "--layers", "1", "--match", "x", "--format", format).failed(1));
    }

    @Test
    void anUnknownKindListsTheKindsAndTheNearest() {
        assertEquals("imatrix-stats: " + DENSE + ": no tensor selected: unknown kind 'ffn_don', did you mean"
                + " 'ffn_down'? Valid: " + String.join(", ", KINDS) + "\n",
                CliRun.of("stats", DENSE, "--kind", "ffn_don").failed(1));
        CliRun partly = CliRun.of("stats", DENSE, "--kind", "ffn_don,attn_v").succeeded();
        assertTrue(partly.err().contains("warning: " + DENSE + ": unknown kind 'ffn_don'"), partly.err());
    }

    // ---- order

    @Test
    void sortsByAnyFigureInBothDirections() {
        List<Double> ascending = tensors("sum", "--sort", "sum").stream().map(Double::valueOf).toList();
        assertEquals(ascending.stream().sorted().toList(), ascending);
        assertEquals(ascending.reversed(), tensors("sum", "--sort", "-sum").stream().map(Double::valueOf).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gain", "-gain"})
    void undefinedFiguresComeLastInBothDirections(String key) {
        // The 7 tensors of layer 0 have no earlier layer.
        List<String> gains = tensors("gain", "--sort", key);
        assertEquals(42, gains.size());
        assertEquals(7, gains.stream().filter(gain -> gain == null).count());
        assertTrue(gains.subList(35, 42).stream().allMatch(gain -> gain == null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"same_input_as", "-same_input_as"})
    void missingTextsComeLastInBothDirections(String key) {
        List<String> texts = tensors("same_input_as", "--sort", key);
        assertTrue(texts.subList(0, 18).stream().noneMatch(text -> text == null));
        assertTrue(texts.subList(18, 42).stream().allMatch(text -> text == null));
    }

    @Test
    void laterKeysDecideAmongEquals() {
        List<String> names = tensors("name", "--sort", "-kind,layer");
        Comparator<String> kind = Comparator.comparing(name -> name.split("\\.")[2]);
        assertEquals(names.stream().sorted(kind.reversed().thenComparing(name -> name.split("\\.")[1])).toList(),
                names);
        assertEquals("blk.0.ffn_up.weight", names.getFirst());
    }

    @Test
    void topAndBottomAreTheEndsOfTheOrder() {
        List<String> all = tensors("name", "--sort", "-sum");
        assertEquals(all.subList(0, 3), tensors("name", "--sort", "-sum", "--top", "3"));
        assertEquals(all.subList(40, 42), tensors("name", "--sort", "-sum", "--bottom", "2"));
        assertEquals(Stream.concat(all.stream().limit(1), all.stream().skip(40)).toList(),
                tensors("name", "--sort", "-sum", "--top", "1", "--bottom", "2"));
        assertEquals(all, tensors("name", "--sort", "-sum", "--top", "30", "--bottom", "30"), "no row twice");
    }

    @Test
    void topIsByRobustZUnlessSorted() {
        Map<String, JsonNode> tensors = Json.by("name",
                Json.report("stats", DENSE, "--format", "json", "--level", "tensor").get("tensors"));
        double highest = tensors.values().stream().mapToDouble(row -> row.get("robust_z").asDouble()).max()
                .orElseThrow();
        assertEquals(highest, tensors.get(tensors("name", "--top", "1").getFirst()).get("robust_z").asDouble());
    }

    @Test
    void topOfEachGroup() {
        List<String> kinds = tensors("kind", "--top", "1", "--group-by", "kind");
        assertEquals(KINDS, kinds.stream().sorted().toList());
        assertEquals(List.of("1", "1", "1", "1", "1", "1", "1"),
                tensors("rank_in_kind", "--top", "1", "--group-by", "kind", "--sort", "-sum"));
        assertEquals(6, tensors("layer", "--bottom", "1", "--group-by", "layer").size());
    }

    @Test
    void otherLevelsAreOrderedToo() {
        JsonNode layers = Json
                .report("stats", DENSE, "--level", "layer", "--sort", "-layer", "--top", "2", "--format",
                        "json")
                .get("layers");
        assertEquals(List.of(5, 4), List.of(layers.get(0).get("layer").asInt(), layers.get(1).get("layer").asInt()));
        JsonNode experts = Json
                .report("stats", MOE, "--level", "expert", "--sort", "tokens,expert,name", "--top", "1",
                        "--format", "json")
                .get("experts");
        assertEquals(0, experts.get(0).get("tokens").asInt());
    }

    // ---- groups and columns

    @ParameterizedTest
    @CsvSource({"kind, 7, attn_k: 6 tensors", "layer, 6, layer 0", "none, 1, tensors"})
    void tablesAreGrouped(String group, int tables, String title) {
        List<String> lines = CliRun.outputOf("stats", DENSE, "--level", "tensor", "--group-by", group).lines().toList();
        assertEquals(tables, lines.stream().filter(line -> line.contains("-3    0    +3")).count());
        assertTrue(lines.contains(title), title);
    }

    @Test
    void columnsComeInTheOrderGivenAfterTheNameOfTheRow() {
        assertEquals("file,name,zd,sum", firstLine("tensor", "zd,sum"));
        assertEquals("file,sum,name", firstLine("tensor", "sum,name"));
        assertEquals("file,layer,gain", firstLine("layer", "gain"));
        assertEquals("file,name,expert,tokens", firstLine("expert", "tokens"));
    }

    @Test
    void chosenColumnsDoNotRepeatTheNameInAGroupThatHasIt() {
        assertEquals(List.of("layer", "ZD"), header("--columns", "zd"));
        assertEquals(List.of("kind", "ZD"), header("--columns", "zd", "--group-by", "layer"));
        assertEquals(List.of("tensor", "ZD"), header("--columns", "zd", "--group-by", "none"));
        assertEquals(List.of("tensor", "ZD"), header("--columns", "name,zd"));
        assertEquals(List.of("ZD", "layer"), header("--columns", "zd,layer"));
        assertEquals(List.of("expert", "tokens"), header("--level", "expert", "--columns", "tokens"));
        assertEquals(List.of("tensor", "layer", "kind"), header("--columns", "all").subList(0, 3));
    }

    /** The columns of the first table. */
    private static List<String> header(String... options) {
        List<String> lines = CliRun.outputOf(Stream.concat(Stream.of("stats", MOE), Stream.of(options)).toArray())
                .lines().toList();
        return List.of(lines.get(lines.indexOf("") + 2).strip().split(" {2,}"));
    }

    @Test
    void markdownHasTheColumnsThatATableShows() {
        assertEquals("| tensor | Σ E[x²] | max | mean | stddev | active | H norm | ZD | cos | gain | same input as | z"
                + " | share |", markdownHeader(DENSE));
        assertEquals("| tensor | ZD |", markdownHeader(DENSE, "--columns", "zd"));
        assertTrue(markdownHeader(MOE).contains("| load H |"));
        assertTrue(markdownHeader(DENSE, "--columns", "all").contains("| load H |"));
    }

    private static String markdownHeader(Path file, String... options) {
        return CliRun.outputOf(Stream.concat(Stream.of("stats", file, "--format", "markdown", "--level", "tensor"),
                Stream.of(options)).toArray()).lines().filter(line -> line.startsWith("| tensor")).findFirst()
                .orElseThrow();
    }

    private static String firstLine(String level, String columns) {
        return CliRun.outputOf("stats", MOE, "--level", level, "--columns", columns, "--format", "csv").lines()
                .findFirst().orElseThrow();
    }

    @Test
    void onlyTheLevelsThatHaveTheColumnsAreShown() {
        assertTrue(CliRun.outputOf("stats", DENSE, "--columns", "energy_sum").contains("layer  Σ E[x²]"));
        assertTrue(!CliRun.outputOf("stats", DENSE, "--columns", "robust_z").contains("\nlayers\n"));
        assertTrue(CliRun.of("stats", DENSE, "--columns", "robust_z,energy_sum").failed(2)
                .contains("no level has all these columns: robust_z, energy_sum"));
    }

    @Test
    void kindsAreRolledUp() {
        JsonNode kinds = Json.report("stats", DENSE, "--level", "kind", "--format", "json").get("kinds");
        assertEquals(KINDS, List.copyOf(Json.by("kind", kinds).keySet()));
        assertEquals(6, kinds.get(0).get("tensors").asInt());
        assertEquals("attn_k", Json.by("kind", kinds).get("attn_q").get("same_input_as").asString());
    }

    // ---- usage errors

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "--sort sumx | unknown column 'sumx', did you mean 'sum'? Valid: name, layer,",
        "--sort sum,-zzd | unknown column 'zzd', did you mean 'zd'? Valid: name, layer,",
        "--columns robustz | unknown column 'robustz', did you mean 'robust_z'? Valid: name, layer,",
        "--level layr | unknown level 'layr', did you mean 'layer'? Valid: tensor, layer, kind, expert",
        "--level layer --columns robust_z | unknown column 'robust_z'",
        "--group-by kinds | unknown group 'kinds', did you mean 'kind'? Valid: kind, layer, none",
        "--format jsno | unknown format 'jsno', did you mean 'json'? Valid: table, json, jsonl, csv, tsv, markdown",
        "--layout clasic | unknown layout 'clasic', did you mean 'classic'? Valid: default, classic, extended",
        "--color blue | unknown value 'blue'. Valid: auto, always, never",
        "--top 0 | option '--top': '0' is not a whole number from 1",
        "--bottom -1 | option '--bottom': '-1' is not a whole number from 1", "--top x | '--top': 'x' is not",
        "--layers 5-3 | the range of layers '5-3' ends before it begins",
        "--layers a | 'a' is not a range of layers, such as 0-5, 8 or 30-", "--layers 1, | '' is not a range",
        "--match ( | '(' is not a regular expression",
        "--experts 0 | option '--experts': '0' is not a whole number from 1",
        "--threads 0 | option '--threads': '0' is not a whole number from 1",
        "--layout classic --format csv | --layout classic cannot be combined with --format csv",
        "--layout classic --level layer | cannot be combined with --level, a selection or an order",
        "--layout extended --top 3 | cannot be combined with --level, a selection or an order",
        "--level layer --group-by kind | --group-by kind groups tensors and cannot be combined with --level layer"})
    void namesWhatIsWrongAndWhatIsRight(String options, String message) {
        Object[] arguments = Stream.concat(Stream.of("stats", DENSE), Stream.of(options.strip().split(" "))).toArray();
        String error = CliRun.of(arguments).failed(2);
        assertTrue(error.contains(message), error);
        assertTrue(error.endsWith("Try 'imatrix-stats stats --help'.\n"), error);
    }

    @Test
    void enumsAreAcceptedInUpperCase() {
        assertEquals(CliRun.outputOf("stats", DENSE, "--format", "csv"),
                CliRun.outputOf("stats", DENSE, "--format", "CSV"));
    }

    @Test
    void aFileOfSeveralWithoutWhatIsSelectedIsLeftOutWithAWarning() {
        Object moe = ReferenceFiles.testdata("moe-prose.gguf");
        Object dense = ReferenceFiles.testdata("dense-prose.gguf");
        CliRun run = CliRun.of("stats", dense, moe, "--kind", "ffn_down_exps", "--format", "csv").succeeded();
        assertTrue(run.err().contains("warning: " + dense + ": no tensor selected: unknown kind 'ffn_down_exps'"),
                run.err());
        assertEquals(CliRun.outputOf("stats", moe, "--kind", "ffn_down_exps", "--format", "csv"), run.out());
    }

    // ---- headers as keys

    @Test
    void headersAreKeysToo() {
        for (String[] same : List.of(new String[]{"--sort", "-robust_z", "-z"},
                new String[]{"--sort", "sum", "σ e[x²]"},
                new String[]{"--sort", "sum", "sum E[x^2]"},
                new String[]{"--columns", "entropy_normalized,gain", "H norm,GAIN"},
                new String[]{"--columns", "rank_in_kind", "Rank"})) {
            assertEquals(CliRun.outputOf("stats", DENSE, "--level", "tensor", same[0], same[1]),
                    CliRun.outputOf("stats", DENSE, "--level", "tensor", same[0], same[2]));
        }
    }

    /** Σ E[x²] is sum of a tensor, and energy_sum of a layer. */
    @Test
    void aHeaderIsThatOfTheLevel() {
        assertEquals(CliRun.outputOf("stats", DENSE, "--level", "layer", "--sort", "-energy_sum"),
                CliRun.outputOf("stats", DENSE, "--level", "layer", "--sort", "-Σ E[x²]"));
    }

    @Test
    void everyHeaderOfATableCanBeTyped() {
        for (org.imatrixstats.app.output.Level<?, ?> level : org.imatrixstats.app.output.stats.StatsLevels.ALL) {
            for (org.imatrixstats.app.output.Column<?> column : level.columns()) {
                assertEquals(column.key(), level.column(column.header()).orElseThrow().key());
                assertEquals(column.key(), level.column(column.key()).orElseThrow().key());
            }
        }
    }
}
