package org.imatrixstats.imatrix;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/** Writes one container of importance matrices, byte for byte as llama-imatrix does. */
public abstract sealed class ImatrixWriter permits GgufImatrixWriter, LegacyImatrixWriter {
    private final float[] floats = new float[Partition.BLOCK];
    private final ByteBuffer bytes = ByteBuffer.allocate(Partition.BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    ImatrixWriter() {
    }

    /** The writer of a container. */
    public static ImatrixWriter of(Imatrix.Format format) {
        return switch (format) {
            case GGUF -> new GgufImatrixWriter();
            case LEGACY -> new LegacyImatrixWriter();
        };
    }

    /**
     * Writes the content, making its values as it goes.
     *
     * @param progress is told how many bytes of values were written with each block
     * @throws IOException if the container cannot hold it, or it cannot be written
     */
    public abstract void write(Content content, OutputStream out, LongConsumer progress) throws IOException;

    /** How many tensors of the content are written. */
    public long tensorCount(Content content) {
        return content.parts().size();
    }

    /** What the content holds and the container cannot, one sentence each. */
    public List<String> losses(Content content) {
        return List.of();
    }

    @FunctionalInterface
    interface Values {
        void read(long from, float[] into, int length) throws FormatException;
    }

    @FunctionalInterface
    interface Sink {
        void write(byte[] block, int length) throws IOException;
    }

    /** Hands on {@code size} values as little-endian float32, block by block. */
    final void stream(long size, Values values, Sink sink, LongConsumer progress) throws IOException {
        for (Block block : Partition.ofValues(size)) {
            values.read(block.start(), floats, block.length());
            bytes.asFloatBuffer().put(floats, 0, block.length());
            sink.write(bytes.array(), block.length() * Float.BYTES);
            progress.accept((long) block.length() * Float.BYTES);
        }
    }
}
