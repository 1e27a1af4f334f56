package org.imatrixstats.measure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;

/**
 * A copy of a model in which tensors are overwritten and put back. The original is only ever read. A copy that is there
 * already is compared with the original and put right, so that an interrupted run leaves nothing behind.
 */
public final class WorkingCopy implements AutoCloseable {
    /** A whole number of blocks of any file system, so that copies can share them. */
    private static final long COPIED = 1L << 28;
    private static final int COMPARED = 1 << 22;

    private final Path file;
    private final FileChannel original;
    private final FileChannel copy;
    private final List<TensorInfo> patched = new ArrayList<>();
    private final long repaired;

    private WorkingCopy(Path file, FileChannel original, FileChannel copy, LongConsumer progress, boolean compare)
            throws IOException {
        this.file = file;
        this.original = original;
        this.copy = copy;
        this.repaired = compare ? equalize(0, original.size(), progress) : 0;
    }

    /**
     * Makes a copy, or takes the one that is there.
     *
     * @param progress told of bytes that were copied or compared
     * @throws IOException if it cannot be made
     */
    public static WorkingCopy open(Path model, Path file, LongConsumer progress) throws IOException {
        if (Files.exists(file) && Files.isSameFile(model, file)) {
            throw new FormatException(file, "is the model itself, which is never written");
        }
        FileChannel original = FileChannel.open(model, StandardOpenOption.READ);
        try {
            boolean there = Files.isRegularFile(file) && Files.size(file) == original.size();
            if (!there) {
                copy(original, file, progress);
            }
            return new WorkingCopy(file, original,
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE), progress, there);
        } catch (IOException | RuntimeException e) {
            original.close();
            throw e;
        }
    }

    /** The file system may let the copy share the blocks of the original. */
    private static void copy(FileChannel from, Path file, LongConsumer progress) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel to = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long at = 0; at < from.size();) {
                long count = from.transferTo(at, Math.min(COPIED, from.size() - at), to);
                if (count <= 0) {
                    throw new FormatException(file,
                            "could not be written: the model was cut short while it was copied");
                }
                at += count;
                progress.accept(count);
            }
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The copy. */
    public Path file() {
        return file;
    }

    /** Bytes of a copy that was there that were not those of the original. */
    public long repaired() {
        return repaired;
    }

    /** What makes the new bytes of a tensor. */
    @FunctionalInterface
    public interface NewBytes {
        void writeTo(RoundTrip.Taker taker) throws IOException;
    }

    /**
     * Overwrites a tensor.
     *
     * @throws IOException if that fails; {@link #restore} puts it back
     */
    public void patch(TensorInfo tensor, NewBytes bytes) throws IOException {
        patched.add(tensor);
        long[] at = {tensor.offset()};
        bytes.writeTo(piece -> {
            if (at[0] + piece.length > tensor.offset() + tensor.bytes()) {
                throw new IllegalStateException("more bytes than " + tensor.name() + " has");
            }
            write(ByteBuffer.wrap(piece), at[0]);
            at[0] += piece.length;
        });
        if (at[0] != tensor.offset() + tensor.bytes()) {
            throw new IllegalStateException("fewer bytes than " + tensor.name() + " has");
        }
    }

    /**
     * Puts the bytes of the original back, and reads them again to be sure.
     *
     * @throws IOException if the copy cannot be made equal to the original
     */
    public void restore() throws IOException {
        for (TensorInfo tensor : patched) {
            equalize(tensor.offset(), tensor.bytes(), _ -> {
            });
            if (equalize(tensor.offset(), tensor.bytes(), _ -> {
            }) > 0) {
                throw new FormatException(file.toString(), tensor.name(), "does not hold what was just written to it");
            }
        }
        patched.clear();
    }

    /** Makes a range equal to that of the original; returns how many bytes were not. */
    private long equalize(long from, long length, LongConsumer progress) throws IOException {
        ByteBuffer expected = ByteBuffer.allocate((int) Math.min(COMPARED, length));
        ByteBuffer found = ByteBuffer.allocate(expected.capacity());
        long different = 0;
        for (long at = from; at < from + length; at += expected.capacity()) {
            int count = (int) Math.min(expected.capacity(), from + length - at);
            read(original, expected, at, count);
            read(copy, found, at, count);
            if (!Arrays.equals(expected.array(), 0, count, found.array(), 0, count)) {
                for (int i = 0; i < count; i++) {
                    different += expected.array()[i] == found.array()[i] ? 0 : 1;
                }
                write(expected.flip(), at);
            }
            progress.accept(count);
        }
        return different;
    }

    private void read(FileChannel channel, ByteBuffer into, long at, int count) throws IOException {
        into.clear().limit(count);
        while (into.hasRemaining()) {
            if (channel.read(into, at + into.position()) < 0) {
                throw new FormatException(file, "or its original was cut short while it was measured");
            }
        }
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long start = at - bytes.position();
        while (bytes.hasRemaining()) {
            copy.write(bytes, start + bytes.position());
        }
    }

    @Override
    public void close() throws IOException {
        try (original; copy) {
            // Both are closed.
        }
    }
}
