package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.stats.ExpertCalculator;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

/**
 * Every format holds every figure of every level. Read back from a machine format, each is what was computed, bit for bit;
 * in a table for people, to the digits shown.
 */
class EveryFormatTest {
    private static final Path MOE = ReferenceFiles.testdata("moe-act-prose.gguf");
    private static final Path LEGACY = ReferenceFiles.testdata("moe-prose.dat");

    static Stream<Arguments> formatsAndLevels() {
        return OutputFormat.OF_ROWS.stream()
                .flatMap(format -> StatsLevels.ALL.stream().map(level -> Arguments.of(format, level.label())));
    }

    @ParameterizedTest
    @MethodSource("formatsAndLevels")
    void holdsEveryFigure(OutputFormat format, String level) throws IOException {
        for (Path file : List.of(MOE, LEGACY)) {
            List<Map<String, Object>> figures = figures(file, level(level));
            assertFalse(figures.isEmpty());
            String output = CliRun.outputOf("stats", file, "--level", level, "--format", format, "--columns", "all");
            switch (format) {
                case TABLE -> assertTable(level(level), figures, output.lines().toList(), "  ");
                case MARKDOWN -> assertTable(level(level), figures, output.lines().toList(), "|");
                case JSON -> assertRows(figures, jsonRows(output, level), level(level));
                case JSONL -> assertRows(figures, jsonLinesRows(output, file, level), level(level));
                case CSV -> assertRows(figures, delimitedRows(output, file, CSVFormat.RFC4180), level(level));
                case TSV -> assertRows(figures, delimitedRows(output, file, tabs()), level(level));
            }
        }
    }

    private static Level<?, ?> level(String label) {
        return StatsLevels.ALL.stream().filter(level -> level.label().equals(label)).findFirst().orElseThrow();
    }

    // ---- what was computed

