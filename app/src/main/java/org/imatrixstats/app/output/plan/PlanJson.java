package org.imatrixstats.app.output.plan;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/plan/1}, described by {@code docs/schema/plan-1.schema.json}. */
final class PlanJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);
    private final Plan plan;

    private PlanJson(Plan plan) {
        this.plan = plan;
    }

    static String text(Model model, Path imatrix, Plan plan) {
        return new PlanJson(plan).written(model.name(), imatrix == null ? null : Sources.name(imatrix));
    }

    private String written(String model, String imatrix) {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/plan/1");
        json.writeStringProperty("dialect", plan.dialect().name());
        json.writeStringProperty("base", plan.options().base().name());
        json.writeStringProperty("model", model);
        json.writeStringProperty("imatrix", imatrix);
        json.writeArrayPropertyStart("tensors");
        plan.tensors().forEach(this::write);
        json.writeEndArray();
        json.writeNumberProperty("quant_bytes", plan.quantBytes());
        json.writeName("quant_mib");
        json.writeNumber(Numbers.fixed(plan.quantMib(), 2));
        json.writeNumberProperty("bpw", plan.bitsPerWeight());
        json.writeNumberProperty("fallbacks", plan.fallbacks());
        json.writeBooleanProperty("needs_imatrix", plan.needsImatrix());
        write("missing_imatrix", plan.missingImatrix());
        json.writeArrayPropertyStart("warnings");
        plan.warnings().forEach(json::writeString);
        return Json.ended(json, text);
    }

    private void write(PlannedTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeArrayPropertyStart("shape");
        tensor.source().dims().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeStringProperty("source_type", plan.dialect().nameOf(tensor.source().ggmlType()));
        json.writeStringProperty("type", plan.dialect().nameOf(tensor.type()));
        json.writeNumberProperty("bytes", tensor.bytes());
        json.writeStringProperty("rule", tensor.rule() == null ? null : tensor.rule().text());
        json.writeStringProperty("option", tensor.option() == null ? null : tensor.option().toString());
        json.writeBooleanProperty("fallback", tensor.fallback());
        json.writeBooleanProperty("quantized", tensor.quantized());
        json.writeEndObject();
    }

    private void write(String key, List<String> texts) {
        json.writeArrayPropertyStart(key);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
