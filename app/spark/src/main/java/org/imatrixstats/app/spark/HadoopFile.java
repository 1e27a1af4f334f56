package org.imatrixstats.app.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.NotFoundException;

/**
 * A file of one of Hadoop's file systems. Reads are positional. One block is kept: headers are read in many small pieces,
 * each of which would be a request. Rows of a sample lie far from each other and are read alone.
 */
final class HadoopFile implements ByteSource {
    private static final int BLOCK = 1 << 18;
    private static final String READ_POLICY = "fs.option.openfile.read.policy";

    private final String name;
    private final long size;
    private final FSDataInputStream in;
    private byte[] block = new byte[0];
    private long blockStart;
    /** Where the read before ended. */
    private long next;

    private HadoopFile(String name, long size, FSDataInputStream in) {
        this.name = name;
        this.size = size;
        this.in = in;
    }

    static HadoopFile open(String name, Configuration configuration) throws FormatException {
        try {
            Path path = new Path(name);
            FileSystem system = path.getFileSystem(configuration);
            FileStatus status = system.getFileStatus(path);
            if (status.isDirectory()) {
                throw new FormatException(name,
                        "is a directory: name a file in it, such as model.safetensors.index.json");
            }
            return new HadoopFile(name, status.getLen(), opened(system, path, status));
        } catch (FileNotFoundException e) {
            throw new NotFoundException(name, e);
        } catch (FormatException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new FormatException(name, "could not be opened: " + reason(e), e);
        }
    }

    private static FSDataInputStream opened(FileSystem system, Path path, FileStatus status) throws IOException {
        try {
            return system.openFile(path).opt(READ_POLICY, "random").withFileStatus(status).build().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** What went wrong, in one line. */
    static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void copy(long offset, byte[] into, int at, int count) throws FormatException {
        Objects.checkFromIndexSize(offset, count, size);
        Objects.checkFromIndexSize(at, count, into.length);
        if (!copiedFromBlock(offset, into, at, count)) {
            read(offset, into, at, count);
        }
    }

    /** Reads in order fill the block; of others it has at most what it holds already. */
    private synchronized boolean copiedFromBlock(long offset, byte[] into, int at, int count) throws FormatException {
        boolean inOrder = offset == next || offset == 0;
        next = offset + count;
        if (count > BLOCK) {
            return false;
        }
        boolean held = offset >= blockStart && offset + count <= blockStart + block.length;
        if (!held && inOrder) {
            byte[] fetched = new byte[(int) Math.min(BLOCK, size - offset)];
            read(offset, fetched, 0, fetched.length);
            block = fetched;
            blockStart = offset;
            held = true;
        }
        if (held) {
            System.arraycopy(block, (int) (offset - blockStart), into, at, count);
        }
        return held;
    }

    private void read(long offset, byte[] into, int at, int count) throws FormatException {
        try {
            in.readFully(offset, into, at, count);
        } catch (IOException e) {
            throw new FormatException(name, "could not be read at offset 0x" + Long.toHexString(offset) + ": "
                    + reason(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
