package org.imatrixstats.io;

import java.io.InputStream;
import java.util.Objects;

/** Bytes of a file from one offset to another, in order. */
public final class RangeStream extends InputStream {
    private final ByteSource source;
    private long position;
    private final long end;

    /** @param length which must lie within the file */
    public RangeStream(ByteSource source, long offset, long length) {
        this.source = source;
        this.position = offset;
        this.end = Math.addExact(offset, Objects.checkIndex(length, Long.MAX_VALUE));
    }

    @Override
    public int read() throws FormatException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws FormatException {
        int count = (int) Math.min(length, end - position);
        if (count <= 0) {
            return length == 0 ? 0 : -1;
        }
        source.copy(position, into, at, count);
        position += count;
        return count;
    }
}
