package org.imatrixstats.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;

/**
 * Bytes that can be read at any position: a file, an entry of an archive, a range of a URL. All readers of formats read
 * through this interface. The size does not change. Safe for use by several threads.
 */
public interface ByteSource extends Closeable {
    /** Opens sources by name, such as the other parts of a split model. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens a source.
         *
         * @param name a path or a URL, as the user or a file names it
         * @throws FormatException if there is no such source, or it cannot be read
         */
        ByteSource open(String name) throws IOException;
    }

    /** Opens addresses that this library does not know, such as those of a cluster's file system. */
    interface Scheme extends Opener {
        /** What stands before {@code ://} in the addresses that it opens. */
        Set<String> names();
    }

    /** The name in messages: the path or URL as the user gave it. */
    String name();

    /** Number of bytes. */
    long size();

    /**
     * Copies {@code count} bytes from {@code offset} to {@code into[at]} and what follows.
     *
     * @throws FormatException           if the bytes cannot be read
     * @throws IndexOutOfBoundsException if the range is not within the source or the array
     */
    void copy(long offset, byte[] into, int at, int count) throws FormatException;

    /** Copies {@code count} 32-bit floats from {@code offset} to {@code into[at]} and what follows. */
    default void copy(long offset, ByteOrder order, float[] into, int at, int count) throws FormatException {
        byte[] bytes = new byte[Math.min(count, 1 << 14) * Float.BYTES];
        for (int done = 0; done < count;) {
            int floats = Math.min(count - done, bytes.length / Float.BYTES);
            copy(offset + (long) done * Float.BYTES, bytes, 0, floats * Float.BYTES);
            ByteBuffer.wrap(bytes).order(order).asFloatBuffer().get(into, at + done, floats);
            done += floats;
        }
    }

    /** Whether {@code length} bytes at two offsets are the same. */
    default boolean sameBytes(long offsetA, long offsetB, long length) throws FormatException {
        byte[] a = new byte[(int) Math.min(length, 1 << 16)];
        byte[] b = new byte[a.length];
        for (long from = 0; from < length; from += a.length) {
            int count = (int) Math.min(length - from, a.length);
            copy(offsetA + from, a, 0, count);
            copy(offsetB + from, b, 0, count);
            if (!Arrays.equals(a, 0, count, b, 0, count)) {
                return false;
            }
        }
        return true;
    }
}
