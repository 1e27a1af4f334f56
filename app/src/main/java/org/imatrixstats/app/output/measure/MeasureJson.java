package org.imatrixstats.app.output.measure;

import java.io.StringWriter;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.measure.GroupLoss;
import org.imatrixstats.measure.KlDivergence;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.MeasurePlan;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/measure/1}, described by {@code docs/schema/measure-1.schema.json}. */
final class MeasureJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    private MeasureJson() {
    }

    static String text(MeasureReport report) {
        return new MeasureJson().written(report);
    }

    private String written(MeasureReport report) {
        MeasurePlan.Inputs inputs = report.inputs();
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/measure/1");
        text("model", inputs == null ? "" : inputs.model());
        text("imatrix", inputs == null ? "" : inputs.imatrix());
        text("text", inputs == null ? "" : inputs.text());
        text("dialect", inputs == null ? "" : inputs.program());
        text("groups", inputs == null ? "" : inputs.grouping());
        text("evaluation", inputs == null ? "" : inputs.evaluation());
        json.writeArrayPropertyStart("losses");
        report.losses().forEach(this::write);
        json.writeEndArray();
        json.writeArrayPropertyStart("models");
        report.models().forEach(this::write);
        return Json.ended(json, text);
    }

    private void write(GroupLoss loss) {
        json.writeStartObject();
        json.writeStringProperty("group", loss.group());
        json.writeArrayPropertyStart("tensors");
        for (GroupLoss.Member member : loss.tensors()) {
            json.writeStartObject();
            json.writeStringProperty("tensor", member.tensor());
            json.writeStringProperty("type", member.type().ggmlName());
            json.writeEndObject();
        }
        json.writeEndArray();
        write(loss.result());
        json.writeEndObject();
    }

    private void write(KldPoint point) {
        json.writeStartObject();
        json.writeStringProperty("name", point.name());
        text("model", point.model());
        count("bytes", point.bytes());
        number("bpw", point.bitsPerWeight());
        write(point.result());
        text("text", point.text());
        text("evaluation", point.evaluation());
        text("types", point.types());
        json.writeEndObject();
    }

    private void write(KlDivergence result) {
        number("kld", result.kld());
        number("kld_error", result.kldError());
        number("ppl", result.ppl());
        number("ppl_error", result.pplError());
        number("same_top", result.sameTop());
        number("same_top_error", result.sameTopError());
        count("chunks", result.chunks());
        json.writeBooleanProperty("running", result.running());
    }

    private void text(String key, String value) {
        json.writeStringProperty(key, value.isEmpty() ? null : value);
    }

    private void count(String key, long value) {
        if (value == 0) {
            json.writeNullProperty(key);
        } else {
            json.writeNumberProperty(key, value);
        }
    }

    private void number(String key, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(key, value);
        } else {
            json.writeNullProperty(key);
        }
    }
}
