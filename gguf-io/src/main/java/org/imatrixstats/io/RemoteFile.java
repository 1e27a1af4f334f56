package org.imatrixstats.io;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A file on a server, of which only the ranges that are asked for are fetched, in blocks that are kept for a while. Reading
 * in order fetches ahead.
 */
final class RemoteFile implements ByteSource {
    private static final int BLOCK = 1 << 18;
    /** Blocks that one request fetches at most. */
    private static final int MOST_AHEAD = 8;
    /** Blocks that are kept: 16 MiB. */
    private static final int KEPT = 64;

    private final HttpRanges ranges;
    private final long size;
    private final Map<Long, byte[]> blocks = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > KEPT;
        }
    };
    private long next;
    private int ahead = 1;

    private RemoteFile(HttpRanges ranges) throws IOException {
        this.ranges = ranges;
        byte[] first = ranges.first(BLOCK);
        this.size = ranges.size();
        keep(0, first);
    }

    static RemoteFile open(String name) throws IOException {
        return open(new HttpRanges(RemoteAddress.of(name)));
    }

    static RemoteFile open(HttpRanges ranges) throws IOException {
        return new RemoteFile(ranges);
    }

    private void keep(long firstBlock, byte[] bytes) {
        for (int at = 0; at < bytes.length; at += BLOCK) {
            byte[] block = new byte[Math.min(BLOCK, bytes.length - at)];
            System.arraycopy(bytes, at, block, 0, block.length);
            blocks.put(firstBlock + at / BLOCK, block);
        }
        next = firstBlock + (bytes.length + BLOCK - 1) / BLOCK;
    }

    @Override
    public String name() {
        return ranges.name();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public synchronized void copy(long offset, byte[] into, int at, int count) throws FormatException {
        Objects.checkFromIndexSize(offset, count, size);
        Objects.checkFromIndexSize(at, count, into.length);
        for (int done = 0; done < count;) {
            long position = offset + done;
            byte[] block = block(position / BLOCK);
            int start = (int) (position % BLOCK);
            int length = Math.min(count - done, block.length - start);
            System.arraycopy(block, start, into, at + done, length);
            done += length;
        }
    }

    private byte[] block(long number) throws FormatException {
        byte[] kept = blocks.get(number);
        if (kept != null) {
            return kept;
        }
        ahead = number == next ? Math.min(2 * ahead, MOST_AHEAD) : 1;
        long start = number * BLOCK;
        keep(number, ranges.fetch(start, (int) Math.min((long) ahead * BLOCK, size - start)));
        return blocks.get(number);
    }

    @Override
    public void close() {
        // Connections are shared, and end by themselves.
    }
}
