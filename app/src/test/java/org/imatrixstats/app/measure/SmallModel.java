package org.imatrixstats.app.measure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufWriter;
import org.imatrixstats.gguf.MetadataValue;

/** A model of seven small tensors with random values, in the three types that can be measured. */
final class SmallModel {
    static final int COLUMNS = 256;
    static final int ROWS = 8;
    private static final List<GgufWriter.NewTensor> TENSORS = List.of(
            tensor("token_embd.weight", GgmlType.F16), tensor("blk.0.attn_q.weight", GgmlType.F16),
            tensor("blk.0.ffn_down.weight", GgmlType.BF16), tensor("blk.0.ffn_up.weight", GgmlType.F32),
            tensor("blk.1.attn_q.weight", GgmlType.F16), tensor("blk.1.ffn_down.weight", GgmlType.F16),
            new GgufWriter.NewTensor("output_norm.weight", GgmlType.F32, List.of((long) COLUMNS)));

    private SmallModel() {
    }

    private static GgufWriter.NewTensor tensor(String name, GgmlType type) {
        return new GgufWriter.NewTensor(name, type, List.of((long) COLUMNS, (long) ROWS));
    }

    static Path in(Path folder) throws IOException {
        Path file = folder.resolve("small-f16.gguf");
        LinkedHashMap<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", new MetadataValue.Text("llama"));
        metadata.put("llama.block_count",
                new MetadataValue.Int(org.imatrixstats.gguf.ValueType.UINT32, 2));
        metadata.put("llama.context_length",
                new MetadataValue.Int(org.imatrixstats.gguf.ValueType.UINT32, 512));
        Random random = new Random(7);
        try (OutputStream out = Files.newOutputStream(file)) {
            GgufWriter writer = new GgufWriter(out, metadata, TENSORS);
            for (GgufWriter.NewTensor tensor : TENSORS) {
                int rows = tensor.dims().size() == 1 ? 1 : ROWS;
                float[] values = new float[rows * COLUMNS];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.05 * random.nextGaussian());
                }
                byte[] bytes = new byte[Math.toIntExact(rows * tensor.type().rowBytes(COLUMNS))];
                Codecs.of(tensor.type()).quantize(values, 0, rows, COLUMNS, null, bytes, 0);
                writer.write(bytes, bytes.length);
            }
        }
        return file;
    }
}
