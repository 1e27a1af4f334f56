package org.imatrixstats.app.output.recipe;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;

/** {@code imatrix-stats/frontier/1}, described by {@code docs/schema/frontier-1.schema.json}. */
public final class FrontierJson {
    private static final String SCHEMA = "imatrix-stats/frontier/1";
    private static final String EXPECTED = "what 'recipe --frontier --emit json' writes";

    private FrontierJson() {
    }

    public static String text(FrontierReport report) throws IOException {
        StringWriter text = new StringWriter();
        JsonGenerator json = Json.generator(text, true);
        json.writeStartObject();
        json.writeStringProperty("schema", SCHEMA);
        json.writeStringProperty("dialect", report.dialect());
        json.writeStringProperty("model", report.model());
        json.writeStringProperty("imatrix", report.imatrix());
        json.writeStringProperty("importance", report.importance());
        json.writeStringProperty("errors_source", report.errorsSource());
        json.writeStringProperty("figure", report.figure());
        json.writeBooleanProperty("predicts_kld", report.predicts());
        json.writeNumberProperty("step_bytes", report.step());
        json.writeNumberProperty("optimal_sizes", report.sizes());
        Json.write(json, "rows", FrontierLevel.ALL.sheet(report));
        json.writeArrayPropertyStart("points");
        for (double[] point : report.curve()) {
            json.writeStartArray();
            json.writeNumber((long) point[0]);
            json.writeNumber(point[1]);
            json.writeEndArray();
        }
        return Json.ended(json, text);
    }

    /**
     * Reads a frontier that was written as JSON.
     *
     * @throws IOException if it is not one
     */
    public static FrontierReport read(ByteSource file) throws IOException {
        byte[] text = TextFile.read(file, EXPECTED).getBytes(StandardCharsets.UTF_8);
        try (org.imatrixstats.json.Json json = new org.imatrixstats.json.Json(file.name(), "frontier",
                new ByteArrayInputStream(text))) {
            return new Reader(file.name(), json).read();
        }
    }

    private static final class Reader {
        private final String file;
        private final org.imatrixstats.json.Json json;

        Reader(String file, org.imatrixstats.json.Json json) {
            this.file = file;
            this.json = json;
        }

        FrontierReport read() throws IOException {
            String schema = null;
            String dialect = "";
            String model = null;
            String imatrix = null;
            String importance = "";
            String errors = null;
            String figure = "";
            boolean predicts = false;
            long step = 1;
            long sizes = 0;
            List<FrontierRow> rows = new ArrayList<>();
            List<double[]> curve = new ArrayList<>();
            json.expect(JsonToken.START_OBJECT, EXPECTED);
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "schema" -> schema = text(name);
                    case "dialect" -> dialect = text(name);
                    case "model" -> model = text(name);
                    case "imatrix" -> imatrix = text(name);
                    case "importance" -> importance = text(name);
                    case "errors_source" -> errors = text(name);
                    case "figure" -> figure = text(name);
                    case "predicts_kld" -> predicts = json.next() == JsonToken.VALUE_TRUE;
                    case "step_bytes" -> step = json.count(name);
                    case "optimal_sizes" -> sizes = json.count(name);
                    case "rows" -> rows(rows);
                    case "points" -> points(curve);
                    default -> skip();
                }
            }
            if (!SCHEMA.equals(schema)) {
                throw new FormatException(file, "is not a frontier: its schema is "
                        + (schema == null ? "missing" : "'" + schema + "'") + ", expected " + EXPECTED);
            }
            if (curve.isEmpty() || rows.stream().noneMatch(row -> row.sort() == FrontierRow.Sort.RECIPE)) {
                throw new FormatException(file, "holds no recipe, expected " + EXPECTED);
            }
            return new FrontierReport(dialect, model == null ? "a model" : model, imatrix, importance, errors, figure,
                    predicts, step, Math.max(sizes, curve.size()), curve, rows);
        }

        private void rows(List<FrontierRow> rows) throws IOException {
            json.expect(JsonToken.START_ARRAY, "a list of rows");
            while (json.next() != JsonToken.END_ARRAY) {
                if (json.current() != JsonToken.START_OBJECT) {
                    throw json.fail("expected a row");
                }
                rows.add(row());
            }
        }

        private FrontierRow row() throws IOException {
            FrontierRow.Sort sort = null;
            String called = null;
            long bytes = 0;
            double bits = Double.NaN;
            double loss = Double.NaN;
            double factor = Double.NaN;
            double recipe = Double.NaN;
            double measured = Double.NaN;
            double error = Double.NaN;
            boolean knee = false;
            String types = null;
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "sort" -> sort = sort(text(name));
                    case "name" -> called = text(name);
                    case "quant_bytes" -> bytes = json.count(name);
                    case "bpw" -> bits = number(name);
                    case "predicted" -> loss = number(name);
                    case "factor" -> factor = number(name);
                    case "recipe" -> recipe = number(name);
                    case "measured" -> measured = number(name);
                    case "measured_error" -> error = number(name);
                    case "knee" -> knee = text(name) != null;
                    case "types" -> types = text(name);
                    default -> skip();
                }
            }
            if (sort == null || bytes == 0 || !(bits > 0)) {
                throw json.fail("a row needs sort, quant_bytes and bpw");
            }
            return new FrontierRow(sort, called, bytes, bits, loss, factor, recipe, measured, error, knee, types);
        }

        private FrontierRow.Sort sort(String text) throws FormatException {
            for (FrontierRow.Sort sort : FrontierRow.Sort.values()) {
                if (sort.toString().equals(text)) {
                    return sort;
                }
            }
            throw json.fail("expected recipe, mix or measured");
        }

        private void points(List<double[]> curve) throws IOException {
            json.expect(JsonToken.START_ARRAY, "a list of points");
            while (json.next() != JsonToken.END_ARRAY) {
                if (json.current() != JsonToken.START_ARRAY) {
                    throw json.fail("expected a point");
                }
                double bytes = json.count("bytes of a point");
                double loss = number("loss of a point");
                json.expect(JsonToken.END_ARRAY, "the end of the point");
                if (Double.isNaN(loss) || !curve.isEmpty() && bytes <= curve.getLast()[0]) {
                    throw json.fail("expected points with a loss, the smallest first");
                }
                curve.add(new double[]{bytes, loss});
            }
        }

        /** Null where it is null. */
        private String text(String of) throws FormatException {
            JsonToken token = json.next();
            if (token == JsonToken.VALUE_NULL) {
                return null;
            }
            if (token != JsonToken.VALUE_STRING) {
                throw json.fail(of + " is not a string");
            }
            return Text.printable(json.currentText());
        }

        /** NaN where it is null. */
        private double number(String of) throws FormatException {
            JsonToken token = json.next();
            if (token == JsonToken.VALUE_NULL) {
                return Double.NaN;
            }
            if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
                throw json.fail(of + " is not a number");
            }
            double number = Double.parseDouble(json.currentText());
            if (!Double.isFinite(number)) {
                throw json.fail(of + " is out of range");
            }
            return number;
        }

        private void skip() throws FormatException {
            json.next();
            json.skipChildren();
        }
    }
}
