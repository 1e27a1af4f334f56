package org.imatrixstats.app.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes a large file while its next bytes are made: one thread writes, another tells the system to put on the disk what is
 * written, so that little is left to wait for at the end. Files of one buffer need no thread. Errors of writing are thrown
 * by a later call, at the latest by {@link #flush}, after which everything is written.
 */
final class WriteBehind extends OutputStream {
    private static final int BUFFER = 1 << 20;
    private static final int BUFFERS = 4;
    /** Bytes of one write. For larger ones the system takes its memory in larger pieces, which can take longer than the copying. */
    private static final int WRITTEN = 1 << 16;
    /** Bytes between two calls to put them on the disk. */
    private static final long FORCED = 1 << 26;

    private final FileChannel channel;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private ExecutorService writer;
    private ExecutorService forcer;
    private Future<?> lastWrite;
    private volatile IOException failure;

    // Of the thread that writes.
    private long unforced;
    private Future<?> force;

    WriteBehind(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length;) {
            if (!buffer.hasRemaining()) {
                hand();
            }
            int part = Math.min(length - done, buffer.remaining());
            buffer.put(bytes, from + done, part);
            done += part;
        }
    }

    private void hand() throws IOException {
        if (writer == null) {
            writer = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
            forcer = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
            for (int i = 1; i < BUFFERS; i++) {
                free.add(ByteBuffer.allocateDirect(BUFFER));
            }
        }
        ByteBuffer full = buffer.flip();
        lastWrite = writer.submit(() -> write(full));
        try {
            buffer = free.take();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        rethrow();
    }

    private void write(ByteBuffer full) {
        try {
            unforced += full.remaining();
            for (int end = full.limit(); failure == null && full.position() < end;) {
                channel.write(full.limit(Math.min(end, full.position() + WRITTEN)));
            }
            if (unforced >= FORCED && (force == null || force.isDone())) {
                unforced = 0;
                force = forcer.submit(this::force);
            }
        } catch (IOException e) {
            failure = e;
        }
        free.add(full.clear());
    }

    private void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void flush() throws IOException {
        if (lastWrite != null) {
            try {
                lastWrite.get();
            } catch (InterruptedException e) {
                throw interrupted();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        rethrow();
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private void rethrow() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    /** Waits for the threads. What was not flushed is lost. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
            forcer.close();
        }
    }
}
