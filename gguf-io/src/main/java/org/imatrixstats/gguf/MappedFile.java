package org.imatrixstats.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * A file mapped into memory, of any size; a small one is read instead. Blocks are copied out of it into arrays; nothing else touches the mapped
 * memory, so that a file which is cut short while it is read ends in a {@link FormatException} here and not in a crash
 * elsewhere. Safe for use by several threads.
 *
 * <p>A file compressed with gzip, xz, zstd or bzip2 (told by its first bytes) is unpacked to a temporary file first.
 */
public final class MappedFile implements AutoCloseable {
    private static final int COMPARE_BLOCK = 1 << 16;
    /** Files up to this size are read instead: to map the first file takes the JVM longer than to read one so small. */
    private static final int READ_UP_TO = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    /** The content of a small file; null for one that is mapped. */
    private final ByteBuffer content;
    private final MemorySegment memory;

    private MappedFile(Path path, FileChannel channel, long readUpTo) throws IOException {
        this.path = path;
        this.channel = channel;
        long bytes = channel.size();
        this.content = bytes <= readUpTo ? content(channel, (int) bytes) : null;
        // Unmapped by the garbage collector: to close a shared arena takes as long as to read a small file.
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
     * Maps a file, unpacked if it is compressed.
     *
     * @throws FormatException if there is no such file, it is not a regular file, may not be read, or its compressed
     *                         data are damaged
     */
    public static MappedFile open(Path path) throws IOException {
        return open(path, READ_UP_TO);
    }

    /** The same with another limit for what is read instead of mapped. */
    static MappedFile open(Path path, long readUpTo) throws IOException {
        FileChannel channel = openChannel(path);
        try {
            FileChannel unpacked = Compression.unpack(path, channel);
            if (unpacked != channel) {
                channel.close();
                channel = unpacked;
            }
            return new MappedFile(path, channel, readUpTo);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openChannel(Path path) throws IOException {
        try {
            // Asked before opening it: to open a named pipe waits for a writer, perhaps for ever.
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FormatException(path,
                        attributes.isDirectory() ? "is a directory, expected a file" : "is not a regular file");
            }
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new FormatException(path, "no such file", e);
        } catch (AccessDeniedException e) {
            throw new FormatException(path, "may not be read (permission denied)", e);
        }
    }

    /** The file as the user named it. */
    public Path path() {
        return path;
    }

    /** Bytes in the file, after unpacking. */
    public long size() {
        return size;
    }

    /** Copies {@code count} bytes from {@code offset} to the start of {@code into}. */
    public void copy(long offset, byte[] into, int count) throws FormatException {
        try {
            buffer(offset, count).get(into, 0, count);
            requireWhole(offset);
        } catch (InternalError e) {
            throw cutShort(offset, e);
        }
    }

    /** Copies {@code count} 32-bit floats from {@code offset} to the start of {@code into}. */
    public void copy(long offset, ByteOrder order, float[] into, int count) throws FormatException {
        try {
            buffer(offset, (long) count * Float.BYTES).order(order).asFloatBuffer().get(into, 0, count);
            requireWhole(offset);
        } catch (InternalError e) {
            throw cutShort(offset, e);
        }
    }

    /** MemorySegment.copy to an array would do as well, but takes some milliseconds when first used. */
    private ByteBuffer buffer(long offset, long bytes) {
        return content != null
                ? content.slice(Math.toIntExact(offset), Math.toIntExact(bytes))
                : memory.asSlice(offset, bytes).asByteBuffer();
    }

    /** Whether {@code length} bytes at two offsets are the same. */
    public boolean sameBytes(long offsetA, long offsetB, long length) throws FormatException {
        // Compared in copies: MemorySegment.mismatch on a page that the file no longer has kills the JVM.
        byte[] a = new byte[(int) Math.min(length, COMPARE_BLOCK)];
        byte[] b = new byte[a.length];
        for (long from = 0; from < length; from += a.length) {
            int count = (int) Math.min(length - from, a.length);
            copy(offsetA + from, a, count);
            copy(offsetB + from, b, count);
            if (!Arrays.equals(a, 0, count, b, 0, count)) {
                return false;
            }
        }
        return true;
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
            throw new FormatException(path, "can no longer be read: " + e.getMessage(), e);
        }
        if (bytesNow < size) {
            throw cutShort(offset, null);
        }
    }

    /** The JVM answers access to a page that the file no longer has with an InternalError. */
    private FormatException cutShort(long offset, InternalError e) {
        return new FormatException(path, "was cut short while it was read, near offset 0x" + Long.toHexString(offset),
                e);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
