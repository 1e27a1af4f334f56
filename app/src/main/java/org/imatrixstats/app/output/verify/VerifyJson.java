package org.imatrixstats.app.output.verify;

import java.io.StringWriter;
import java.util.Locale;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.quantize.VerifiedTensor.Outcome;
import org.imatrixstats.quantize.VerifiedTensor;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/verify/1}, described by {@code docs/schema/verify-1.schema.json}. */
final class VerifyJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    private VerifyJson() {
    }

    static String text(VerifyReport report) {
        return new VerifyJson().written(report);
    }

    /** The name of an outcome for programs. */
    static String key(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private String written(VerifyReport report) {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/verify/1");
        json.writeStringProperty("model", report.model());
        json.writeStringProperty("file", report.file());
        json.writeStringProperty("imatrix", report.imatrix());
        json.writeBooleanProperty("equal", report.equal());
        json.writeBooleanProperty("types_planned", report.planned());
        json.writeArrayPropertyStart("tensors");
        report.tensors().forEach(this::write);
        return Json.ended(json, text);
    }

    private void write(VerifiedTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeStringProperty("outcome", key(tensor.outcome()));
        json.writeStringProperty("expected_type", name(tensor.expected()));
        json.writeStringProperty("type", name(tensor.found()));
        json.writeNumberProperty("blocks", tensor.blocks());
        json.writeNumberProperty("different_blocks", tensor.differentBlocks());
        json.writeNumberProperty("invalid_rows", tensor.invalidRows());
        if (tensor.firstInvalid() < 0) {
            json.writeNullProperty("first_invalid_block");
        } else {
            json.writeNumberProperty("first_invalid_block", tensor.firstInvalid());
        }
        number("relative_error", tensor.error().weighted().value());
        number("expected_relative_error", tensor.expectedError().weighted().value());
        json.writeEndObject();
    }

    private static String name(GgmlType type) {
        return type == null ? null : type.ggmlName();
    }

    private void number(String key, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(key, value);
        } else {
            json.writeNullProperty(key);
        }
    }
}
