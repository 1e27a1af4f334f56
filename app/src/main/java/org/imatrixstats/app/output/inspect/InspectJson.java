package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.model.GgufModelFile;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.MetaModel;
import org.imatrixstats.model.MetaTokenizer;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.model.ModelSummary;
import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.model.ModelTensor.Shards;
import org.imatrixstats.model.PyTorchModel;
import org.imatrixstats.model.SafetensorsModel;
import org.imatrixstats.tensor.Value;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/inspect/1}, described by {@code docs/schema/inspect-1.schema.json}. */
final class InspectJson implements InspectWriter {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);
    private List<FileError> errors = List.of();

    InspectJson() {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/inspect/1");
        json.writeArrayPropertyStart("models");
    }

    @Override
    public void add(InspectReport report) throws IOException {
        json.writeStartObject();
        json.writeStringProperty("file", report.fileName());
        json.writeStringProperty("path", report.given());
        json.writeStringProperty("format", report.model().container());
        writeFiles(report);
        writeSummary(report);
        writeContainer(report);
        json.writeName("tensors");
        json.writeStartArray();
        for (TensorRow row : report.rows()) {
            write(report, row);
        }
        json.writeEndArray();
        writeKeys(report);
        if (report.verified().isPresent()) {
            Json.writeTexts(json, "verification", report.verified().get());
        } else {
            json.writeNullProperty("verification");
        }
        Json.writeTexts(json, "warnings", report.model().warnings());
        json.writeEndObject();
    }

    private void writeFiles(InspectReport report) {
        json.writeArrayPropertyStart("files");
        for (ByteSource file : report.model().files()) {
            json.writeStartObject();
            json.writeStringProperty("name", file.name());
            json.writeNumberProperty("bytes", file.size());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeSummary(InspectReport report) {
        ModelSummary summary = report.summary();
        ModelConfig config = summary.config();
        boolean known = config.architecture() != null;
        json.writeStringProperty("architecture", config.architecture());
        json.writeStringProperty("name", config.name());
        json.writeNumberProperty("tensor_count", report.rows().size());
        write("key_values", report.model() instanceof GgufModelFile gguf
                ? OptionalLong.of(gguf.metadata().values().size())
                : OptionalLong.empty());
        json.writeNumberProperty("parameters", summary.parameters());
        json.writeNumberProperty("elements", summary.elements());
        write("expert_parameters", known, summary.expertParameters());
        write("active_parameters", known, summary.activeParameters());
        write("active_without_token_embd", known, summary.activeWithoutEmbedding());
        json.writeNumberProperty("data_bytes", summary.dataBytes());
        json.writeNumberProperty("storage_bytes", summary.storageBytes());
        json.writeNumberProperty("file_bytes", summary.fileBytes());
        if (Double.isNaN(summary.bitsPerWeight())) {
            json.writeNullProperty("bits_per_weight");
        } else {
            json.writeNumberProperty("bits_per_weight", summary.bitsPerWeight());
        }
        json.writeObjectPropertyStart("types");
        for (Map.Entry<String, ModelSummary.TypeCount> type : summary.types().entrySet()) {
            json.writeObjectPropertyStart(type.getKey());
            json.writeNumberProperty("tensors", type.getValue().tensors());
            json.writeNumberProperty("elements", type.getValue().elements());
            json.writeEndObject();
        }
        json.writeEndObject();
        for (Hyperparameter parameter : Hyperparameter.values()) {
            write(parameter.key(), config.get(parameter));
        }
        if (known) {
            json.writeBooleanProperty("tied_output", summary.tiedOutput());
        } else {
            json.writeNullProperty("tied_output");
        }
        write("kv_bytes_per_token_f16", summary.kvBytesPerToken());
        write("kv_bytes_per_token_f16_latent", summary.kvBytesPerTokenLatent());
        write("kv_bytes_at_context_f16", summary.kvBytesAtContext());
        write("kv_bytes_per_token_q8_0", summary.kvBytesPerTokenQ8());
        json.writeObjectPropertyStart("parameters_by_kind");
        summary.kinds().forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private void write(String key, boolean known, long number) {
        write(key, known ? OptionalLong.of(number) : OptionalLong.empty());
    }

    private void write(String key, OptionalLong number) {
        if (number.isPresent()) {
            json.writeNumberProperty(key, number.getAsLong());
        } else {
            json.writeNullProperty(key);
        }
    }

    /** What only some containers have. */
    private void writeContainer(InspectReport report) {
        PyTorchModel checkpoint = report.model() instanceof PyTorchModel pytorch ? pytorch : null;
        json.writeStringProperty("container", checkpoint == null ? null : checkpoint.key());
        Json.writeTexts(json, "outside", checkpoint == null ? List.of() : checkpoint.outside());
        Json.writeTexts(json, "opaque_globals", checkpoint == null ? List.of() : checkpoint.foreign());
        Json.writeTexts(json, "code", report.model().code());
        if (report.model() instanceof SafetensorsModel safetensors) {
            json.writeObjectPropertyStart("metadata");
            safetensors.metadata().forEach(json::writeStringProperty);
            json.writeEndObject();
        } else {
            json.writeNullProperty("metadata");
        }
        MetaTokenizer tokenizer = report.model() instanceof MetaModel meta ? meta.tokenizer() : null;
        if (tokenizer == null) {
            json.writeNullProperty("tokenizer");
        } else {
            json.writeObjectPropertyStart("tokenizer");
            json.writeStringProperty("kind", tokenizer.kind());
            json.writeNumberProperty("tokens", tokenizer.tokens());
            json.writeStringProperty("first", tokenizer.first());
            json.writeNumberProperty("special", tokenizer.special());
            json.writeEndObject();
        }
        Json.writeTexts(json, "untranslated", report.untranslated());
    }

    private void write(InspectReport report, TensorRow row) {
        Piece piece = row.piece();
        json.writeStartObject();
        json.writeStringProperty("name", report.isBareTensor() ? null : row.name());
        json.writeStringProperty("gguf_name", row.gguf());
        write("shape", row.tensor().shape());
        if (report.model() instanceof GgufModelFile) {
            write("ne", row.tensor().info().dims());
        } else {
            json.writeNullProperty("ne");
        }
        json.writeStringProperty("dtype", row.tensor().typeName());
        json.writeNumberProperty("numel", row.tensor().elements());
        json.writeNumberProperty("bytes", row.tensor().info().bytes());
        json.writeNumberProperty("running_total", row.total());
        boolean split = row.tensor().pieces().size() > 1;
        json.writeStringProperty("file",
                split ? null : report.model().files().get(row.tensor().info().part()).name());
        write("data_offset", row.tensor().info().offset() >= 0, row.tensor().info().offset());
        if (piece == null) {
            json.writeNullProperty("stride");
            json.writeNullProperty("offset");
            json.writeNullProperty("storage");
            json.writeNullProperty("storage_numel");
            json.writeNullProperty("contiguous");
        } else {
            write("stride", piece.view().strides());
            json.writeNumberProperty("offset", piece.view().offset());
            json.writeStringProperty("storage", piece.storage().key());
            json.writeNumberProperty("storage_numel", piece.elements());
            json.writeBooleanProperty("contiguous", piece.view().isContiguous());
        }
        Json.writeTexts(json, "shares_with", row.sharesWith());
        Json.writeTexts(json, "tied_with", row.tiedWith());
        Shards shards = row.tensor().shards();
        write("split_axis", shards != null && shards.axis() >= 0, shards == null ? 0 : shards.axis());
        if (shards == null) {
            json.writeNullProperty("shard_shape");
        } else {
            write("shard_shape", shards.shape());
        }
        json.writeName("values");
        if (row.values() == null) {
            json.writeNull();
        } else {
            json.writeStartArray();
            row.values().forEach(this::write);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void write(String key, List<Long> numbers) {
        json.writeArrayPropertyStart(key);
        numbers.forEach(json::writeNumber);
        json.writeEndArray();
    }

    private void write(Value value) {
        switch (value) {
            case Value.Real(double real) -> write(real);
            case Value.Whole(BigInteger whole) -> json.writeNumber(whole);
            case Value.Truth(boolean truth) -> json.writeBoolean(truth);
            case Value.Complex(double real, double imaginary) -> {
                json.writeStartArray();
                write(real);
                write(imaginary);
                json.writeEndArray();
            }
        }
    }

    /** JSON has no NaN and no infinities: they are texts. */
    private void write(double real) {
        if (Double.isFinite(real)) {
            json.writeNumber(real);
        } else {
            json.writeString(Double.toString(real));
        }
    }

    private void writeKeys(InspectReport report) throws IOException {
        if (!report.keys() || !(report.model() instanceof GgufModelFile gguf)) {
            json.writeNullProperty("keys");
            return;
        }
        json.writeArrayPropertyStart("keys");
        for (MetadataRow row : MetadataRow.of(gguf.metadata())) {
            json.writeStartObject();
            json.writeStringProperty("key", row.key());
            json.writeStringProperty("type", row.type());
            write("count", row.count());
            json.writeName("value");
            if (row.count().isPresent()) {
                json.writeStartArray();
                row.values().forEach(this::write);
                json.writeEndArray();
            } else {
                write(row.values().getFirst());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void write(MetadataValue value) {
        switch (value) {
            case MetadataValue.Int number -> json.writeNumber(MetadataRow.unsigned(number));
            case MetadataValue.Float number -> write(number.value());
            case MetadataValue.Bool truth -> json.writeBoolean(truth.value());
            case MetadataValue.Text words -> json.writeString(words.value());
            default -> json.writeNull();
        }
    }

    @Override
    public void failed(List<FileError> files) {
        errors = files;
    }

    @Override
    public String text() {
        return Json.ended(json, text, errors);
    }
}
