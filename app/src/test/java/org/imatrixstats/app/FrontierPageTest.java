package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.app.command.ExitCode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

/** A frontier and measured models in the page: {@code report --frontier --results}. */
class FrontierPageTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");
    private static final Path KEPT = Path.of("../testdata/tiny-english-kld.csv");
    private static final Pattern ISLAND = Pattern
            .compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    @TempDir
    static Path folder;
    private static Path frontier;

    @BeforeAll
    static void writeFrontier() {
        frontier = folder.resolve("frontier.json");
        CliRun.outputOf("recipe", IMATRIX, "--model", MODEL, "--frontier", "--emit", "json", "-o", frontier);
    }

    private static String page(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        System.arraycopy(new Object[]{"report", "-o", "-"}, 0, all, 0, 3);
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CliRun.outputOf(all);
    }

    private static JsonNode data(String page) {
        Matcher island = ISLAND.matcher(page);
        assertTrue(island.find());
        JsonNode data = Json.parse(island.group(1));
        Schemas.assertValid(data);
        return data;
    }

    @Test
    void thePageHoldsTheFrontierThatRecipeWrote() throws IOException {
        JsonNode written = Json.parse(Files.readString(frontier));
        String page = page("--frontier", frontier);
        assertEquals(written, data(page).get("frontier"));
        // What is read without scripts is the table that recipe prints.
        assertTrue(page.contains("optimal sizes from 1.2 MiB (1.59 bpw) to 6.6 MiB (8.52 bpw)"), page);
    }

    @Test
    void measuredModelsAreRowsOfTheFrontierAndATable() {
        JsonNode data = data(page("--frontier", frontier, "--results", KEPT));
        Schemas.assertValid(data.get("frontier"));
        Schemas.assertValid(data.get("measure"));
        assertEquals(12, data.at("/measure/models").size());
        int measured = 0;
        for (JsonNode row : data.at("/frontier/rows")) {
            measured += row.get("sort").asString().equals("measured") ? 1 : 0;
            if (row.get("name").asString("").equals("Q3_K_M")) {
                assertEquals(0.00482, row.get("measured").asDouble());
                // Of the mix and of what was measured of it.
                assertEquals(0.0015, row.get("recipe").asDouble(), 0.0001);
            }
        }
        assertEquals(12, measured);
    }

    /** Those that recipe --results put there already are not there twice. */
    @Test
    void measuredModelsAreThereOnce() {
        Path with = folder.resolve("with.json");
        CliRun.outputOf("recipe", IMATRIX, "--model", MODEL, "--frontier", "--results", KEPT, "--emit", "json", "-o",
                with);
        assertEquals(data(page("--frontier", with)).at("/frontier/rows"),
                data(page("--frontier", with, "--results", KEPT)).at("/frontier/rows"));
    }

    @Test
    void measurementsOfOtherModelsAreLeftOutAndSaid() throws IOException {
        Path other = Files.writeString(folder.resolve("other.csv"),
                "name,model,bpw,kld\nQ4_K_M,llama.gguf,4.84,0.02\n");
        String page = page("--frontier", frontier, "--results", other);
        data(page).at("/frontier/rows")
                .forEach(row -> assertTrue(!row.get("sort").asString().equals("measured"), row::toString));
        assertTrue(page.contains("leaves out 1 measurement of models with another file name than"), page);
    }

    @Test
    void resultsAloneMakeAPage() {
        String page = page("--results", KEPT);
        JsonNode data = data(page);
        assertEquals(0.00153, data.at("/measure/models/7/kld").asDouble());
        assertTrue(page.contains("<h1>tiny-english-kld.csv</h1>"), page);
        assertTrue(page.contains("recipe 3.90"), page);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|is not a frontier: its schema is missing",
        "{\"schema\": \"imatrix-stats/recipe/1\"}|is not a frontier: its schema is 'imatrix-stats/recipe/1'",
        "hello|is not valid JSON", "{\"schema\": \"imatrix-stats/frontier/1\"}|holds no recipe",
        "{\"schema\": \"imatrix-stats/frontier/1\", \"rows\": [{\"sort\": \"lost\"}]}|expected recipe, mix or measured",
        "{\"schema\": \"imatrix-stats/frontier/1\", \"rows\": [{\"sort\": \"mix\", \"bpw\": 4}]}|a row needs sort, quant_bytes and bpw",
        "{\"schema\": \"imatrix-stats/frontier/1\", \"points\": [[5, 1], [4, 2]]}|expected points with a loss, the smallest first",
        "{\"schema\": \"imatrix-stats/frontier/1\", \"points\": [[5, 1e999]]}|loss of a point is out of range"})
    void whatIsNoFrontierIsAnErrorOfOneLine(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.json"), text);
        String said = CliRun.of("report", "--frontier", file, "-o", "-").failed(ExitCode.FAILED);
        assertTrue(said.contains("bad.json") && said.contains(message), said);
        assertEquals(1, said.strip().lines().count(), said);
    }
}
