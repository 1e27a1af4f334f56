package org.imatrixstats.io;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * A file mapped into memory, of any size; a small one is read instead. Blocks are copied out of it into arrays; nothing
 * else touches the mapped memory, so that a file which is cut short while it is read ends in a {@link FormatException}
 * here and not in a crash elsewhere. Safe for use by several threads.
 *
 * <p>A file compressed with gzip, xz, zstd or bzip2 (told by its first bytes) is unpacked first. What is unpacked, or read
 * from standard input, is held in memory if it is small and otherwise in a temporary file, which goes with the process;
 * it may not be larger than {@link #MAX_UNPACKED}.
 */
public final class MappedFile implements ByteSource {
    /** The most bytes that may be unpacked from a compressed file, or read from standard input. */
    public static final ScopedValue<Long> MAX_UNPACKED = ScopedValue.newInstance();
    /** Far beyond the importance matrix of any model. */
    public static final long DEFAULT_MAX_UNPACKED = 16L << 30;

    private static final Path STANDARD_INPUT = Path.of("-");
    /** Files up to this size are read instead: to map the first file takes the JVM longer than to read one so small. */
    private static final int READ_UP_TO = 1 << 20;

    private final Path path;
    /** Of what is mapped; null if it was a stream with little in it. */
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

    private MappedFile(Path path, byte[] content) {
        this.path = path;
        this.channel = null;
        this.content = ByteBuffer.wrap(content);
        this.memory = null;
        this.size = content.length;
    }

    private static ByteBuffer content(FileChannel channel, int size) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(size);
        while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
            // A read may give less than is there.
        }
        return content.flip();
    }

    /**
     * Maps a file, unpacked if it is compressed; {@code -} is standard input.
     *
     * @throws FormatException if there is no such file, it is not a regular file, may not be read, its compressed data are
     *                         damaged or hold too much
     */
    public static MappedFile open(Path path) throws IOException {
        return path.equals(STANDARD_INPUT) ? readStandardInput() : open(path, READ_UP_TO);
    }

    /** The same with another limit for what is read instead of mapped. */
    public static MappedFile open(Path path, long readUpTo) throws IOException {
        FileChannel channel = openChannel(path);
        try {
            Compression compression = compression(channel);
            if (compression == null) {
                return new MappedFile(path, channel, readUpTo);
            }
            InputStream packed = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
            try (channel; InputStream content = compression.unpacked(path, packed)) {
                return spooled(path, content);
            }
        } catch (FormatException | RuntimeException e) {
            channel.close();
            throw e;
        } catch (IOException e) {
            channel.close();
            throw new FormatException(path, "could not be read: " + e.getMessage(), e);
        }
    }

    /** Whether a file of this machine, not standard input, is compressed, so that other programs cannot read it as it is. */
    public static boolean isCompressed(Path path) throws IOException {
        if (path.equals(STANDARD_INPUT) || Sources.isRemote(path.toString())) {
            return false;
        }
        try (FileChannel channel = openChannel(path)) {
            return compression(channel) != null;
        }
    }

    private static Compression compression(FileChannel channel) throws IOException {
        ByteBuffer start = content(channel, Compression.MAGIC_BYTES);
        return Compression.of(Arrays.copyOf(start.array(), start.limit()));
    }

    private static FileChannel openChannel(Path path) throws IOException {
        try {
            // Asked before opening it: to open a named pipe waits for a writer, perhaps for ever.
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FormatException(path, attributes.isDirectory()
                        ? "is a directory, expected a file"
                        : "is not a regular file (a pipe can be read as standard input, named -)");
            }
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new FormatException(path, "no such file" + hint(path), e);
        } catch (AccessDeniedException e) {
            throw new FormatException(path, "may not be read (permission denied)", e);
        } catch (FileSystemException e) {
            throw new FormatException(path, "could not be opened: " + e.getReason(), e);
        }
    }

    /** Java cannot open a file whose name is not valid in the encoding of the system. */
    private static String hint(Path path) {
        return path.toString().indexOf('\ufffd') < 0
                ? ""
                : " (if its name is not UTF-8: rename it, or read it as standard input, named -)";
    }

    private static MappedFile readStandardInput() throws IOException {
        Path name = Path.of("standard input");
        try {
            // Left open: who reads it again is to be told that it is empty.
            MappedFile file = read(name, new FilterInputStream(System.in) {
                @Override
                public void close() {
                }
            });
            if (file.size() == 0) {
                throw new FormatException(name, "is empty (it can be read only once)");
            }
            return file;
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException(name, "could not be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a stream to its end, unpacked if it is compressed, and closes it.
     *
     * @param name the name that messages give it
     * @throws FormatException if compressed data are damaged, or the stream holds too much
     */
    public static MappedFile read(Path name, InputStream in) throws IOException {
        InputStream buffered = new BufferedInputStream(in, 1 << 16);
        buffered.mark(Compression.MAGIC_BYTES);
        Compression compression = Compression.of(buffered.readNBytes(Compression.MAGIC_BYTES));
        buffered.reset();
        try (InputStream content = compression == null ? buffered : compression.unpacked(name, buffered)) {
            return spooled(name, content);
        }
    }

    private static MappedFile spooled(Path name, InputStream in) throws IOException {
        long most = MAX_UNPACKED.orElse(DEFAULT_MAX_UNPACKED);
        byte[] start = in.readNBytes((int) Math.min(READ_UP_TO, most) + 1);
        if (start.length > most) {
            throw tooLarge(name, most);
        }
        if (start.length <= READ_UP_TO) {
            return new MappedFile(name, start);
        }
        FileChannel file = temporaryFile(name);
        try {
            append(file, start, start.length, name);
            byte[] block = new byte[1 << 16];
            for (int length = in.read(block); length >= 0; length = in.read(block)) {
                append(file, block, length, name);
                if (file.position() > most) {
                    throw tooLarge(name, most);
                }
            }
            return new MappedFile(name, file, READ_UP_TO);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FormatException tooLarge(Path name, long most) {
        return new FormatException(name, "holds more than " + most
                + " bytes when unpacked, expected at most that: if it is right, allow it with --max-unpacked SIZE");
    }

    /** On Unix the file has no name any more when this returns, so that nothing can leave it behind. */
    private static FileChannel temporaryFile(Path name) throws FormatException {
        try {
            return FileChannel.open(Files.createTempFile("imatrix-stats-", ".unpacked"), StandardOpenOption.READ,
                    StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw noRoom(name, e);
        }
    }

    private static void append(FileChannel file, byte[] bytes, int length, Path name) throws FormatException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw noRoom(name, e);
        }
    }

    private static FormatException noRoom(Path name, IOException e) {
        return new FormatException(name, "could not be unpacked to a temporary file in "
                + System.getProperty("java.io.tmpdir") + ": " + e.getMessage() + " (TMPDIR names another folder)", e);
    }

    @Override
    public String name() {
        return Sources.name(path);
    }

    /** Bytes in the file, after unpacking. */
    @Override
    public long size() {
        return size;
    }

    @Override
    public void copy(long offset, byte[] into, int at, int count) throws FormatException {
        try {
            buffer(offset, count).get(into, at, count);
            requireWhole(offset);
        } catch (InternalError e) {
            throw cutShort(offset, e);
        }
    }

    @Override
    public void copy(long offset, ByteOrder order, float[] into, int at, int count) throws FormatException {
        try {
            buffer(offset, (long) count * Float.BYTES).order(order).asFloatBuffer().get(into, at, count);
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
        if (channel != null) {
            channel.close();
        }
    }
}
