package org.imatrixstats.quantize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.quantize.VerifiedTensor.Outcome;
import org.imatrixstats.scan.OrderedWork;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** Whether a quantized file holds what a model and an importance matrix give, tensor by tensor. */
public final class Verification {
    private final TensorSource model;
    private final TensorSource file;
    private final Dialect dialect;
    private final ImportanceWeights importance;
    /** By the name of the tensor; empty without a plan. */
    private final Map<String, GgmlType> expected;

    /**
     * @param dialect  the program that is expected to have written the file
     * @param expected the type of each tensor by name; empty to take the types of the file
     */
    public Verification(TensorSource model, TensorSource file, Dialect dialect, ImportanceWeights importance,
            Map<String, GgmlType> expected) {
        this.model = model;
        this.file = file;
        this.dialect = dialect;
        this.importance = importance;
        this.expected = expected;
    }

    /** The work that {@link #run} reports, in bytes of the file. */
    public long work() {
        return file.tensors().stream().mapToLong(TensorInfo::bytes).sum();
    }

    /**
     * Looks at all tensors, those of the file in its order, then those that it lacks.
     *
     * @throws FormatException if the data cannot be read, or a type cannot be written
     */
    public List<VerifiedTensor> run(int threads, LongConsumer done) throws IOException {
        Map<String, Sums> sums = new LinkedHashMap<>();
        List<Callable<Piece>> pieces = new ArrayList<>();
        for (TensorInfo tensor : file.tensors()) {
            sums.put(tensor.name(), Sums.EMPTY);
            if (comparable(tensor)) {
                addPieces(tensor, pieces);
            }
        }
        OrderedWork.run(pieces.iterator(), threads, (Piece piece) -> {
            sums.merge(piece.tensor.name(), piece.sums, Sums::merge);
            done.accept(piece.bytes);
        });
        List<VerifiedTensor> tensors = new ArrayList<>();
        for (TensorInfo tensor : file.tensors()) {
            tensors.add(verified(tensor, sums.get(tensor.name())));
        }
        for (TensorInfo tensor : model.tensors()) {
            if (file.tensor(tensor.name()) == null) {
                tensors.add(new VerifiedTensor(tensor.name(), Outcome.MISSING, expected.get(tensor.name()), null, 0, 0,
                        0, -1, ErrorSums.EMPTY, ErrorSums.EMPTY));
            }
        }
        return tensors;
    }

    private boolean comparable(TensorInfo tensor) {
        TensorInfo source = model.tensor(tensor.name());
        return source != null && source.hasShapeOf(tensor);
    }

    private VerifiedTensor verified(TensorInfo tensor, Sums sums) {
        GgmlType found = tensor.ggmlType();
        GgmlType wanted = expected.getOrDefault(tensor.name(), found);
        long blocks = tensor.rows() * (tensor.ne0() / found.blockSize());
        return new VerifiedTensor(tensor.name(), outcome(tensor, wanted, sums), wanted, found, blocks,
                sums.different, sums.invalid, sums.firstInvalid, sums.file, sums.inputs);
    }

    private Outcome outcome(TensorInfo tensor, GgmlType wanted, Sums sums) {
        if (model.tensor(tensor.name()) == null) {
            return Outcome.UNEXPECTED;
        }
        if (!comparable(tensor)) {
            return Outcome.OTHER_SHAPE;
        }
        if (sums.invalid > 0) {
            return Outcome.INVALID;
        }
        if (wanted != tensor.ggmlType()) {
            return Outcome.OTHER_TYPE;
        }
        return sums.different > 0 ? Outcome.OTHER_BYTES : Outcome.EQUAL;
    }

