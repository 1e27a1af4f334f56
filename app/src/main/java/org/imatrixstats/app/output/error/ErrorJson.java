package org.imatrixstats.app.output.error;

import java.io.StringWriter;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.error.ErrorCsv;
import org.imatrixstats.error.ErrorPlan;
import org.imatrixstats.error.TensorError;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/error/1}, described by {@code docs/schema/error-1.schema.json}. */
final class ErrorJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    private ErrorJson() {
    }

    static String text(ErrorReport report) {
        return new ErrorJson().written(report);
    }

    private String written(ErrorReport report) {
        ErrorPlan.Inputs inputs = report.plan().inputs();
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/error/1");
        json.writeStringProperty("model", inputs.model());
        json.writeStringProperty("imatrix", inputs.imatrix().isEmpty() ? null : inputs.imatrix());
        json.writeStringProperty("dialect", inputs.program());
        json.writeStringProperty("sampling", inputs.sampling());
        json.writeNumberProperty("share_of_rows", report.plan().shareOfRows());
        json.writeArrayPropertyStart("errors");
        report.errors().forEach(this::write);
        return Json.ended(json, text);
    }

    private void write(TensorError error) {
        json.writeStartObject();
        json.writeStringProperty("tensor", error.tensor().name());
        if (error.expert() < 0) {
            json.writeNullProperty("expert");
        } else {
            json.writeNumberProperty("expert", error.expert());
        }
        json.writeStringProperty("type", error.type().ggmlName());
        json.writeNumberProperty("bytes", error.bytes());
        double[] figures = ErrorCsv.figures(error);
        for (int i = 0; i < figures.length; i++) {
            if (Double.isFinite(figures[i])) {
                json.writeNumberProperty(ErrorCsv.FIGURES.get(i), figures[i]);
            } else {
                json.writeNullProperty(ErrorCsv.FIGURES.get(i));
            }
        }
        json.writeNumberProperty("rows_read", error.rowsRead());
        json.writeNumberProperty("rows", error.rows());
        json.writeEndObject();
    }
}
