package org.imatrixstats.imatrix;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufWriter;
import org.imatrixstats.gguf.GgufWriter.NewTensor;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.io.Count;

/** GGUF with the keys and the order of llama-imatrix: per tensor in_sum2, counts, and in_sum if there is one. */
final class GgufImatrixWriter extends ImatrixWriter {
    /** ggml keeps 63 bytes of a name, of which ".in_sum2" takes 8. */
    private static final int MAX_NAME_BYTES = 63 - 8;
    /** Numbers in the key/values are uint32. */
    private static final long MOST_UINT32 = 0xffff_ffffL;

    @Override
    public void write(Content content, OutputStream out, LongConsumer progress) throws IOException {
        long chunkSize = content.chunkSize().orElseThrow();
        GgufWriter writer = new GgufWriter(out, metadata(content, content.chunks(MOST_UINT32), chunkSize),
                tensors(content));
        for (Content.Part part : content.parts()) {
            long[] counts = part.counts();
            stream(part.size(), part::inSum2, writer::write, progress);
            stream(counts.length, (from, into, length) -> {
                for (int i = 0; i < length; i++) {
                    into[i] = counts[(int) from + i];
                }
            }, writer::write, _ -> {
            });
            if (part.hasInSum()) {
                stream(part.size(), part::inSum, writer::write, progress);
            }
        }
    }

    @Override
    public List<String> losses(Content content) {
        long rounded = content.parts().stream().filter(part -> Arrays.stream(part.counts())
                .anyMatch(count -> (long) (float) count != count)).count();
        return rounded == 0
                ? List.of()
                : List.of("counts of " + Count.of(rounded, "tensor")
                        + " are rounded: GGUF holds them as float32, which is exact up to"
                        + " 16777216 rows");
    }

    private static SequencedMap<String, MetadataValue> metadata(Content content, long chunkCount, long chunkSize) {
        SequencedMap<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("general.type", new MetadataValue.Text("imatrix"));
        metadata.put("imatrix.datasets", new MetadataValue.Texts(content.datasets()));
        metadata.put("imatrix.chunk_count", new MetadataValue.Int(ValueType.UINT32, chunkCount));
        metadata.put("imatrix.chunk_size", new MetadataValue.Int(ValueType.UINT32, chunkSize));
        content.nextnLayers().ifPresent(layers -> metadata.put("imatrix.n_layer_nextn",
                new MetadataValue.Int(ValueType.UINT32, Math.clamp(layers, 0L, MOST_UINT32))));
        return metadata;
    }

    private static List<NewTensor> tensors(Content content) throws IOException {
        List<NewTensor> tensors = new ArrayList<>();
        for (Content.Part part : content.parts()) {
            if (part.name().getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
                throw new IOException("tensor '" + part.name() + "': the name is too long for GGUF");
            }
            long matrices = part.counts().length;
            List<Long> shape = List.of(part.size() / matrices, matrices);
            tensors.add(new NewTensor(part.name() + ".in_sum2", GgmlType.F32, shape));
            tensors.add(new NewTensor(part.name() + ".counts", GgmlType.F32, List.of(1L, matrices)));
            if (part.hasInSum()) {
                tensors.add(new NewTensor(part.name() + ".in_sum", GgmlType.F32, shape));
            }
        }
        return tensors;
    }
}
