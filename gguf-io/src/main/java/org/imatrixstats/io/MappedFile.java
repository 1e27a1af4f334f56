package org.imatrixstats.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A file of any size, mapped into memory. A small file is read instead, and so are long blocks of a large one: the system
 * needs three times as long to map pages as to copy them. Blocks are copied into arrays; nothing else touches the mapped
 * memory. So a file that is cut short while it is read ends in a {@link FormatException} here and not in a crash elsewhere.
 * Safe for use by several threads.
 */
public final class MappedFile implements ByteSource {
    /** Files up to this size are read: mapping the first file takes the JVM longer than reading such a small one. */
    private static final int READ_UP_TO = 1 << 20;
    /** Blocks of as many bytes or more are read. */
    private static final int LONG_BLOCK = 1 << 15;
    /** Read at a time: it stays in the processor's cache until it is copied on. */
    private static final int PIECE = 1 << 18;
    /** Outside of the heap, where the system can write to; as many as threads have ever read at a time. */
    private static final Queue<ByteBuffer> PIECES = new ConcurrentLinkedQueue<>();

    private final String name;
    private final FileChannel channel;
    private final long size;
    /** The content of a small file; null for one that is mapped. */
    private final ByteBuffer content;
    private final MemorySegment memory;

    private MappedFile(String name, FileChannel channel, long readUpTo) throws IOException {
        this.name = name;
        this.channel = channel;
        long bytes = channel.size();
        this.content = bytes <= readUpTo ? content(channel, (int) bytes) : null;
        // Unmapped by the garbage collector: closing a shared arena takes as long as reading a small file.
        this.memory = content == null ? channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, Arena.ofAuto()) : null;
        this.size = content == null ? bytes : content.remaining();
    }

    private static ByteBuffer content(FileChannel channel, int size) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(size);
        while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
            // A read may give less than is there.
        }
        return content.flip();
    }

    /**
     * Maps a file.
     *
     * @throws FormatException if there is no such file, it is not a regular file, or may not be read
     */
    public static MappedFile open(Path path) throws IOException {
        return open(path, READ_UP_TO);
    }

    /** The same with another limit for what is read instead of mapped. */
    public static MappedFile open(Path path, long readUpTo) throws IOException {
        return of(path.toString(), openChannel(path), readUpTo);
    }

    /** Maps a file that is open; its channel is closed with it, or at once if this fails. */
    public static MappedFile of(String name, FileChannel channel) throws IOException {
        return of(name, channel, READ_UP_TO);
    }

    private static MappedFile of(String name, FileChannel channel, long readUpTo) throws IOException {
        try {
            return new MappedFile(name, channel, readUpTo);
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        } catch (IOException e) {
            channel.close();
            throw new FormatException(name, "could not be read: " + e.getMessage(), e);
        }
    }

    private static FileChannel openChannel(Path path) throws IOException {
        try {
            // Asked before opening it: to open a named pipe waits for a writer, perhaps for ever.
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FormatException(path, attributes.isDirectory()
                        ? "is a directory, expected a file"
                        : "is not a regular file");
            }
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NotFoundException(path.toString(), e);
        } catch (AccessDeniedException e) {
            throw new FormatException(path, "may not be read (permission denied)", e);
        } catch (FileSystemException e) {
            throw new FormatException(path, "could not be opened: " + e.getReason(), e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void copy(long offset, byte[] into, int at, int count) throws FormatException {
        if (isLong(offset, count)) {
            ByteBuffer piece = takePiece();
            try {
                for (int done = 0; done < count; done += piece.limit()) {
                    read(offset + done, piece, count - done);
                    piece.get(into, at + done, piece.limit());
                }
            } finally {
                PIECES.add(piece);
            }
            return;
        }
        try {
            buffer(offset, count).get(into, at, count);
            requireWhole(offset);
        } catch (InternalError e) {
            throw cutShort(offset, e);
        }
    }

    @Override
    public void copy(long offset, ByteOrder order, float[] into, int at, int count) throws FormatException {
        long bytes = (long) count * Float.BYTES;
        if (isLong(offset, bytes)) {
            ByteBuffer piece = takePiece();
            try {
                int floats;
                for (int done = 0; done < count; done += floats) {
                    read(offset + (long) done * Float.BYTES, piece, bytes - (long) done * Float.BYTES);
                    floats = piece.limit() / Float.BYTES;
                    piece.order(order).asFloatBuffer().get(into, at + done, floats);
                }
            } finally {
                PIECES.add(piece);
            }
            return;
        }
        try {
            buffer(offset, bytes).order(order).asFloatBuffer().get(into, at, count);
            requireWhole(offset);
        } catch (InternalError e) {
            throw cutShort(offset, e);
        }
    }

    @Override
    public boolean sameBytes(long offsetA, long offsetB, long length) throws FormatException {
        if (!isLong(offsetA, length)) {
            return ByteSource.super.sameBytes(offsetA, offsetB, length);
        }
        ByteBuffer a = takePiece();
        ByteBuffer b = takePiece();
        try {
            for (long done = 0; done < length; done += a.limit()) {
                read(offsetA + done, a, length - done);
                read(offsetB + done, b, length - done);
                if (!a.equals(b)) {
                    return false;
                }
            }
            return true;
        } finally {
            PIECES.add(a);
            PIECES.add(b);
        }
    }

    private boolean isLong(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, size);
        return content == null && bytes >= LONG_BLOCK;
    }

    private static ByteBuffer takePiece() {
        ByteBuffer piece = PIECES.poll();
        return piece == null ? ByteBuffer.allocateDirect(PIECE) : piece;
    }

    /** Fills a piece with so many bytes, or as many as it holds. */
    private void read(long offset, ByteBuffer piece, long bytes) throws FormatException {
        piece.clear().limit((int) Math.min(piece.capacity(), bytes));
        while (piece.hasRemaining()) {
            int more;
            try {
                more = channel.read(piece, offset + piece.position());
            } catch (IOException e) {
                throw unreadable(e);
            }
            if (more < 0) {
                throw cutShort(offset, null);
            }
        }
        piece.flip();
    }

    /** MemorySegment.copy to an array would do as well, but takes some milliseconds when first used. */
    private ByteBuffer buffer(long offset, long bytes) {
        return content != null
                ? content.slice(Math.toIntExact(offset), Math.toIntExact(bytes))
                : memory.asSlice(offset, bytes).asByteBuffer();
    }

    /**
     * Called after each copy, within its {@code try}, for two reasons. The rest of a file's last page reads as zeros,
     * without any error. And compiled code delivers the InternalError of a lost page not at the access but at the next
     * call that leaves Java, such as the one for the size; without it the error would surface in our caller.
     */
    private void requireWhole(long offset) throws FormatException {
        if (content != null) {
            return;
        }
        long bytesNow;
        try {
            bytesNow = channel.size();
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (bytesNow < size) {
            throw cutShort(offset, null);
        }
    }

    private FormatException unreadable(IOException e) {
        return new FormatException(name, "can no longer be read: " + e.getMessage(), e);
    }

    /** The JVM answers access to a page that the file no longer has with an InternalError. */
    private FormatException cutShort(long offset, InternalError e) {
        return new FormatException(name, "was cut short while it was read, near offset 0x" + Long.toHexString(offset),
                e);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
