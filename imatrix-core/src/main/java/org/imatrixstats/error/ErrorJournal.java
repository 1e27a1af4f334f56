package org.imatrixstats.error;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
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
    private static final String MAGIC = "imatrix-stats errors 1";

    private final FileChannel out;

    private ErrorJournal(FileChannel out) {
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
        ErrorJournal journal = new ErrorJournal(FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        List<String> head = new ArrayList<>();
        head.add(MAGIC + " " + digest + " " + plan.items().size());
        ErrorPlan.Inputs inputs = plan.inputs();
        head.add(withChecksum(String.join(" ", "inputs", base64(inputs.model()), base64(inputs.imatrix()),
                inputs.program(), base64(inputs.sampling()))));
        for (ErrorPlan.Item item : plan.items()) {
            head.add(withChecksum(String.join(" ", "item", base64(item.tensor().name()),
                    Integer.toString(item.tensor().ggmlType().id()), item.entry() ? "1" : "0",
                    joined(item.tensor().dims()),
                    joined(item.types().stream().map(GgmlType::id).toList()), Long.toString(item.sampled()),
                    joined(item.shares()))));
        }
        // At once: a process that is killed here leaves the plan whole, or no journal worth reading.
        journal.line(String.join("\n", head));
        return journal;
    }

    /** Goes on with a journal that was read. */
    public static ErrorJournal append(Path file, Content content) throws IOException {
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
        out.truncate(content.end).position(content.end);
        return new ErrorJournal(out);
    }

    private static String base64(String text) {
        return "=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64.substring(1)), StandardCharsets.UTF_8);
    }

    private static String joined(List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Adds the result of a task. */
    public synchronized void add(int task, List<ErrorSums> sums) throws IOException {
        line(withChecksum(task + " " + Base64.getEncoder().encodeToString(TaskBytes.of(sums))));
    }

    private static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return line + " " + Long.toHexString(crc.getValue());
    }

    private void line(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * Reads a journal or part file.
     *
     * @throws FormatException if it is not one, or is damaged before its last line
     */
    public static Content read(Path file) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.US_ASCII))) {
            return new Reader(file, lines).content();
        }
    }

    private static final class Reader {
        private final Path file;
        private final BufferedReader lines;
        private long end;
        private int number;

        Reader(Path file, BufferedReader lines) {
            this.file = file;
            this.lines = lines;
        }

        Content content() throws IOException {
            String header = lines.readLine();
            number++;
            if (header == null || !header.matches(Pattern.quote(MAGIC) + " [0-9a-f]{32} [0-9]{1,9}")) {
                throw new FormatException(file, "is not a journal or part file of 'imatrix-stats error'");
            }
            end = header.length() + 1L;
            String[] words = header.split(" ");
            int items = Integer.parseInt(words[words.length - 1]);
            ErrorPlan.Inputs inputs = inputs(fields("inputs", 5));
            List<ErrorPlan.Item> planned = new ArrayList<>();
            for (int i = 0; i < items; i++) {
                planned.add(item(fields("item", 8)));
            }
            ErrorPlan plan = ErrorPlan.of(inputs, planned);
            ErrorFold fold = new ErrorFold(plan);
            results(fold, plan.tasks().size());
            return new Content(words[words.length - 2], plan, fold, Math.min(end, Files.size(file)));
        }

        private String[] fields(String kind, int count) throws IOException {
            String line = checked(lines.readLine());
            String[] fields = line == null ? new String[0] : line.split(" ");
            if (fields.length != count || !fields[0].equals(kind)) {
                throw new FormatException(file, "line " + number + " is damaged: expected '" + kind + "'");
            }
            return fields;
        }

        /** A line without its checksum; null if it is torn. */
        private String checked(String line) {
            number++;
            int space = line == null ? -1 : line.lastIndexOf(' ');
            if (space < 0 || !withChecksum(line.substring(0, space)).equals(line)) {
                return null;
            }
            end += line.length() + 1L;
            return line.substring(0, space);
        }

        private ErrorPlan.Inputs inputs(String[] fields) throws FormatException {
            try {
                return new ErrorPlan.Inputs(text(fields[1]), text(fields[2]), fields[3], text(fields[4]));
            } catch (IllegalArgumentException e) {
                throw damaged();
            }
        }

        private ErrorPlan.Item item(String[] fields) throws FormatException {
            try {
                List<Long> dims = Stream.of(fields[4].split(",")).map(Long::valueOf).toList();
                GgmlType stored = type(fields[2]);
                List<GgmlType> types = Stream.of(fields[5].split(",")).map(Reader::type).toList();
                List<Double> shares = Stream.of(fields[7].split(",")).map(Double::valueOf).toList();
                return new ErrorPlan.Item(new TensorInfo(text(fields[1]), dims, stored, 0, 0, 0),
                        fields[3].equals("1"), types,
                        Long.parseLong(fields[6]), shares);
            } catch (IllegalArgumentException e) {
                throw damaged();
            }
        }

        private static GgmlType type(String id) {
            GgmlType type = GgmlType.ofId(Long.parseLong(id));
            if (type == null) {
                throw new IllegalArgumentException(id);
            }
            return type;
        }

        private void results(ErrorFold fold, int tasks) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String whole = checked(line);
                if (whole == null && lines.readLine() == null) {
                    return;
                }
                try {
                    String[] fields = whole == null ? new String[0] : whole.split(" ");
                    int task = fields.length == 2 ? Integer.parseInt(fields[0]) : -1;
                    if (task < 0 || task >= tasks) {
                        throw damaged();
                    }
                    fold.add(task, TaskBytes.sums(Base64.getDecoder().decode(fields[1])));
                } catch (IllegalArgumentException e) {
                    throw damaged();
                }
            }
        }

        private FormatException damaged() {
            return new FormatException(file, "line " + number + " is damaged");
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
