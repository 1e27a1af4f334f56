package org.imatrixstats.app.terminal;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.BytesSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.RangeStream;
import org.imatrixstats.io.Sources;
import org.imatrixstats.packed.Compression;

/**
 * Opens what a command reads: files of this machine or of a server, packed or not, and standard input, named {@code -}.
 *
 * <p>What is unpacked, or read from standard input, is held in memory if it is small, and otherwise in a temporary file that
 * disappears with the process.
 */
public final class InputFiles implements ByteSource.Opener {
    /** How the command line names it. */
    public static final Path STANDARD_INPUT = Path.of("-");
    /** Far beyond the importance matrix of any model. */
    public static final long DEFAULT_MAX_UNPACKED = 16L << 30;
    /** Larger content goes to a temporary file. */
    private static final int HELD_IN_MEMORY = 1 << 20;
    private static final int BUFFER = 1 << 16;

    private final List<Path> outputs = new ArrayList<>();
    private long maxUnpacked = DEFAULT_MAX_UNPACKED;

    /** Limits the bytes that may be unpacked from a file, or read from standard input. */
    public void maxUnpacked(long bytes) {
        maxUnpacked = bytes;
    }

    /** Notes a file that the command writes. It cannot be opened as an input, such as a part that another input names. */
    public void protectFrom(Path output) {
        outputs.add(output);
    }

    /**
     * Opens a source. Of a file on a server that is not packed, only the ranges that are asked for are fetched.
     *
     * @throws FormatException if there is no such source, it cannot be read, its packed data are damaged or hold too much, or
     *                         the command would replace it
     */
    @Override
    public ByteSource open(String name) throws IOException {
        if (!Sources.isRemote(name) && Path.of(name).equals(STANDARD_INPUT)) {
            return standardInput();
        }
        ByteSource file = Sources.isRemote(name) ? Sources.open(name) : local(Path.of(name));
        try {
            Compression compression = Compression.of(file);
            if (compression == null) {
                return file;
            }
            try (file; InputStream content = compression.unpacked(name, stream(file))) {
                return held(name, content);
            }
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    public ByteSource open(Path path) throws IOException {
        return open(Sources.name(path));
    }

    /** The same for a source that is read from its first byte to its last: a file on a server is fetched at once. */
    public ByteSource openWhole(Path path) throws IOException {
        ByteSource file = open(path);
        if (!Sources.isRemote(file.name()) || file instanceof MappedFile || file instanceof BytesSource) {
            return file;
        }
        try (file; InputStream content = stream(file)) {
            return held(file.name(), content);
        }
    }

    /** Whether a file of this machine is packed, so that other programs cannot read it as it is. */
    public static boolean isPacked(Path path) throws IOException {
        if (path.equals(STANDARD_INPUT) || Sources.isRemote(path.toString())) {
            return false;
        }
        try (ByteSource file = MappedFile.open(path)) {
            return Compression.of(file) != null;
        }
    }

    /** Says what else can be done where a file cannot be opened. */
    private ByteSource local(Path path) throws IOException {
        for (Path output : outputs) {
            if (Files.exists(output) && Files.exists(path) && Files.isSameFile(output, path)) {
                throw new FormatException(path, "is an input, and --output would replace it: name another output");
            }
        }
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            throw new FormatException(path, "is not a regular file (a pipe can be read as standard input, named -)");
        }
        // Java cannot open a file whose name is not valid in the encoding of the system.
        if (path.toString().indexOf('\ufffd') >= 0 && Files.notExists(path)) {
            throw new FormatException(path,
                    "no such file (if its name is not UTF-8: rename it, or read it as standard input, named -)");
        }
        return MappedFile.open(path);
    }

    private static InputStream stream(ByteSource file) {
        return new BufferedInputStream(new RangeStream(file, 0, file.size()), BUFFER);
    }

    private ByteSource standardInput() throws IOException {
        String name = "standard input";
        try {
            // Left open: whoever reads it again is told that it is empty.
            ByteSource file = read(name, new FilterInputStream(System.in) {
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

    /** Reads a stream to its end, unpacked if it is packed, and closes it. */
    ByteSource read(String name, InputStream in) throws IOException {
        InputStream buffered = new BufferedInputStream(in, BUFFER);
        buffered.mark(Compression.MAGIC_BYTES);
        Compression compression = Compression.of(buffered.readNBytes(Compression.MAGIC_BYTES));
        buffered.reset();
        try (InputStream content = compression == null ? buffered : compression.unpacked(name, buffered)) {
            return held(name, content);
        }
    }

    private ByteSource held(String name, InputStream content) throws IOException {
        byte[] start = content.readNBytes((int) Math.min(HELD_IN_MEMORY, maxUnpacked) + 1);
        if (start.length > maxUnpacked) {
            throw tooLarge(name);
        }
        if (start.length <= HELD_IN_MEMORY) {
            return new BytesSource(name, start);
        }
        FileChannel file = temporaryFile(name);
        try {
            append(file, start, start.length, name);
            byte[] block = new byte[BUFFER];
            for (int length = content.read(block); length >= 0; length = content.read(block)) {
                append(file, block, length, name);
                if (file.position() > maxUnpacked) {
                    throw tooLarge(name);
                }
            }
            return MappedFile.of(name, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private FormatException tooLarge(String name) {
        return new FormatException(name, "holds more than " + maxUnpacked
                + " bytes when unpacked, expected at most that: if it is right, allow it with --max-unpacked SIZE");
    }

    /** On Unix the file has no name any more when this returns, so that nothing can leave it behind. */
    private static FileChannel temporaryFile(String name) throws FormatException {
        try {
            return FileChannel.open(Files.createTempFile("imatrix-stats-", ".unpacked"), StandardOpenOption.READ,
                    StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw noRoom(name, e);
        }
    }

    private static void append(FileChannel file, byte[] bytes, int length, String name) throws FormatException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw noRoom(name, e);
        }
    }

    private static FormatException noRoom(String name, IOException e) {
        return new FormatException(name, "could not be unpacked to a temporary file in "
                + System.getProperty("java.io.tmpdir") + ": " + e.getMessage() + " (TMPDIR names another folder)", e);
    }
}
