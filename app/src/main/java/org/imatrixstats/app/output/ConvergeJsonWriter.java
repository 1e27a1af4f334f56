package org.imatrixstats.app.output;

import java.io.StringWriter;
import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.app.output.ConvergeReport.KindRow;
import org.imatrixstats.app.output.ConvergeReport.SnapshotRow;
import org.imatrixstats.imatrix.TensorName;
import org.imatrixstats.imatrix.converge.Convergence;
import org.imatrixstats.imatrix.converge.ConvergenceStatistic;
import org.imatrixstats.imatrix.converge.Divergences;
import org.imatrixstats.imatrix.converge.Snapshot;
import org.imatrixstats.imatrix.converge.TensorConvergence;
import org.imatrixstats.imatrix.converge.Verdict;
import org.imatrixstats.imatrix.stats.Figure;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/converge/1}, described by {@code docs/schema/converge-1.schema.json}. */
final class ConvergeJsonWriter {
    private final ConvergeReport report;
    private final List<KindRow> kinds;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = JsonWriter.generator(text, true);

    ConvergeJsonWriter(ConvergeReport report) {
        this.report = report;
        this.kinds = report.kinds();
    }

    String text() {
        ConvergeText words = new ConvergeText(report);
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/converge/1");
        verdict(words);
        texts("datasets", report.run().series().last().imatrix().origin().datasets());
        json.writeArrayPropertyStart("snapshots");
        report.snapshots().forEach(this::snapshot);
        json.writeEndArray();
        json.writeArrayPropertyStart("kinds");
        kinds.forEach(this::kind);
        json.writeEndArray();
        json.writeArrayPropertyStart("tensors");
        report.tensors().forEach(this::tensor);
        json.writeEndArray();
        texts("warnings", report.run().series().warnings());
        json.writeArrayPropertyStart("notes");
        words.notes().forEach(json::writeString);
        return JsonWriter.ended(json, text);
    }

    private void verdict(ConvergeText words) {
        Verdict verdict = report.verdict();
        json.writeObjectPropertyStart("verdict");
        json.writeNumberProperty("threshold", verdict.threshold());
        json.writeStringProperty("headline", words.headline());
        texts("details", words.sentences());
        json.writeName("settled_at");
        verdict.settled().ifPresentOrElse(this::moment, json::writeNull);
        json.writeName("all_settled_at");
        verdict.allSettled().ifPresentOrElse(this::moment, json::writeNull);
        texts("moving", verdict.moving().stream().map(tensor -> tensor.name().name()).toList());
        texts("unknown", verdict.unknown().stream().map(tensor -> tensor.name().name()).toList());
        rolledUp("expected_divergence", verdict.expected());
        number("more_chunks_for_median", verdict.moreChunksForMedian());
        number("more_chunks_for_all", verdict.moreChunksForAll());
        number("decay", report.run().decay());
        json.writeEndObject();
    }

    private void moment(Snapshot snapshot) {
        json.writeStartObject();
        momentFields(snapshot);
        json.writeEndObject();
    }

    private void momentFields(Snapshot snapshot) {
        json.writeStringProperty("file", snapshot.path().toString());
        number("chunks", snapshot.chunks());
        json.writeNumberProperty("rows", snapshot.rows());
    }

    private void snapshot(SnapshotRow row) {
        json.writeStartObject();
        momentFields(row.snapshot());
        json.writeNumberProperty("experts_with_data", row.snapshot().reached());
        json.writeNumberProperty("experts", row.snapshot().experts());
        rolledUp("to_last", row.toLast());
        rolledUp("to_previous", row.toPrevious());
        json.writeObjectPropertyStart("batch");
        number("sum_deviation", row.batchSumDeviation());
        number("share_part", row.batchPart());
        json.writeEndObject();
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

    private void kind(KindRow row) {
        json.writeStartObject();
        json.writeStringProperty("kind", row.kind());
        json.writeNumberProperty("tensors", row.run().tensors().size());
        json.writeNumberProperty("moving", row.verdict().moving().size());
        rolledUp("expected_divergence", row.expected());
        rolledUp("sum_error", row.sumError());
        rolledUp("share_error", row.shareError());
        number("more_chunks", row.verdict().moreChunksForAll());
        json.writeEndObject();
    }

    private void tensor(TensorConvergence tensor) {
        json.writeStartObject();
        TensorName name = tensor.name();
        json.writeStringProperty("name", name.name());
        if (name.hasLayer()) {
            json.writeNumberProperty("layer", name.layer());
        } else {
            json.writeNullProperty("layer");
        }
        json.writeStringProperty("kind", name.kind());
        for (ConvergenceStatistic statistic : ConvergenceStatistic.values()) {
            double value = statistic.of(tensor);
            if (statistic.unit() == Figure.Unit.COUNT) {
                json.writeNumberProperty(statistic.key(), (long) value);
            } else {
                number(statistic.key(), value);
            }
        }
        if (tensor.basis() == null) {
            json.writeNullProperty("basis");
        } else {
            json.writeStringProperty("basis", tensor.basis().label());
        }
        number("more_chunks", report.verdict().moreChunksFor(tensor.expectedDivergence()));
        numbers("to_last", tensor.toLast());
        numbers("to_previous", tensor.toPrevious());
        numbers("batch_sum_deviations", tensor.error().sumDeviations());
        numbers("batch_share_parts", tensor.error().shareParts());
        json.writeEndObject();
    }

    private void rolledUp(String key, Divergences divergences) {
        if (divergences.tensors() == 0) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        number("median", divergences.median());
        number("worst", divergences.worst());
        json.writeName("worst_tensor");
        if (divergences.of() == null) {
            json.writeNull();
        } else {
            json.writeString(divergences.of().name());
        }
        json.writeEndObject();
    }

    private void texts(String key, List<String> texts) {
        json.writeArrayPropertyStart(key);
        texts.forEach(json::writeString);
        json.writeEndArray();
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
