package org.imatrixstats.error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.Changes;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.tensor.TensorInfo;

/**
 * The tasks of a measurement, in the order in which their sums are merged. The model, the importance matrix, the types and
 * the sampling decide them, never the number of threads or machines: every machine makes the same plan from the same
 * inputs.
 *
 * @param inputs what is measured
 * @param items  the tensors, in the order of the model
 * @param tasks  the tasks, those of a tensor one after the other
 */
public record ErrorPlan(Inputs inputs, List<Item> items, List<ErrorTask> tasks) {
    /** Values of a task in one type, about. */
    private static final long VALUES = 1 << 20;
    /** Version of the measurement. Figures of different versions are not mixed. */
    private static final String VERSION = "imatrix-stats error 1";
    /** Values of each tensor that count in the digest of a model, at its start. */
    private static final int DIGESTED = 1 << 10;

    /**
     * What is measured, in the words of the user.
     *
     * @param model    the model
     * @param imatrix  the importance matrix; empty without one
     * @param program  the program whose types are measured
     * @param sampling which rows are read
     */
    public record Inputs(String model, String imatrix, String program, String sampling) {
    }

    /**
     * A tensor that is measured.
     *
     * @param entry   whether the importance matrix has an entry for the tensor
     * @param types   those that fit its rows, and that demand an importance matrix only where there is an entry
     * @param sampled rows that are read of each matrix
     * @param shares  the share of the tokens that reached each matrix, in per unit; 1 for all without an entry
     */
    public record Item(TensorInfo tensor, boolean entry, List<GgmlType> types, long sampled, List<Double> shares) {
    }

    /**
     * Plans a measurement of the tensors that the program may quantize.
     *
     * @throws FormatException if the importance matrix cannot be read
     */
    public static ErrorPlan of(ErrorInputs inputs, List<GgmlType> types, Sampling sampling) throws FormatException {
        List<Item> items = new ArrayList<>();
        for (TensorInfo tensor : inputs.model().tensors()) {
            List<GgmlType> fitting = types.stream().filter(type -> fits(type, tensor, inputs)).toList();
            if (isMeasured(tensor, inputs) && !fitting.isEmpty()) {
                items.add(new Item(tensor, inputs.hasEntry(tensor), fitting, sampling.rows(tensor),
                        inputs.shares(tensor)));
            }
        }
        return of(new Inputs(inputs.model().name(), inputs.imatrix().map(Imatrix::name).orElse(""),
                inputs.dialect().name(), sampling.label()), items);
    }

    static ErrorPlan of(Inputs inputs, List<Item> items) {
        List<ErrorTask> tasks = new ArrayList<>();
        items.forEach(item -> addTasks(item, tasks));
        return new ErrorPlan(inputs, List.copyOf(items), List.copyOf(tasks));
    }

    private static boolean isMeasured(TensorInfo tensor, ErrorInputs inputs) {
        return tensor.type() instanceof GgmlType && tensor.elements() > 0 && inputs.dialect().mayQuantize(tensor);
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

    private static void addTasks(Item item, List<ErrorTask> tasks) {
        int each = (int) Math.max(1, VALUES / item.tensor.ne0());
        for (int matrix = 0; matrix < item.tensor.matrices(); matrix++) {
            for (long first = 0; first < item.sampled; first += each) {
                tasks.add(new ErrorTask(tasks.size(), item.tensor, matrix, first,
                        (int) Math.min(each, item.sampled - first), item.sampled, item.types));
            }
        }
    }

    /** The share of all rows of the tensors that is read. */
    public double shareOfRows() {
        double read = items.stream().mapToDouble(each -> each.sampled * (double) each.tensor.matrices()).sum();
        return read / items.stream().mapToDouble(each -> each.tensor.rows()).sum();
    }

    /**
     * What results belong to: a digest of the tensor table, of the start of each tensor's data, of the importance matrix,
     * the program, the types, the sampling and the version of the measurement.
     *
     * @throws FormatException if the inputs cannot be read
     */
    public String digest(ErrorInputs from, int threads) throws IOException {
        MessageDigest sha256 = sha256();
        add(sha256, VERSION + "\n" + inputs.program + "\n" + inputs.sampling + "\n");
        for (Item item : items) {
            TensorInfo tensor = item.tensor;
            add(sha256, tensor.name() + " " + tensor.type().label() + " " + tensor.dims() + " " + item.types + "\n");
            float[] row = new float[Math.toIntExact(tensor.ne0())];
            from.model().readRows(tensor, 0, 1, row, 0);
            for (int j = 0; j < Math.min(row.length, DIGESTED); j++) {
                int bits = Float.floatToRawIntBits(row[j]);
                sha256.update(new byte[]{(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
            }
        }
        if (from.imatrix().isPresent()) {
            add(sha256, ContentDigest.sha256(from.imatrix().get(), threads));
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, 16);
    }

    /** What of this is not as in an earlier plan; nothing where only the contents of files differ. */
    public Changes since(ErrorPlan earlier) {
        return new Changes().add("model", earlier.inputs.model, inputs.model)
                .add("importance matrix", earlier.inputs.imatrix, inputs.imatrix)
                .add("dialect", earlier.inputs.program, inputs.program)
                .add("types", earlier.typeNames(), typeNames())
                .add("sampling", earlier.inputs.sampling, inputs.sampling);
    }

    private String typeNames() {
        return items.stream().flatMap(item -> item.types.stream()).distinct().sorted().map(GgmlType::ggmlName)
                .collect(Collectors.joining(","));
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
