package org.imatrixstats.quantize;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.GgufWriter;
import org.imatrixstats.gguf.Metadata;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.scan.OrderedWork;
import org.imatrixstats.tensor.TensorInfo;

/**
 * A model as llama-quantize writes it: the keys and values of the source in their order, then those that quantization adds;
 * the tensors in the order of the plan; the same bytes for any number of threads. A few rows per thread are held in
 * memory, whatever the size of the model.
 */
public final class QuantizedModel {
    /** Of ggml's formats: the value of general.quantization_version. */
    private static final long QUANTIZATION_VERSION = 2;
    /** Bytes of a text under a key that the program adds; the rest is cut off. */
    private static final int MAX_TEXT = 127;
    private static final String VERSION_KEY = "general.quantization_version";
    private static final String FILE_TYPE_KEY = "general.file_type";
    private static final List<String> SPLIT_KEYS = List.of("split.no", "split.count", "split.tensors.count");
    /** The data are aligned to GGUF's default, whatever the source has. llama-quantize copies the key all the same. */
    private static final String ALIGNMENT_KEY = "general.alignment";
    private static final int ALIGNMENT = 32;

    private final GgufModel source;
    private final Plan plan;
    private final ImportanceWeights weights;
    private final SequencedMap<String, MetadataValue> overrides;

    /**
     * @param plan      the type of each tensor
     * @param overrides keys to be set, in their order; {@link #imatrixKeys} are such
     */
    public QuantizedModel(GgufModel source, Plan plan, ImportanceWeights weights,
            SequencedMap<String, MetadataValue> overrides) {
        this.source = source;
        this.plan = plan;
        this.weights = weights;
        this.overrides = overrides;
    }

    /**
     * The keys that llama-quantize adds for an importance matrix.
     *
     * @param file the file as the user named it
     */
    public static SequencedMap<String, MetadataValue> imatrixKeys(String file, Imatrix imatrix, int entries) {
        SequencedMap<String, MetadataValue> keys = new LinkedHashMap<>();
        keys.put("quantize.imatrix.file", shortText(file));
        if (!imatrix.origin().datasets().isEmpty()) {
            keys.put("quantize.imatrix.dataset", shortText(imatrix.origin().datasets().getFirst()));
        }
        keys.put("quantize.imatrix.entries_count", uint32(entries));
        long chunks = imatrix.origin().chunkCount().orElse(0);
        if (chunks > 0) {
            keys.put("quantize.imatrix.chunks_count", uint32(chunks));
        }
        return keys;
    }

