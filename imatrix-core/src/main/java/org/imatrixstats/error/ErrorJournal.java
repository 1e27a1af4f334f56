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
import java.util.zip.CRC32;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.ErrorSums;

/**
 * Results of tasks on disk, a line for each task as it is done, so that an interrupted measurement can go on and parts of
 * one can be put together.
 *
 * <pre>
 * imatrix-stats errors 1 DIGEST TASKS
 * TASK BASE64(length, bytes of ErrorSums; for each type) CRC32
 * …
 * </pre>
 *
 * A last line that is torn is passed over.
 */
public final class ErrorJournal implements AutoCloseable {
    private static final String MAGIC = "imatrix-stats errors 1";

    private final FileChannel out;

    private ErrorJournal(FileChannel out) {
        this.out = out;
    }

    /** Begins a journal, in place of any that is there. */
    public static ErrorJournal create(Path file, String digest, ErrorPlan plan) throws IOException {
        ErrorJournal journal = new ErrorJournal(FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        journal.line(header(digest, plan));
        return journal;
    }

    /**
     * Goes on with a journal whose lines were read.
     *
     * @param end where its last whole line ends, as {@link #read} said
     */
    public static ErrorJournal append(Path file, long end) throws IOException {
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
        out.truncate(end).position(end);
        return new ErrorJournal(out);
    }

    private static String header(String digest, ErrorPlan plan) {
        return MAGIC + " " + digest + " " + plan.tasks().size();
    }

    /** Adds the result of a task. */
    public synchronized void add(int task, List<ErrorSums> sums) throws IOException {
        line(withChecksum(task + " " + Base64.getEncoder().encodeToString(bytes(sums))));
    }

    private static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return line + " " + Long.toHexString(crc.getValue());
    }

    private static byte[] bytes(List<ErrorSums> sums) {
        List<byte[]> all = sums.stream().map(ErrorSums::toBytes).toList();
        ByteBuffer bytes = ByteBuffer.allocate(all.stream().mapToInt(each -> Integer.BYTES + each.length).sum());
        all.forEach(each -> bytes.putInt(each.length).put(each));
        return bytes.array();
    }

    private void line(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * Reads the results of a journal or part file into a fold.
     *
     * @return where the last whole line ends, in bytes
     * @throws FormatException if it is not a journal, or one of other inputs
     */
    public static long read(Path file, String digest, ErrorPlan plan, ErrorFold into) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.US_ASCII))) {
            String header = lines.readLine();
            if (header == null || !header.startsWith(MAGIC + " ")) {
                throw new FormatException(file, "is not a journal of 'imatrix-stats error'");
            }
            if (!header.equals(header(digest, plan))) {
                throw new FormatException(file, "belongs to another measurement: the model, the importance matrix, the"
                        + " types, the sampling or the version differ");
            }
            long end = header.length() + 1L;
            int number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!take(line, plan, into)) {
                    if (lines.readLine() != null) {
                        throw new FormatException(file, "line " + number + " is damaged: expected the result of a task");
                    }
                    return end;
                }
                end += line.length() + 1L;
            }
            // A line without its line feed is whole only with it.
            return Math.min(end, Files.size(file));
        }
    }

    private static boolean take(String line, ErrorPlan plan, ErrorFold into) {
        int space = line.lastIndexOf(' ');
        if (space < 0 || !withChecksum(line.substring(0, space)).equals(line)) {
            return false;
        }
        try {
            String[] fields = line.substring(0, space).split(" ");
            int task = Integer.parseInt(fields[0]);
            if (fields.length != 2 || task < 0 || task >= plan.tasks().size()) {
                return false;
            }
            into.add(task, sums(ByteBuffer.wrap(Base64.getDecoder().decode(fields[1]))));
            return true;
        } catch (IllegalArgumentException | FormatException e) {
            return false;
        }
    }

    private static List<ErrorSums> sums(ByteBuffer bytes) throws FormatException {
        List<ErrorSums> sums = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
            if (length < 0 || length > bytes.remaining()) {
                throw new IllegalArgumentException("length " + length);
            }
            byte[] each = new byte[length];
            bytes.get(each);
            sums.add(ErrorSums.fromBytes(each));
        }
        return sums;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
