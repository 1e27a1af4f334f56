package org.imatrixstats.imatrix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.gguf.GgufRole;
import org.imatrixstats.gguf.Metadata;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * The GGUF container of llama-imatrix. For each weight tensor NAME, all of type F32:
 *
 * <pre>
 * NAME.in_sum2  [columns, matrices]  sum of x² per column
 * NAME.counts   [1, matrices]        rows (tokens) seen, per matrix or one for all
 * NAME.in_sum   as in_sum2           sum of x per column; only newer writers
 * </pre>
 *
 * Other tensors (such as NAME.stats of newer writers) and unknown keys are passed over.
 */
final class GgufImatrixReader extends ImatrixReader {
    private static final String SQUARES = ".in_sum2";
    private static final String COUNTS = ".counts";
    private static final String SUMS = ".in_sum";
    /** Counts are held in memory; no model comes near this many experts. */
    private static final int MAX_MATRICES = 1 << 16;
    /** The same for those of all tensors together: 500 layers of 1000 experts, four times. */
    private static final int MAX_COUNTS = 1 << 21;
    private static final long MAX_ROWS = 1L << 62;

    private GgufFile gguf;
    private long countsRead;

    GgufImatrixReader(ByteSource file) {
        super(file);
    }

    @Override
    Imatrix read() throws IOException {
        try {
            gguf = GgufFile.read(file);
        } catch (FormatException e) {
            // A model may be cut off after its header. The message must still say that it is a model.
            requireImatrix();
            throw e;
        }
        List<ImatrixEntry> entries = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (TensorInfo tensor : gguf.tensors()) {
            if (tensor.name().endsWith(SQUARES)) {
                entries.add(entry(tensor));
            } else if (!isPartOfAnEntry(tensor)) {
                unknown.add(tensor.name());
            }
        }
        if (entries.isEmpty()) {
            throw notAnImatrix();
        }
        return new Imatrix(file, gguf.order(), origin(), entries, unknown, keyTypes());
    }

    private void requireImatrix() throws IOException {
        try {
            gguf = GgufFile.readHeader(file);
        } catch (FormatException e) {
            return;
        }
        boolean known = gguf.metadata().text("general.architecture").isPresent()
                || GgufRole.of(gguf.metadata(), gguf.tensors()).isPresent();
        if (known && gguf.tensors().stream().noneMatch(tensor -> tensor.name().endsWith(SQUARES))) {
            throw notAnImatrix();
        }
    }

    private ImatrixException notAnImatrix() {
        Optional<String> other = GgufRole.of(gguf.metadata(), gguf.tensors());
        if (other.isPresent()) {
            return new ImatrixException(file.name(), "is " + other.get() + ", not an importance matrix");
        }
        Optional<String> general = gguf.metadata().text("general.type");
        String type = general.map(text -> "general.type is '" + text + "'").orElse("general.type is missing");
        boolean model = general.equals(Optional.of("model"))
                || gguf.metadata().text("general.architecture").isPresent();
        if (model) {
            return new ImatrixException(file.name(), "is a model, expected an importance matrix", Remedy.MODEL);
        }
        return new ImatrixException(file.name(),
                "a GGUF file, but not an importance matrix: " + type + ", and none of its "
                        + gguf.tensors().size() + " tensors is named *" + SQUARES);
    }

    /** A writer may have named one text by a plain string. */
    private List<String> datasets() throws FormatException {
        Optional<List<String>> texts = gguf.metadata().texts(Imatrix.DATASETS);
        return texts.orElse(gguf.metadata().text(Imatrix.DATASETS).map(List::of).orElse(List.of()));
    }

    private Map<String, ValueType> keyTypes() {
        Map<String, ValueType> types = new HashMap<>();
        for (String key : List.of(Imatrix.DATASETS, Imatrix.CHUNK_COUNT, Imatrix.CHUNK_SIZE)) {
            MetadataValue value = gguf.metadata().values().get(key);
            if (value != null) {
                types.put(key, value.type());
            }
        }
        return types;
    }