    /** A text as a key of llama-quantize holds it: its first {@value #MAX_TEXT} bytes. */
    public static MetadataValue shortText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MAX_TEXT) {
            return new MetadataValue.Text(text);
        }
        byte[] stored = new byte[Long.BYTES + MAX_TEXT];
        stored[0] = MAX_TEXT;
        System.arraycopy(utf8, 0, stored, Long.BYTES, MAX_TEXT);
        return new MetadataValue.Stored(ValueType.STRING, stored);
    }

    /** The key for the number of layers of a model from which some were left out. */
    public static MetadataValue layers(int count) {
        return uint32(count);
    }

    static MetadataValue uint32(long value) {
        return new MetadataValue.Int(ValueType.UINT32, value);
    }

    /** Bytes of the data of all tensors. */
    public long dataBytes() {
        return plan.quantBytes();
    }

    /**
     * Writes the model as one file.
     *
     * @param done told of each piece that is written, in bytes of data
     * @throws FormatException if a tensor cannot be read or quantized
     */
    public void writeTo(OutputStream out, int threads, LongConsumer done) throws IOException {
        write(out, metadata(), plan.tensors(), threads, done);
    }

    /** Writes one file of a model that stays split as it is, counted from 0. */
    public void writePartTo(OutputStream out, int part, int threads, LongConsumer done) throws IOException {
        SequencedMap<String, MetadataValue> metadata = part == 0 ? metadata() : new LinkedHashMap<>();
        metadata.put("split.no", new MetadataValue.Int(ValueType.UINT16, part));
        metadata.put("split.count", new MetadataValue.Int(ValueType.UINT16, source.parts().size()));
        metadata.put("split.tensors.count", new MetadataValue.Int(ValueType.INT32, plan.tensors().size()));
        // Within a part the tensors keep their order, unlike in a model that is written as one file.
        List<PlannedTensor> tensors = plan.tensors().stream().filter(tensor -> tensor.source().part() == part)
                .sorted(Comparator.comparingLong(tensor -> tensor.source().offset())).toList();
        write(out, metadata, tensors, threads, done);
    }

    private void write(OutputStream out, SequencedMap<String, MetadataValue> metadata, List<PlannedTensor> tensors,
            int threads, LongConsumer done) throws IOException {
        GgufWriter writer = new GgufWriter(out, metadata, tensors.stream()
                .map(tensor -> new GgufWriter.NewTensor(tensor.name(), tensor.type(), tensor.source().dims()))
                .toList());
        OrderedWork.run(new Pieces(tensors), threads, (byte[] piece) -> {
            writer.write(piece, piece.length);
            done.accept(piece.length);
        });
    }

    private SequencedMap<String, MetadataValue> metadata() throws FormatException {
        return metadata(source, plan.options().base(), overrides);
    }

    /**
     * What a quantized file takes beside the data of its tensors: the header, and padding. Where types differ in padding, it is
     * that of the type with the most.
     *
     * @param types that tensors may get
     * @throws FormatException if the metadata of the source cannot be read
     */
    public static long overhead(GgufModel source, BaseType base, SequencedMap<String, MetadataValue> overrides,
            Collection<GgmlType> types) throws FormatException {
        long bytes = GgufWriter.headerBytes(metadata(source, base, overrides), source.tensors().stream()
                .map(tensor -> new GgufWriter.NewTensor(tensor.name(), tensor.ggmlType(), tensor.dims())).toList());
        for (TensorInfo tensor : source.tensors()) {
            bytes += Stream.concat(Stream.of(tensor.ggmlType()), types.stream())
                    .filter(type -> tensor.ne0() % type.blockSize() == 0)
                    .mapToInt(type -> GgufWriter.padding(tensor.rows() * type.rowBytes(tensor.ne0()))).max().orElse(0);
        }
        return bytes;
    }

    /** What the program writes: keys that it sets come last, also if the source has them. */
    private static SequencedMap<String, MetadataValue> metadata(GgufModel source, BaseType base,
            SequencedMap<String, MetadataValue> overrides) throws FormatException {
        Metadata given = source.metadata();
        SequencedMap<String, MetadataValue> all = new LinkedHashMap<>();
        for (String key : given.values().keySet()) {
            boolean misleads = key.equals(ALIGNMENT_KEY) && given.integer(key).orElse(0) != ALIGNMENT;
            if (!SPLIT_KEYS.contains(key) && !misleads) {
                all.put(key, given.whole(key));
            }
        }
        all.putLast(VERSION_KEY, uint32(QUANTIZATION_VERSION));
        all.putLast(FILE_TYPE_KEY, uint32(base.number()));
        overrides.forEach(all::putLast);
        return all;
    }

    /** The data of the tensors, piece by piece. */
    private final class Pieces implements Iterator<Callable<byte[]>> {
        private final Iterator<PlannedTensor> tensors;
        private TensorData tensor;
        private long row;

        Pieces(List<PlannedTensor> tensors) {
            this.tensors = tensors.iterator();
        }

        @Override
        public boolean hasNext() {
            return tensors.hasNext() || tensor != null && row < tensor.tensor().rows();
        }

        @Override
        public Callable<byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (tensor == null || row == tensor.tensor().rows()) {
                tensor = data(tensors.next());
                row = 0;
            }
            TensorData current = tensor;
            long first = row;
            int rows = current.rowsAtATime(first);
            row += rows;
            return () -> current.rows(first, rows);
        }

        private TensorData data(PlannedTensor planned) {
            return new TensorData(source, planned.source(), planned.type(), plan.dialect(), weights);
        }
    }
}
