package org.imatrixstats.journal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32;

/**
 * Figures that took time, in a folder, by a digest of what they are of. What cannot be read or written is computed again:
 * that is not an error.
 *
 * <pre>
 * "spectrum" version:int arrays:int, for each: length:int values:double[length], CRC32 of all before:long
 * </pre>
 */
public final class FigureCache {
    private static final long MAGIC = 0x73706563_7472756dL;
    private static final int VERSION = 1;
    private static final long MOST_BYTES = 1 << 28;

    private final Path folder;
    private final String prefix;

    /**
     * @param folder null to keep nothing
     * @param prefix of the names of the files
     */
    public FigureCache(Path folder, String prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    public static FigureCache none() {
        return new FigureCache(null, "");
    }

    public boolean isUsed() {
        return folder != null;
    }

    /** Null where there is nothing. */
    public double[][] read(String key) {
        if (folder == null) {
            return null;
        }
        try {
            Path file = file(key);
            return Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES
                    ? arrays(Files.readAllBytes(file))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Path file(String key) {
        return folder.resolve(prefix + "-" + key + ".bin");
    }

    private static double[][] arrays(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int end = file.length - Long.BYTES;
        if (end < Long.BYTES + 2 * Integer.BYTES || bytes.getLong(end) != checksum(file, end)
                || bytes.getLong() != MAGIC || bytes.getInt() != VERSION) {
            return null;
        }
        // The checksum says that this is what was written.
        double[][] arrays = new double[bytes.getInt()][];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = new double[bytes.getInt()];
            bytes.asDoubleBuffer().get(arrays[i]);
            bytes.position(bytes.position() + Double.BYTES * arrays[i].length);
        }
        return arrays;
    }

    private static long checksum(byte[] bytes, int count) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, count);
        return crc.getValue();
    }

    /** Keeps figures; where that fails, they are computed again next time. */
    public void write(String key, double[][] arrays) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path beside = Files.createTempFile(folder, prefix + "-", ".tmp");
            try {
                Files.write(beside, bytes(arrays));
                Files.move(beside, file(key), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            // It is computed again next time.
        }
    }

    private static byte[] bytes(double[][] arrays) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(arrays.length);
            for (double[] array : arrays) {
                out.writeInt(array.length);
                for (double each : array) {
                    out.writeDouble(each);
                }
            }
            out.writeLong(checksum(bytes.toByteArray(), out.size()));
        }
        return bytes.toByteArray();
    }
}
