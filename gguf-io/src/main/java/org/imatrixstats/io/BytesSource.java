package org.imatrixstats.io;

/** Bytes in memory. */
public record BytesSource(String name, byte[] bytes) implements ByteSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void copy(long offset, byte[] into, int at, int count) {
        System.arraycopy(bytes, Math.toIntExact(offset), into, at, count);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
