package org.imatrixstats.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.RangeStream;

/** Reads what {@link JournalWriter} wrote. A last line that is torn is passed over. */
public final class JournalReader implements AutoCloseable {
    private final Path file;
    private final ByteSource source;
    private final BufferedReader lines;
    private long end;
    private int number;

    /** @throws FormatException if there is no such file, or it cannot be read */
    public JournalReader(Path file) throws IOException {
        this.file = file;
        this.source = MappedFile.open(file);
        this.lines = new BufferedReader(
                new InputStreamReader(new RangeStream(source, 0, source.size()), StandardCharsets.US_ASCII));
    }

    /**
     * The fields of the header.
     *
     * @param regex   that the header must match
     * @param command that writes such journals, for messages
     */
    public String[] header(String regex, String command) throws IOException {
        String header = lines.readLine();
        number++;
        if (header == null || !header.matches(regex)) {
            throw new FormatException(file, "is not a journal or part file of 'imatrix-stats " + command + "'");
        }
        end = header.length() + 1L;
        return header.split(" ");
    }

    /** The fields of the next line, of which the first is its kind. */
    public String[] fields(String kind) throws IOException {
        String line = whole(lines.readLine());
        String[] fields = line == null ? new String[0] : line.split(" ");
        if (fields.length == 0 || !fields[0].equals(kind)) {
            throw expected(kind);
        }
        return fields;
    }

    /** The same of a line that has this number of fields, its kind among them. */
    public String[] fields(String kind, int count) throws IOException {
        String[] fields = fields(kind);
        if (fields.length != count) {
            throw expected(kind);
        }
        return fields;
    }

    /** The fields of the next line; null at the end. */
    public String[] next() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            return null;
        }
        String whole = whole(line);
        if (whole == null && lines.readLine() != null) {
            throw damaged(null);
        }
        return whole == null ? null : whole.split(" ");
    }

    /** A line without its checksum; null if it is torn. */
    private String whole(String line) {
        number++;
        int space = line == null ? -1 : line.lastIndexOf(' ');
        if (space < 0 || !JournalWriter.withChecksum(line.substring(0, space)).equals(line)) {
            return null;
        }
        end += line.length() + 1L;
        return line.substring(0, space);
    }

    /**
     * The text that a field holds.
     *
     * @throws IllegalArgumentException if it does not hold one
     */
    public static String text(String field) {
        if (!field.startsWith("=")) {
            throw new IllegalArgumentException(field);
        }
        return new String(Base64.getDecoder().decode(field.substring(1)), StandardCharsets.UTF_8);
    }

    /** Where the last whole line ends, in bytes. */
    public long end() {
        return Math.min(end, source.size());
    }

    private FormatException expected(String kind) {
        return new FormatException(file, "line " + number + " is damaged: expected '" + kind + "'");
    }

    /** The line that was read last makes no sense. */
    public FormatException damaged(Throwable cause) {
        return new FormatException(file, "line " + number + " is damaged", cause);
    }

    /** What the line that was read last holds cannot be read, for a reason that names no file. */
    public FormatException unreadable(FormatException reason) {
        return new FormatException(file, "line " + number + ": " + reason.getMessage(), reason);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
