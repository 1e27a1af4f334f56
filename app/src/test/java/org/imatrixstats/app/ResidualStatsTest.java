package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.command.ExitCode;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** What each block writes to the residual stream: {@code stats --model}. The figures are those of ResidualShareTest. */
class ResidualStatsTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path HEADER = Path.of("../testdata/models/tiny-english-f16.header.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static String stats(Object... options) {
        Object[] all = new Object[options.length + 5];
        System.arraycopy(new Object[]{"stats", IMATRIX, "--model", MODEL, "--no-cache"}, 0, all, 0, 5);
        System.arraycopy(options, 0, all, 5, options.length);
        return CliRun.outputOf(all);
    }

    @Test
    void theBlocksThatWriteMostOfTheStreamStandOut() {
        String out = stats();
        assertTrue(flat(out).contains("Write half of the residual stream or more: layer 0's FFN (99.83%), layer 7's FFN"
                + " (56.56%)."), out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" +1 +7 .* 2\\.36% +17\\.04%")), out);
        assertTrue(flat(out).contains("FFN writes: share of the residual stream behind it that the FFN writes"), out);
        assertTrue(flat(stats("--format", "markdown")).contains("layer 0's FFN (99.83%)"));
    }

    @Test
    void layersAndTensorsHaveTheirSharesInJson() {
        JsonNode report = Json.parse(stats("--format", "json"));
        Schemas.assertValid(report);
        JsonNode layer = report.at("/reports/0/layers/1");
        assertEquals(0.023555, layer.get("attention_share").asDouble(), 1e-6);
        assertEquals(0.170409, layer.get("ffn_share").asDouble(), 1e-6);
        assertEquals(0.064956, layer.get("ffn_carried").asDouble(), 1e-6);
        Map<String, JsonNode> tensors = Json.by("name", report.at("/reports/0/tensors"));
        JsonNode down = tensors.get("blk.1.ffn_down.weight");
        assertEquals(0.170409, down.get("residual_share").asDouble(), 1e-6);
        assertEquals(0.05 * 0.170409, down.get("residual_weight").asDouble(), 1e-7);
        JsonNode up = tensors.get("blk.1.ffn_up.weight");
        assertTrue(up.get("residual_share").isNull());
        assertEquals(0.05 * 0.170409 * 0.064956, up.get("residual_weight").asDouble(), 1e-7);
    }

    @Test
    void tensorsAreSortedByWhatAnErrorInThemCosts() {
        List<String> rows = stats("--sort", "-s", "--top", "2", "--columns", "name,s,writes", "--format", "csv").lines()
                .toList();
        assertEquals("file,name,residual_weight,residual_share", rows.get(0));
        assertTrue(rows.get(1).contains("blk.0.ffn_down.weight,0.0499"), rows.get(1));
        assertTrue(rows.get(2).contains("blk.7.ffn_down.weight,0.0282"), rows.get(2));
    }

    /** The share of a block does not depend on which of its tensors are selected. */
    @Test
    void aSelectionKeepsTheSharesOfItsLayers() {
        String out = stats("--level", "layer", "--kind", "attn_q", "--layers", "0", "--columns", "layer,ffn_share");
        assertTrue(out.contains("99.83%"), out);
    }

    @Test
    void withoutTheModelTheFiguresAreUndefinedAndNotShown() {
        JsonNode report = Json.report("stats", IMATRIX, "--format", "json");
        assertTrue(report.at("/layers/0/ffn_share").isNull());
        assertTrue(report.at("/tensors/0/residual_weight").isNull());
        String out = CliRun.outputOf("stats", IMATRIX, "--all");
        assertFalse(out.contains("writes"), out);
    }

    @Test
    void aNoteSaysWhatIsMissing() {
        String header = CliRun.outputOf("stats", IMATRIX, "--model", HEADER);
        assertTrue(flat(header)
                .contains("Note: no residual shares: the file has only the header of the model, or a part of"
                        + " its weights."),
                header);
        assertFalse(header.contains("FFN writes"), header);
        String other = CliRun.outputOf("stats", "../testdata/moe-prose.gguf", "--model", MODEL);
        assertTrue(flat(other).contains("Note: no residual shares: the importance matrix has no entry that fits"
                + " blk.0.ffn_down.weight."), other);
        JsonNode json = Json.report("stats", IMATRIX, "--model", HEADER, "--format", "json");
        assertEquals(1, json.get("notes").size());
    }

    @Test
    void mistakesAreUsageErrors() {
        assertTrue(
                CliRun.of("stats", IMATRIX, "--no-cache").failed(ExitCode.USAGE).contains("--no-cache needs --model"));
        assertTrue(CliRun.of("stats", IMATRIX, "--model", MODEL, "--layout", "classic").failed(ExitCode.USAGE)
                .contains("--layout classic cannot be combined with --model"));
        assertTrue(CliRun.of("stats", IMATRIX, "--model", MODEL, "-o", MODEL).exitCode() != ExitCode.DONE);
        assertTrue(CliRun.of("stats", IMATRIX, "--model", IMATRIX).failed(ExitCode.FAILED)
                .contains("is an importance matrix, expected a model"));
    }
}