    private Imatrix.Origin origin() throws FormatException {
        Metadata metadata = gguf.metadata();
        return new Imatrix.Origin(Imatrix.Format.GGUF, OptionalLong.of(gguf.version()),
                datasets(), metadata.integer(Imatrix.CHUNK_COUNT), metadata.integer(Imatrix.CHUNK_SIZE),
                metadata.integer("imatrix.n_layer_nextn"));
    }

    private ImatrixEntry entry(TensorInfo inSum2) throws FormatException {
        String name = withoutSuffix(inSum2, SQUARES);
        if (name.isEmpty()) {
            throw fail(inSum2, "names no weight tensor");
        }
        TensorInfo counts = gguf.tensor(name + COUNTS);
        if (counts == null) {
            throw fail(inSum2, "has no '" + name + COUNTS + "' beside it");
        }
        requireF32(inSum2);
        requireF32(counts);
        long matrices = counts.elements();
        if (matrices < 1 || matrices > MAX_MATRICES) {
            throw fail(counts, "holds " + matrices + " values, expected 1 to " + MAX_MATRICES);
        }
        if (matrices != 1 && matrices != inSum2.rows()) {
            throw fail(counts, "holds " + matrices + " values, in_sum2 has " + inSum2.rows() + " rows");
        }
        TensorInfo inSum = gguf.tensor(name + SUMS);
        if (inSum != null) {
            requireF32(inSum);
            if (inSum.ne0() != inSum2.ne0() || inSum.rows() != inSum2.rows()) {
                throw fail(inSum, "has the shape " + inSum.dims() + ", in_sum2 has " + inSum2.dims());
            }
        }
        return new ImatrixEntry(TensorName.of(name), inSum2.elements(), counts(counts), inSum2.offset(),
                inSum == null ? ImatrixEntry.ABSENT : inSum.offset());
    }

    private long[] counts(TensorInfo tensor) throws FormatException {
        countsRead += tensor.elements();
        if (countsRead > MAX_COUNTS) {
            throw fail(tensor,
                    "brings the counts of the file above " + MAX_COUNTS + ", more than any model has experts");
        }
        long[] counts = new long[(int) tensor.elements()];
        float[] values = new float[Math.min(counts.length, Partition.BLOCK)];
        for (Block block : Partition.ofValues(counts.length)) {
            int from = (int) block.start();
            file.copy(tensor.offset() + 4L * from, gguf.order(), values, 0, block.length());
            for (int i = 0; i < block.length(); i++) {
                float count = values[i];
                if (!(count >= 0) || count != Math.rint(count) || count > MAX_ROWS) {
                    throw new FormatException(file.name(), tensor.offset() + 4L * (from + i), tensor.name(),
                            "count " + (from + i) + " is " + count
                                    + ", expected a whole number of rows from 0 to 2^62");
                }
                counts[from + i] = (long) count;
            }
        }
        return counts;
    }

    /** Whether a tensor belongs to an {@code in_sum2}; counts and sums of x mean nothing without it. */
    private boolean isPartOfAnEntry(TensorInfo tensor) throws FormatException {
        for (String suffix : List.of(COUNTS, SUMS)) {
            if (tensor.name().endsWith(suffix)) {
                if (!hasSquares(tensor, suffix)) {
                    throw fail(tensor, "has no '" + withoutSuffix(tensor, suffix) + SQUARES + "' beside it");
                }
                return true;
            }
        }
        return false;
    }

    private boolean hasSquares(TensorInfo tensor, String suffix) {
        return gguf.tensor(withoutSuffix(tensor, suffix) + SQUARES) != null;
    }

    private void requireF32(TensorInfo tensor) throws FormatException {
        if (tensor.type() != GgmlType.F32) {
            throw fail(tensor, "is of type " + tensor.type().label() + ", expected f32");
        }
    }

    private ImatrixException fail(TensorInfo tensor, String reason) {
        return new ImatrixException(file.name(), tensor.name(), reason);
    }

    private static String withoutSuffix(TensorInfo tensor, String suffix) {
        return tensor.name().substring(0, tensor.name().length() - suffix.length());
    }
}
