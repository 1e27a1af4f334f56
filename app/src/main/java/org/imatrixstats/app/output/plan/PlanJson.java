package org.imatrixstats.app.output.plan;

import java.io.IOException;
import java.io.StringWriter;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.Plan;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/plan/1}, described by {@code docs/schema/plan-1.schema.json}. */
final class PlanJson {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);
    private final PlanReport report;

    PlanJson(PlanReport report) {
        this.report = report;
    }

    String text() throws IOException {
        Plan plan = report.plan();
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/plan/1");
        json.writeStringProperty("dialect", plan.dialect().name());
        json.writeStringProperty("base", plan.options().base().name());
        json.writeStringProperty("model", report.model().name());
        json.writeStringProperty("imatrix", report.imatrix() == null ? null : Sources.name(report.imatrix()));
        Json.write(json, "tensors", PlanLevels.TENSOR.sheet(report));
        json.writeNumberProperty("quant_bytes", plan.quantBytes());
        json.writeName("quant_mib");
        json.writeNumber(Numbers.fixed(plan.quantMib(), 2));
        json.writeNumberProperty("bpw", plan.bitsPerWeight());
        json.writeNumberProperty("fallbacks", plan.fallbacks());
        json.writeBooleanProperty("needs_imatrix", plan.needsImatrix());
        Json.writeTexts(json, "missing_imatrix", plan.missingImatrix());
        json.writeArrayPropertyStart("warnings");
        plan.warnings().forEach(json::writeString);
        return Json.ended(json, text);
    }
}