    private static List<Map<String, Object>> figures(Path file, Level<?, ?> level) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            Report report = StatsCalculator.report(imatrix, OptionalInt.empty(), 1);
            return switch (level.label()) {
                case "tensor" -> figures(StatsLevels.TENSOR, report.tensors());
                case "layer" -> figures(StatsLevels.LAYER, report.layers());
                case "kind" -> figures(StatsLevels.KIND, report.kinds());
                default -> figures(StatsLevels.EXPERT, ExpertCalculator.experts(imatrix, report, 1));
            };
        }
    }

    private static <R> List<Map<String, Object>> figures(Level<?, R> level, List<R> rows) {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (R row : rows) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (Column<R> column : level.columns()) {
                values.put(column.key(),
                        column.isText() ? column.text().apply(row) : column.number().applyAsDouble(row));
            }
            figures.add(values);
        }
        return figures;
    }

    // ---- what real parsers read

    private static List<Map<String, Object>> jsonRows(String json, String level) {
        List<Map<String, Object>> rows = new ArrayList<>();
        Json.parse(json).get("reports").get(0).get(level + "s").forEach(row -> rows.add(values(row, level(level))));
        return rows;
    }

    private static List<Map<String, Object>> jsonLinesRows(String lines, Path file, String level) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String line : lines.split("\n")) {
            JsonNode row = Json.parse(line);
            assertEquals(file.toString(), row.get("file").asString());
            assertEquals(level, row.get("level").asString());
            rows.add(values(row, level(level)));
        }
        return rows;
    }

    private static Map<String, Object> values(JsonNode row, Level<?, ?> level) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Column<?> column : level.columns()) {
            String[] path = column.key().split("\\.");
            assertTrue(row.has(path[0]), column.key());
            JsonNode value = path.length == 1 || row.get(path[0]).isNull()
                    ? row.get(path[0])
                    : row.get(path[0]).get(path[1]);
            values.put(column.key(), value.isNull() ? null : value.isString() ? value.asString() : value.asDouble());
        }
        return values;
    }

    private static CSVFormat tabs() {
        return CSVFormat.RFC4180.builder().setDelimiter('\t').setQuote(null).get();
    }

    private static List<Map<String, Object>> delimitedRows(String text, Path file, CSVFormat format)
            throws IOException {
        assertEquals(text.length(), text.replaceAll("(?<!\r)\n|\r(?!\n)", "").length(), "line ends are CRLF");
        assertTrue(text.endsWith("\r\n"));
        List<Map<String, Object>> rows = new ArrayList<>();
        try (CSVParser parser = format.builder().setHeader().setSkipHeaderRecord(true).get()
                .parse(new StringReader(text))) {
            for (CSVRecord record : parser) {
                assertTrue(record.isConsistent());
                Map<String, Object> values = new LinkedHashMap<>(record.toMap());
                assertEquals(file.toString(), values.remove("file"));
                values.replaceAll((_, value) -> value.equals("") ? null : value);
                rows.add(values);
            }
        }
        return rows;
    }

    private static void assertRows(List<Map<String, Object>> expected, List<Map<String, Object>> read,
            Level<?, ?> level) {
        assertEquals(expected.size(), read.size());
        for (int row = 0; row < read.size(); row++) {
            assertEquals(List.copyOf(expected.get(row).keySet()), List.copyOf(read.get(row).keySet()));
            for (Column<?> column : level.columns()) {
                String what = "row " + row + " " + column.key();
                Object value = read.get(row).get(column.key());
                Object figure = expected.get(row).get(column.key());
                if (figure instanceof Double number && Double.isNaN(number)) {
                    assertNull(value, what);
                } else if (figure instanceof Double number) {
                    assertEquals(number, Double.valueOf(value.toString()), what);
                } else {
                    assertEquals(figure, value, what);
                }
            }
        }
    }

    // ---- tables for people

    private static void assertTable(Level<?, ?> level, List<Map<String, Object>> figures, List<String> lines,
            String gap) {
        List<String> headers = level.columns().stream().map(Column::header).toList();
        // Tensors and experts stand in groups, each under a title and the same header.
        List<List<String>> rows = lines.stream().map(line -> cells(line, gap))
                .filter(cells -> cells.size() == headers.size() && !cells.equals(headers))
                .filter(cells -> cells.stream().noneMatch(cell -> cell.matches(":--+|--+:"))).toList();
        assertTrue(lines.stream().anyMatch(line -> cells(line, gap).equals(headers)), () -> "no header " + headers);
        assertEquals(figures.size(), rows.size());
        Map<List<Object>, Map<String, Object>> byName = new HashMap<>();
        figures.forEach(row -> byName.put(level.names().stream().map(row::get).map(Object::toString)
                .map(EveryFormatTest::whole).toList(), row));
        assertEquals(figures.size(), byName.size());
        for (List<String> row : rows) {
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                cells.put(level.columns().get(i).key(), row.get(i));
            }
            List<Object> name = level.names().stream().<Object>map(key -> cells.get(key).replace("`", "")).toList();
            Map<String, Object> figure = byName.remove(name);
            assertNotNull(figure, () -> "no row, or two, for " + name);
            figure.forEach((key, value) -> assertCell(value, cells.get(key), name + " " + key));
        }
    }

    /** The number of a layer as a table has it. */
    private static Object whole(String name) {
        return name.endsWith(".0") ? name.substring(0, name.length() - 2) : name;
    }

    /** A cell holds the figure, rounded to the digits that it shows. */
    private static void assertCell(Object figure, String cell, String what) {
        if (figure == null || figure instanceof Double number && !Double.isFinite(number)) {
            assertEquals("-", cell, what);
        } else if (figure instanceof Double number) {
            String digits = cell.replace("%", "").replace("+", "");
            double unit = cell.endsWith("%") ? 0.01 : 1;
            String mantissa = digits.split("e")[0];
            int exponent = digits.contains("e") ? Integer.parseInt(digits.split("e")[1]) : 0;
            int decimals = mantissa.contains(".") ? mantissa.length() - mantissa.indexOf('.') - 1 : 0;
            double half = 0.5 * unit * Math.pow(10, exponent - decimals);
            assertEquals(number, unit * Double.parseDouble(digits), half * (1 + 1e-9), what);
        } else {
            assertEquals(figure.toString(), cell.replace("`", ""), what);
        }
    }

    private static List<String> cells(String line, String gap) {
        return gap.equals("|")
                ? Stream.of(line.split("(?<!\\\\)\\|")).map(String::strip).filter(cell -> !cell.isEmpty())
                        .map(cell -> cell.replaceAll("\\\\(.)", "$1")).toList()
                : List.of(line.strip().split(" {2,}"));
    }

    // ---- beyond one report

    @Test
    void delimitedFilesAreOneTableWithOneHeader() {
        List<String> lines = CliRun.outputOf("stats", MOE, LEGACY, "--level", "layer", "--format", "csv").lines()
                .toList();
        assertEquals(1 + 4 + 4, lines.size());
        assertTrue(lines.get(0).startsWith("file,layer,tensors,"));
        assertTrue(lines.get(1).startsWith(MOE + ",0,8,"));
        assertTrue(lines.get(5).startsWith(LEGACY + ",0,8,"));
    }

    @Test
    void noTwoColumnsOfALevelHaveTheSameName() {
        for (Level<?, ?> level : StatsLevels.ALL) {
            List<String> names = level.columns().stream().flatMap(column -> Stream.of(column.key(), column.header()))
                    .toList();
            long keys = level.columns().stream().map(Column::key).distinct().count();
            long headers = level.columns().stream().map(Column::header).distinct().count();
            assertEquals(names.size(), keys + headers, level.label());
        }
    }

    @Test
    void aColumnGivenTwiceIsShownOnce() {
        String json = CliRun.outputOf("stats", MOE, "--format", "json", "--columns",
                "activation.mean,sum,activation.stddev,sum");
        JsonNode row = Json.parse(json).get("reports").get(0).get("tensors").get(0);
        assertEquals(List.of("name", "activation", "sum"), List.copyOf(row.propertyNames()));
        assertEquals(List.of("mean", "stddev"), List.copyOf(row.get("activation").propertyNames()));
    }
}
