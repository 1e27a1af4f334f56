package org.imatrixstats.error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.tensor.TensorInfo;

/**
 * The tasks of a measurement, in the order in which their sums are merged. The model, the importance matrix, the types and
 * the sampling decide them, never the number of threads or machines: every machine makes the same plan from the same
 * inputs.
 *
 * @param tensors  the tensors that are measured, in the order of the model
 * @param types    the types, in the order of their identifiers
 * @param sampling which rows are read
 * @param tasks    the tasks
 */
public record ErrorPlan(List<TensorInfo> tensors, List<GgmlType> types, Sampling sampling, List<ErrorTask> tasks) {
    /** Values of a task in one type, about. */
    private static final long VALUES = 1 << 20;
    /** Of the measurement: figures of another version are not mixed with these. */
    private static final String VERSION = "imatrix-stats error 1";
    /** Bytes of each tensor that count in the digest of a model, at the start of its data. */
    private static final int DIGESTED = 1 << 12;

    /**
     * Plans a measurement of the tensors that the program may quantize.
     *
     * @param types those that are wanted; a tensor is measured in those that fit its rows, and in those that demand an
     *              importance matrix only where there is an entry
     */
    public static ErrorPlan of(ErrorInputs inputs, List<GgmlType> types, Sampling sampling) {
        List<TensorInfo> tensors = inputs.model().tensors().stream()
                .filter(tensor -> tensor.type() instanceof GgmlType && tensor.elements() > 0
                        && inputs.dialect().mayQuantize(tensor))
                .toList();
        List<ErrorTask> tasks = new ArrayList<>();
        for (TensorInfo tensor : tensors) {
            List<GgmlType> fitting = types.stream().filter(type -> fits(type, tensor, inputs)).toList();
            if (!fitting.isEmpty()) {
                addTasks(tensor, fitting, sampling, tasks);
            }
        }
        return new ErrorPlan(tensors, List.copyOf(types), sampling, List.copyOf(tasks));
    }

    /** The types that a program can quantize to, each stored in one way only. */
    public static List<GgmlType> typesOf(Dialect dialect) {
        return dialect.types().stream().filter(ErrorPlan::isMeasurable).toList();
    }

    /** Whether errors in a type can be measured: not those that interleave the rows of another type. */
    public static boolean isMeasurable(GgmlType type) {
        if (type == GgmlType.F32 || !Codecs.has(type)) {
            return false;
        }
        Codec codec = Codecs.of(type);
        return codec.canQuantize() && codec.rowsPerGroup() == 1;
    }

    private static boolean fits(GgmlType type, TensorInfo tensor, ErrorInputs inputs) {
        return tensor.ne0() % type.blockSize() == 0
                && (!Codecs.of(type).requiresWeights() || inputs.hasEntry(tensor));
    }

    private static void addTasks(TensorInfo tensor, List<GgmlType> types, Sampling sampling, List<ErrorTask> tasks) {
        long sampled = sampling.rows(tensor);
        int each = (int) Math.max(1, VALUES / tensor.ne0());
        for (int matrix = 0; matrix < tensor.matrices(); matrix++) {
            for (long first = 0; first < sampled; first += each) {
                tasks.add(new ErrorTask(tasks.size(), tensor, matrix, first, (int) Math.min(each, sampled - first),
                        sampled, types));
            }
        }
    }

    /** Values that are quantized, over all types. */
    public long work() {
        return tasks.stream().mapToLong(ErrorTask::work).sum();
    }

    /** The share of all rows of the tensors that is read. */
    public double shareOfRows() {
        double read = tensors.stream().mapToDouble(each -> sampling.rows(each) * (double) each.matrices()).sum();
        return read / tensors.stream().mapToDouble(TensorInfo::rows).sum();
    }

    /**
     * What results belong to: a digest of the tensor table, of the start of each tensor's data, of the importance matrix,
     * the program, the types, the sampling and the version of the measurement.
     *
     * @throws FormatException if the inputs cannot be read
     */
    public String digest(ErrorInputs inputs, int threads) throws IOException {
        MessageDigest sha256 = sha256();
        add(sha256, VERSION + "\n" + inputs.dialect().name() + "\n" + sampling.label() + "\n" + types + "\n");
        for (TensorInfo tensor : tensors) {
            add(sha256, tensor.name() + " " + tensor.type().label() + " " + tensor.dims() + "\n");
            int columns = (int) Math.min(tensor.ne0(), DIGESTED / Float.BYTES);
            float[] row = new float[Math.toIntExact(tensor.ne0())];
            inputs.model().readRows(tensor, 0, 1, row, 0);
            for (int j = 0; j < columns; j++) {
                int bits = Float.floatToRawIntBits(row[j]);
                sha256.update(new byte[]{(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
            }
        }
        if (inputs.imatrix().isPresent()) {
            add(sha256, ContentDigest.of(inputs.imatrix().get(), threads));
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, 16);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
