package org.imatrixstats.io;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A file on a server, of which only the ranges that are asked for are fetched, in blocks that are kept for a while. A reader
 * in order gets longer and longer ranges, then several ahead at a time. Threads wait only for what they read. All files share one
 * cache, so that a model in many parts takes no more memory than one in one part.
 */
final class RemoteFile implements ByteSource {
    private static final int BLOCK = 1 << 18;
    /** Blocks that one request fetches at most: 2 MiB. */
    private static final int MOST_BLOCKS = 8;
    /** Requests of all files that nobody waits for yet, at most. */
    private static final int MOST_AHEAD = 4;
    /** Blocks of all files that are kept: 24 MiB, three times what is fetched ahead. */
    private static final int MOST_KEPT = 3 * MOST_AHEAD * MOST_BLOCKS;
    /** Readers in order of a file that are told apart. */
    private static final int STREAMS = 64;

    private static final Object LOCK = new Object();
    /** The one that was used last is the last. */
    private static final LinkedHashSet<Request> KEPT = new LinkedHashSet<>();
    private static final Set<Request> AHEAD = new HashSet<>();
    private static int keptBlocks;

    /** A reader in order, by block numbers. */
    private final class Stream {
        private final long first;
        /** The first block that is not asked for yet. */
        private long next;

        Stream(long first) {
            this.first = first;
            this.next = first;
        }

        RemoteFile file() {
            return RemoteFile.this;
        }
    }

    /** Whoever runs the task fetches; all others wait for it. */
    private record Request(Stream stream, long first, int blocks, FutureTask<byte[]> bytes) {
        long end() {
            return first + blocks;
        }
    }

    private final HttpRanges ranges;
    private final long size;
    private final long blocks;
    /** By block. */
    private final Map<Long, Request> requests = new HashMap<>();
    /** By the block that the stream asks for next. */
    private final Map<Long, Stream> streams = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Stream> eldest) {
            return size() > STREAMS;
        }
    };

    private RemoteFile(HttpRanges ranges) throws IOException {
        this.ranges = ranges;
        byte[] first = ranges.first(BLOCK);
        this.size = ranges.size();
        this.blocks = Math.ceilDiv(size, (long) BLOCK);
        synchronized (LOCK) {
            add(new Stream(0), (int) Math.min(1, blocks), new FutureTask<>(() -> first));
        }
    }

    static RemoteFile open(String name) throws IOException {
        return open(new HttpRanges(RemoteAddress.of(name)));
    }

    static RemoteFile open(HttpRanges ranges) throws IOException {
        return new RemoteFile(ranges);
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
    public void copy(long offset, byte[] into, int at, int count) throws FormatException {
        Objects.checkFromIndexSize(offset, count, size);
        Objects.checkFromIndexSize(at, count, into.length);
        for (int done = 0; done < count;) {
            long position = offset + done;
            Request request = request(position / BLOCK);
            byte[] bytes = bytes(request);
            int start = (int) (position - request.first * BLOCK);
            int length = Math.min(count - done, bytes.length - start);
            System.arraycopy(bytes, start, into, at + done, length);
            done += length;
        }
    }

    private byte[] bytes(Request request) throws FormatException {
        // Does nothing if another thread runs it, or it was run.
        request.bytes.run();
        try {
            return request.bytes.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormatException(name(), "was not fetched: interrupted", e);
        } catch (ExecutionException e) {
            synchronized (LOCK) {
                drop(request);
            }
            switch (e.getCause()) {
                case FormatException failure -> throw failure;
                case Error error -> throw error;
                case Throwable other -> throw new IllegalStateException(other);
            }
        }
    }

    /** The request that a block is part of: one that was made before, or a new one. */
    private Request request(long block) {
        synchronized (LOCK) {
            Request request = requests.get(block);
            if (request == null) {
                Stream stream = streams.get(block);
                request = add(stream == null ? new Stream(block) : stream);
            }
            KEPT.addLast(request);
            AHEAD.remove(request);
            fetchAhead(request);
            return request;
        }
    }

    /** Never more than half of what the stream has read in order: a header is no reason to fetch much of what is behind it. */
    private void fetchAhead(Request read) {
        Stream stream = read.stream;
        long far = (read.end() - stream.first) / 2;
        if (far < MOST_BLOCKS / 2) {
            return;
        }
        while (AHEAD.size() < MOST_AHEAD && stream.next < blocks && stream.next - read.end() < far) {
            if (requests.containsKey(stream.next)) {
                advance(stream, stream.next + 1);
            } else {
                Request next = add(stream);
                AHEAD.add(next);
                Thread.startVirtualThread(next.bytes);
            }
        }
    }

    /** Asks for the next blocks of a stream, one more than all before, as far as nobody has asked for them. */
    private Request add(Stream stream) {
        long first = stream.next;
        long most = Math.min(Math.min(first - stream.first + 1, MOST_BLOCKS), blocks - first);
        int count = 1;
        while (count < most && !requests.containsKey(first + count)) {
            count++;
        }
        int bytes = (int) Math.min((long) count * BLOCK, size - first * BLOCK);
        return add(stream, count, new FutureTask<>(() -> ranges.fetch(first * BLOCK, bytes)));
    }

    private Request add(Stream stream, int count, FutureTask<byte[]> bytes) {
        Request request = new Request(stream, stream.next, count, bytes);
        for (long block = request.first; block < request.end(); block++) {
            requests.put(block, request);
        }
        advance(stream, request.end());
        KEPT.add(request);
        keptBlocks += count;
        while (keptBlocks > MOST_KEPT) {
            drop(KEPT.getFirst());
        }
        return request;
    }

    private void advance(Stream stream, long next) {
        streams.remove(stream.next, stream);
        stream.next = next;
        streams.put(next, stream);
    }

    private static void drop(Request request) {
        if (KEPT.remove(request)) {
            keptBlocks -= request.blocks;
            AHEAD.remove(request);
            for (long block = request.first; block < request.end(); block++) {
                request.stream.file().requests.remove(block);
            }
        }
    }

    /** Connections are shared, and end by themselves. */
    @Override
    public void close() {
        synchronized (LOCK) {
            Set.copyOf(requests.values()).forEach(RemoteFile::drop);
        }
    }
}
