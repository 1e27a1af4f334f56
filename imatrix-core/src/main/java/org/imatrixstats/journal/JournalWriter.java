package org.imatrixstats.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

import org.imatrixstats.io.FormatException;

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
     *
     * @param digest what the results belong to
     * @param count  lines between that of the inputs and the first result
     * @param lines  those before the first result
     * @throws IOException if another process writes it, or it cannot be written
     */
    public static JournalWriter create(Path file, JournalKind kind, String digest, int count, List<String> lines)
            throws IOException {
        StringBuilder text = new StringBuilder(kind.header(digest, count)).append('\n');
        lines.forEach(line -> text.append(withChecksum(line)).append('\n'));
        JournalWriter journal = open(file, 0, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            journal.write(text.toString());
        } catch (IOException e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    /**
     * Goes on with a journal.
     *
     * @param end where its last whole line ends, in bytes; what follows is cut off
     * @throws IOException if another process writes it, or it cannot be written
     */
    public static JournalWriter append(Path file, long end) throws IOException {
        return open(file, end, StandardOpenOption.WRITE);
    }

    private static JournalWriter open(Path file, long end, StandardOpenOption... options) throws IOException {
        FileChannel out = FileChannel.open(file, options);
        try {
            requireLock(out, file);
            out.truncate(end).position(end);
            return new JournalWriter(file, out);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Two measurements that write one journal would spoil it. */
    private static void requireLock(FileChannel out, Path file) throws FormatException {
        boolean locked;
        try {
            locked = out.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        } catch (IOException e) {
            // Not every file system has locks.
            return;
        }
        if (!locked) {
            throw new FormatException(file, "is written by another measurement that is still running");
        }
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
