package org.imatrixstats.app.output.converge;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.JsonRow;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.converge.ConvergeReport.KindRow;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.output.converge.ConvergeReport.TensorRow;
import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.RollUp;
import org.imatrixstats.converge.Snapshot;
import org.imatrixstats.converge.Verdict;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/converge/1}, described by {@code docs/schema/converge-1.schema.json}. */
final class ConvergeJsonWriter {
    private static final JsonRow<SnapshotRow> SNAPSHOT = new JsonRow<>(ConvergeLevels.SNAPSHOT.columns());
    private static final JsonRow<KindRow> KIND = new JsonRow<>(ConvergeLevels.KIND.columns());
    private static final JsonRow<TensorRow> TENSOR = new JsonRow<>(ConvergeLevels.TENSOR.columns());

    private final ConvergeReport report;
    private final List<KindRow> kinds;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    ConvergeJsonWriter(ConvergeReport report) {
        this.report = report;
        this.kinds = report.kinds();
    }

    String text(List<Level<ConvergeReport, ?>> levels) throws IOException {
        ConvergeText words = new ConvergeText(report);
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/converge/1");
        verdict(words);
        Json.writeTexts(json, "datasets", report.run().series().last().imatrix().origin().datasets());
        if (levels.contains(ConvergeLevels.SNAPSHOT)) {
            json.writeArrayPropertyStart("snapshots");
            report.snapshots().forEach(this::snapshot);
            json.writeEndArray();
        }
        if (levels.contains(ConvergeLevels.KIND)) {
            json.writeArrayPropertyStart("kinds");
            kinds.forEach(kind -> KIND.write(json, kind));
            json.writeEndArray();
        }
        if (levels.contains(ConvergeLevels.TENSOR)) {
            json.writeArrayPropertyStart("tensors");
            report.tensors().forEach(this::tensor);
            json.writeEndArray();
        }
        Json.writeTexts(json, "warnings", report.run().series().warnings());
        json.writeArrayPropertyStart("notes");
        words.notes().forEach(json::writeString);
        return Json.ended(json, text);
    }

    private void verdict(ConvergeText words) {
        Verdict verdict = report.verdict();
        json.writeObjectPropertyStart("verdict");
        json.writeNumberProperty("threshold", verdict.threshold());
        json.writeStringProperty("headline", words.headline());
        Json.writeTexts(json, "details", words.sentences());
        json.writeName("settled_at");
        verdict.settled().ifPresentOrElse(this::moment, json::writeNull);
        json.writeName("all_settled_at");
        verdict.allSettled().ifPresentOrElse(this::moment, json::writeNull);
        Json.writeTexts(json, "moving", verdict.moving().stream().map(tensor -> tensor.name().name()).toList());
        Json.writeTexts(json, "unknown", verdict.unknown().stream().map(tensor -> tensor.name().name()).toList());
        rolledUp("expected_divergence", verdict.expected());
        number("more_chunks_for_median", verdict.moreChunksForMedian());
        number("more_chunks_for_all", verdict.moreChunksForAll());
        number("decay", report.run().decay());
        json.writeEndObject();
    }

    private void moment(Snapshot snapshot) {
        json.writeStartObject();
        json.writeStringProperty("file", snapshot.name());
        number("chunks", snapshot.chunks());
        json.writeNumberProperty("rows", snapshot.rows());
        json.writeEndObject();
    }

    private void snapshot(SnapshotRow row) {
        json.writeStartObject();
        SNAPSHOT.writeFields(json, row);
        json.writeArrayPropertyStart("kinds");
        kinds.forEach(kind -> kindAt(kind.kind(), kind.run(), row.index()));
        json.writeEndArray();
        json.writeEndObject();
    }

    private void kindAt(String kind, Convergence run, int snapshot) {
        json.writeStartObject();
        json.writeStringProperty("kind", kind);
        rolledUp("to_last", run.toLast(snapshot));
        rolledUp("to_previous", run.toPrevious(snapshot));
        json.writeEndObject();
    }

    private void tensor(TensorRow row) {
        json.writeStartObject();
        TENSOR.writeFields(json, row);
        numbers("to_last", row.tensor().toLast());
        numbers("to_previous", row.tensor().toPrevious());
        numbers("batch_sum_deviations", row.tensor().error().sumDeviations());
        numbers("batch_share_parts", row.tensor().error().shareParts());
        json.writeEndObject();
    }

    private void rolledUp(String key, RollUp rollUp) {
        if (rollUp.tensors() == 0) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        number("median", rollUp.median());
        number("worst", rollUp.worst());
        json.writeName("worst_tensor");
        if (rollUp.of() == null) {
            json.writeNull();
        } else {
            json.writeString(rollUp.of().name());
        }
        json.writeEndObject();
    }

    private void numbers(String key, double[] numbers) {
        json.writeArrayPropertyStart(key);
        for (double number : numbers) {
            write(number);
        }
        json.writeEndArray();
    }

    private void number(String key, double number) {
        json.writeName(key);
        write(number);
    }

    private void write(double number) {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull();
        }
    }

    private void number(String key, OptionalLong number) {
        if (number.isPresent()) {
            json.writeNumberProperty(key, number.getAsLong());
        } else {
            json.writeNullProperty(key);
        }
    }
}
