package org.imatrixstats.app.output.compare;

import java.io.StringWriter;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.JsonRow;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.tensor.TensorName;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/compare/1}, described by {@code docs/schema/compare-1.schema.json}. */
final class CompareJsonWriter {
    static final String SCHEMA = "imatrix-stats/compare/1";

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    String text(CompareReport report) {
        json.writeStartObject();
        json.writeStringProperty("schema", SCHEMA);
        json.writeArrayPropertyStart("files");
        report.files().forEach(file -> Json.write(json, file.summary()));
        json.writeEndArray();
        if (report.matrix() != null) {
            json.writeName("js_divergence_median");
            write(report.matrix());
        }
        json.writeArrayPropertyStart("pairs");
        report.pairs().forEach(pair -> write(report, pair));
        return Json.ended(json, text);
    }

    private void write(double[][] matrix) {
        json.writeStartArray();
        for (double[] row : matrix) {
            json.writeStartArray();
            for (double value : row) {
                if (Double.isNaN(value)) {
                    json.writeNull();
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void write(CompareReport report, CompareReport.Pair pair) {
        Pairing pairing = pair.two().selected().pairing();
        json.writeStartObject();
        json.writeStringProperty("a", report.a(pair).name());
        json.writeStringProperty("b", report.b(pair).name());
        Json.writeTexts(json, "only_in_a", pairing.onlyInA().stream().map(TensorName::name).toList());
        Json.writeTexts(json, "only_in_b", pairing.onlyInB().stream().map(TensorName::name).toList());
        Json.writeTexts(json, "shape_mismatch",
                pairing.shapeMismatches().stream().map(each -> each.name().name()).toList());
        if (pair.two().channels() != null) {
            json.writeStringProperty("tensor", pair.two().channels().name().name());
        }
        pair.sheets().forEach(this::write);
        Json.writeTexts(json, "summary", Verdict.of(report, pair).lines());
        Json.writeTexts(json, "warnings", pair.warnings());
        json.writeEndObject();
    }

    private <R> void write(Sheet<?, R> sheet) {
        if (sheet.level() == PairLevels.OVERALL) {
            json.writeName("overall");
            new JsonRow<>(sheet.columns()).write(json, sheet.rows().getFirst());
        } else {
            Json.write(json, sheet.level().plural(), sheet);
        }
    }
}
