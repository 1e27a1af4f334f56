package org.imatrixstats.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a journal: a header, then lines that end with the CRC-32 of the text before it. Fields are separated by spaces;
 * texts are in Base64 after an equals sign.
 */
public final class JournalWriter implements AutoCloseable {
    private final Path file;
    private final FileChannel out;

    private JournalWriter(Path file, FileChannel out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Begins a journal, in place of any that is there. Header and lines are written at once: a process that is killed here
     * leaves all of them, or no journal worth reading.
     */
    public static JournalWriter create(Path file, String header, List<String> lines) throws IOException {
        JournalWriter journal = new JournalWriter(file, FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        StringBuilder text = new StringBuilder(header).append('\n');
        lines.forEach(line -> text.append(withChecksum(line)).append('\n'));
        journal.write(text.toString());
        return journal;
    }

    /**
     * Goes on with a journal.
     *
     * @param end where its last whole line ends, in bytes; what follows is cut off
     */
    public static JournalWriter append(Path file, long end) throws IOException {
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
        out.truncate(end).position(end);
        return new JournalWriter(file, out);
    }

    /** Adds a line. */
    public synchronized void add(String line) throws IOException {
        write(withChecksum(line) + "\n");
    }

    /** Waits until all lines are on the disk. */
    public void force() throws IOException {
        out.force(false);
    }

    /** A field that holds a text. */
    public static String field(String text) {
        return "=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return line + " " + Long.toHexString(crc.getValue());
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw new IOException(file + ": could not be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