    private void addPieces(TensorInfo tensor, List<Callable<Piece>> pieces) throws FormatException {
        GgmlType type = tensor.ggmlType();
        if (type != model.tensor(tensor.name()).type() && !(Codecs.has(type) && Codecs.of(type).canQuantize())) {
            throw new FormatException(file.name(), tensor.name(),
                    "is " + type.ggmlName() + ", a type that cannot be quantized to");
        }
        TensorData inputs = new TensorData(model, model.tensor(tensor.name()), tensor.ggmlType(), dialect, importance);
        for (long row = 0; row < tensor.rows();) {
            long first = row;
            int rows = inputs.rowsAtATime(row);
            pieces.add(() -> compare(tensor, inputs, first, rows));
            row += rows;
        }
    }

    private record Piece(TensorInfo tensor, Sums sums, long bytes) {
    }

    private Piece compare(TensorInfo tensor, TensorData inputs, long firstRow, int rows) throws FormatException {
        int columns = Math.toIntExact(tensor.ne0());
        GgmlType type = tensor.ggmlType();
        Codec codec = Codecs.of(type);
        byte[] found = new byte[Math.toIntExact(rows * type.rowBytes(columns))];
        file.copy(tensor, firstRow * type.rowBytes(columns), found, 0, found.length);
        float[] weights = inputs.weights(firstRow, columns);
        if (weights == null && codec.requiresWeights() && !inputs.isCopied()) {
            throw new FormatException(file.name(), tensor.name(),
                    "is " + type.ggmlName()
                            + ", which cannot be made without an importance matrix; expected the one that"
                            + " the file was quantized with"
                            + (importance == ImportanceWeights.NONE ? "" : ", this one has no entry for the tensor"));
        }
        byte[] wanted = inputs.rows(firstRow, rows);
        float[] values = new float[rows * columns];
        model.readRows(inputs.tensor(), firstRow, rows, values, 0);
        ErrorSums error = error(codec, found, values, rows, columns, weights);
        if (Arrays.equals(found, wanted)) {
            return new Piece(tensor, new Sums(0, 0, -1, error, error), found.length);
        }
        int invalid = codec.invalidBlock(found, 0, rows, columns);
        long blocksBefore = firstRow * (columns / type.blockSize());
        return new Piece(tensor,
                new Sums(different(type, found, wanted), invalid < 0 ? 0 : invalidRows(codec, found, rows, columns),
                        invalid < 0 ? -1 : blocksBefore + invalid, error,
                        error(codec, wanted, values, rows, columns, weights)),
                found.length);
    }

    private static ErrorSums error(Codec codec, byte[] bytes, float[] values, int rows, int columns, float[] weights) {
        float[] decoded = new float[rows * columns];
        codec.dequantize(bytes, 0, rows, columns, decoded, 0);
        return ErrorSums.of(values, decoded, 0, rows, columns, weights, null);
    }

    /** Blocks that differ; a scale of a row counts to the block that its bytes would be in. */
    private static long different(GgmlType type, byte[] a, byte[] b) {
        long count = 0;
        for (int at = 0; at < a.length; at += type.bytesPerBlock()) {
            int end = Math.min(a.length, at + type.bytesPerBlock());
            count += Arrays.equals(a, at, end, b, at, end) ? 0 : 1;
        }
        return count;
    }

    private static long invalidRows(Codec codec, byte[] bytes, int rows, int columns) {
        int rowBytes = bytes.length / rows;
        int group = codec.rowsPerGroup();
        long count = 0;
        for (int row = 0; row < rows; row += group) {
            count += codec.invalidBlock(bytes, row * rowBytes, group, columns) >= 0 ? group : 0;
        }
        return count;
    }

    /** What was found in some rows of a tensor. */
    private record Sums(long different, long invalid, long firstInvalid, ErrorSums file, ErrorSums inputs) {
        static final Sums EMPTY = new Sums(0, 0, -1, ErrorSums.EMPTY, ErrorSums.EMPTY);

        Sums merge(Sums other) {
            return new Sums(different + other.different, invalid + other.invalid,
                    firstInvalid < 0 ? other.firstInvalid : firstInvalid, file.merge(other.file),
                    inputs.merge(other.inputs));
        }
    }
}
