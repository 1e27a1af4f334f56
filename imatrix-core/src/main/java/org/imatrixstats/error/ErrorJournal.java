package org.imatrixstats.error;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.JournalKind;
import org.imatrixstats.journal.JournalReader;
import org.imatrixstats.journal.JournalWriter;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Results of tasks on disk, a line for each task as it is done, so that an interrupted measurement can go on and parts of
 * one can be put together.
 *
 * <pre>
 * imatrix-stats errors 1 DIGEST ITEMS
 * inputs BASE64(MODEL) BASE64(IMATRIX) PROGRAM BASE64(SAMPLING) CRC32
 * item BASE64(NAME) TYPE ENTRY DIMS TYPES SAMPLED SHARES CRC32
 * …
 * TASK BASE64(length, bytes of ErrorSums; for each type) CRC32
 * …
 * </pre>
 *
 * It holds the plan too, so that parts can be put together where the model is not. A last line that is torn is passed over.
 */
public final class ErrorJournal implements AutoCloseable {
    /** What such journals are called. */
    public static final JournalKind KIND = new JournalKind("errors", 1, "error");
    /** Values of all tensors together: more than any model has, and few enough tasks for the memory of any machine. */
    private static final long MOST_VALUES = 1L << 42;

    private final JournalWriter out;

    private ErrorJournal(JournalWriter out) {
        this.out = out;
    }

    /**
     * What a journal holds.
     *
     * @param digest what its results belong to
     * @param plan   the measurement
     * @param fold   the results
     * @param end    where its last whole line ends, in bytes
     */
    public record Content(String digest, ErrorPlan plan, ErrorFold fold, long end) {
    }

    /** Begins a journal, in place of any that is there. */
    public static ErrorJournal create(Path file, String digest, ErrorPlan plan) throws IOException {
        List<String> lines = new ArrayList<>();
        ErrorPlan.Inputs inputs = plan.inputs();
        lines.add(String.join(" ", "inputs", JournalWriter.field(inputs.model()), JournalWriter.field(inputs.imatrix()),
                inputs.program(), JournalWriter.field(inputs.sampling())));
        for (ErrorPlan.Item item : plan.items()) {
            lines.add(String.join(" ", "item", JournalWriter.field(item.tensor().name()),
                    Integer.toString(item.tensor().ggmlType().id()), item.entry() ? "1" : "0",
                    joined(item.tensor().dims()),
                    joined(item.types().stream().map(GgmlType::id).toList()), Long.toString(item.sampled()),
                    joined(item.shares())));
        }
        return new ErrorJournal(JournalWriter.create(file, KIND, digest, plan.items().size(), lines));
    }

    /** Goes on with a journal that was read. */
    public static ErrorJournal append(Path file, Content content) throws IOException {
        return new ErrorJournal(JournalWriter.append(file, content.end));
    }

    private static String joined(List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Adds the result of a task. */
    public void add(int task, List<ErrorSums> sums) throws IOException {
        out.add(task + " " + Base64.getEncoder().encodeToString(TaskBytes.of(sums)));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /**
     * Reads a journal or part file.
     *
     * @throws FormatException if it is not one, or is damaged before its last line
     */
    public static Content read(Path file) throws IOException {
        try (JournalReader lines = new JournalReader(file)) {
            return new Reader(lines).content();
        }
    }

    private record Reader(JournalReader lines) {
        Content content() throws IOException {
            JournalReader.Header header = lines.header(KIND);
            ErrorPlan.Inputs inputs = inputs(lines.fields("inputs", 5));
            List<ErrorPlan.Item> planned = new ArrayList<>();
            long values = 0;
            for (int i = 0; i < header.count(); i++) {
                planned.add(item(lines.fields("item", 8)));
                values += planned.getLast().tensor().elements();
                if (values > MOST_VALUES) {
                    throw lines.damaged(null);
                }
            }
            ErrorPlan plan = ErrorPlan.of(inputs, planned);
            ErrorFold fold = new ErrorFold(plan);
            results(fold, plan.tasks().size());
            return new Content(header.digest(), plan, fold, lines.end());
        }

        private ErrorPlan.Inputs inputs(String[] fields) throws FormatException {
            try {
                return new ErrorPlan.Inputs(JournalReader.text(fields[1]), JournalReader.text(fields[2]), fields[3],
                        JournalReader.text(fields[4]));
            } catch (IllegalArgumentException e) {
                throw lines.damaged(e);
            }
        }

        private ErrorPlan.Item item(String[] fields) throws FormatException {
            try {
                List<Long> dims = Stream.of(fields[4].split(",")).map(Long::valueOf).toList();
                GgmlType stored = type(fields[2]);
                List<GgmlType> types = Stream.of(fields[5].split(",")).map(Reader::type).toList();
                List<Double> shares = Stream.of(fields[7].split(",")).map(Double::valueOf).toList();
                long sampled = Long.parseLong(fields[6]);
                requireShape(dims, shares.size(), sampled);
                return new ErrorPlan.Item(new TensorInfo(JournalReader.text(fields[1]), dims, stored, 0, 0, 0),
                        fields[3].equals("1"), types, sampled, shares);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw lines.damaged(e);
            }
        }

        /** @param sampled rows of each matrix that are measured */
        private static void requireShape(List<Long> dims, int matrices, long sampled) {
            long values = dims.stream().reduce(1L, Math::multiplyExact);
            if (values > MOST_VALUES || dims.isEmpty() || dims.stream().anyMatch(dim -> dim < 1)
                    || dims.stream().skip(2).reduce(1L, Math::multiplyExact) != matrices
                    || sampled < 1 || sampled > values / dims.getFirst() / matrices) {
                throw new IllegalArgumentException(dims.toString());
            }
        }

        private static GgmlType type(String id) {
            GgmlType type = GgmlType.ofId(Long.parseLong(id));
            if (type == null) {
                throw new IllegalArgumentException(id);
            }
            return type;
        }

        private List<ErrorSums> sums(String field) throws FormatException {
            try {
                return TaskBytes.sums(Base64.getDecoder().decode(field));
            } catch (FormatException e) {
                throw lines.unreadable(e);
            }
        }

        private void results(ErrorFold fold, int tasks) throws IOException {
            for (String[] fields = lines.next(); fields != null; fields = lines.next()) {
                try {
                    int task = fields.length == 2 ? Integer.parseInt(fields[0]) : -1;
                    if (task < 0 || task >= tasks) {
                        throw lines.damaged(null);
                    }
                    fold.add(task, sums(fields[1]));
                } catch (IllegalArgumentException e) {
                    throw lines.damaged(e);
                }
            }
        }
    }
}
