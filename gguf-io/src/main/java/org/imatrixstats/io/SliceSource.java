package org.imatrixstats.io;

import java.util.Objects;

/** A part of a source, such as an entry of an archive that is stored as it is. Closing it leaves the whole open. */
public final class SliceSource implements ByteSource {
    private final ByteSource whole;
    private final long start;
    private final long size;

    /** The range must lie within the source. */
    public SliceSource(ByteSource whole, long start, long size) {
        Objects.checkFromIndexSize(start, size, whole.size());
        this.whole = whole;
        this.start = start;
        this.size = size;
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void copy(long offset, byte[] into, int at, int count) throws FormatException {
        Objects.checkFromIndexSize(offset, count, size);
        whole.copy(start + offset, into, at, count);
    }

    @Override
    public void close() {
        // The whole belongs to somebody else.
    }
}
