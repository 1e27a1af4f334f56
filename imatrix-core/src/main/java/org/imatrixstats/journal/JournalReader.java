package org.imatrixstats.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.RangeStream;

/** Reads what {@link JournalWriter} wrote. A last line that is torn is passed over. */
public final class JournalReader implements AutoCloseable {
    private static final Pattern AFTER_MAGIC = Pattern.compile("([0-9a-f]{1,64}) ([0-9]{1,9})");
    private static final int MOST_HEADER_BYTES = 256;
    private static final int MOST_LINE_BYTES = 1 << 28;

    private final Path file;
    private final ByteSource source;
    private final InputStream bytes;
    private long position;
    private long end;
    private int number;
    /** Whether the line that was read last has an end. */
    private boolean ended;
    /** Lines before the first result. */
    private long headLines = Long.MAX_VALUE;

    /** @throws FormatException if there is no such file, or it cannot be read */
    public JournalReader(Path file) throws IOException {
        this.file = file;
        this.source = MappedFile.open(file);
        this.bytes = new BufferedInputStream(new RangeStream(source, 0, source.size()), 1 << 16);
    }

    /**
     * Whether a file holds results. A journal that ends before the first one holds none: the process ended when it had just
     * begun. Nor does an empty file.
     *
     * @throws JournalException if it is another file, of another version, or damaged before its first result
     */
    public static boolean holdsResults(Path file, JournalKind kind) throws IOException {
        try (JournalReader lines = new JournalReader(file)) {
            return !lines.isHeaderTorn(kind) && lines.reachesResult(kind);
        }
    }

    private boolean isHeaderTorn(JournalKind kind) throws IOException {
        byte[] first = new byte[(int) Math.min(source.size(), MOST_HEADER_BYTES)];
        source.copy(0, first, 0, first.length);
        String text = new String(first, StandardCharsets.US_ASCII);
        return text.indexOf('\n') < 0 && first.length < MOST_HEADER_BYTES
                && (text.startsWith(kind.magic()) || kind.magic().startsWith(text));
    }

    private boolean reachesResult(JournalKind kind) throws IOException {
        header(kind);
        String[] fields = next();
        while (fields != null && number <= headLines) {
            fields = next();
        }
        return fields != null;
    }

    /**
     * The first line.
     *
     * @param digest what the results belong to
     * @param count  lines between that of the inputs and the first result
     */
    public record Header(String digest, int count) {
    }

    /** @throws JournalException if the file is another one, or of another version */
    public Header header(JournalKind kind) throws IOException {
        String line = line(MOST_HEADER_BYTES);
        if (line == null) {
            throw new JournalException(file, "is empty, expected " + kind, Remedy.OTHER_FILE, null);
        }
        if (!line.startsWith(kind.magic())) {
            boolean otherVersion = line.matches(Pattern.quote(kind.anyVersion()) + "[0-9]+( .*)?");
            throw otherVersion
                    ? new JournalException(file, "is " + kind + ", of another version of imatrix-stats",
                            Remedy.JOURNAL_VERSION, null)
                    : new JournalException(file, "is not " + kind, Remedy.OTHER_FILE, null);
        }
        Matcher fields = AFTER_MAGIC.matcher(line.substring(kind.magic().length()));
        if (!ended || !fields.matches()) {
            throw damaged(null);
        }
        Header header = new Header(fields.group(1), Integer.parseInt(fields.group(2)));
        headLines = 2L + header.count;
        end = position;
        return header;
    }

    /** The fields of the next line, of which the first is its kind. */
    public String[] fields(String kind) throws IOException {
        String line = whole(line(MOST_LINE_BYTES));
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
        String line = line(MOST_LINE_BYTES);
        if (line == null) {
            return null;
        }
        String whole = whole(line);
        if (whole == null && position < source.size()) {
            throw damaged(null);
        }
        return whole == null ? null : whole.split(" ");
    }

    /** The next line without its end; null at the end of the file. An editor may have ended lines with CR LF. */
    private String line(int mostBytes) throws IOException {
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = bytes.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n' && line.size() < mostBytes; next = bytes.read()) {
            line.write(next);
        }
        ended = next == '\n';
        position += line.size() + (next < 0 ? 0 : 1);
        String text = line.toString(StandardCharsets.US_ASCII);
        return ended && text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** A line without its checksum; null if it is torn. */
    private String whole(String line) {
        int space = line == null || !ended ? -1 : line.lastIndexOf(' ');
        if (space < 0 || !JournalWriter.withChecksum(line.substring(0, space)).equals(line)) {
            return null;
        }
        end = position;
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
        return end;
    }

    private JournalException expected(String kind) {
        return new JournalException(file, "line " + number + " is damaged: expected '" + kind + "'",
                Remedy.JOURNAL_HEAD, null);
    }

    /** The line that was read last makes no sense. */
    public JournalException damaged(Throwable cause) {
        return new JournalException(file, "line " + number + " is damaged",
                number <= headLines ? Remedy.JOURNAL_HEAD : Remedy.JOURNAL_LINE, cause);
    }

    /** What the line that was read last holds cannot be read, for a reason that names no file. */
    public JournalException unreadable(FormatException reason) {
        return new JournalException(file, "line " + number + ": " + reason.getMessage(), Remedy.JOURNAL_VERSION,
                reason);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
