package org.imatrixstats.imatrix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.imatrixstats.gguf.FormatException;

/**
 * A fingerprint of what an importance matrix holds, whatever the order of its entries, the byte order of the file, and
 * what the file says about itself.
 *
 * <p>It is the SHA-256 over the entries in the order of their names (as UTF-16), and of each entry: the length of its
 * name in bytes (int32) and the name (UTF-8); the number of counts (int32) and the counts (int64); the number of values
 * (int64); and the SHA-256 of its values, which are the sums of x² (float32) and then the sums of x (float32) where the
 * file has them. All numbers are little-endian.
 */
public final class ContentDigest {
    private static final int BLOCK = 1 << 14;

    private final Imatrix imatrix;
    private final MessageDigest digest = sha256();
    private final float[] floats = new float[BLOCK];
    private final ByteBuffer bytes = ByteBuffer.allocate(4 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);

    private ContentDigest(Imatrix imatrix) {
        this.imatrix = imatrix;
    }

    /** The digest as 64 hexadecimal digits. */
    public static String of(Imatrix imatrix, SharedInputs shared, int threads) throws IOException {
        List<ImatrixEntry> distinct = imatrix.entries().values().stream()
                .filter(entry -> shared.firstOf(entry) == entry).toList();
        Map<ImatrixEntry, byte[]> values = new ConcurrentHashMap<>();
        Parallel.forEach(distinct.size(), threads, () -> new ContentDigest(imatrix),
                (worker, i) -> values.put(distinct.get(i), worker.ofValues(distinct.get(i))));
        ContentDigest all = new ContentDigest(imatrix);
        for (ImatrixEntry entry : imatrix.entries().values()) {
            all.putHead(entry);
            all.digest.update(values.get(shared.firstOf(entry)));
        }
        return HexFormat.of().formatHex(all.digest.digest());
    }

    private void putHead(ImatrixEntry entry) {
        byte[] name = entry.name().name().getBytes(StandardCharsets.UTF_8);
        put(Integer.BYTES, name.length);
        digest.update(name);
        put(Integer.BYTES, entry.experts());
        for (int expert = 0; expert < entry.experts(); expert++) {
            put(Long.BYTES, entry.count(expert));
        }
        put(Long.BYTES, entry.size());
    }

    private byte[] ofValues(ImatrixEntry entry) throws FormatException {
        for (long from = 0; from < entry.size(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, entry.size() - from);
            imatrix.squares(entry, from, floats, count);
            put(count);
        }
        for (long from = 0; entry.hasSums() && from < entry.size(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, entry.size() - from);
            imatrix.sums(entry, from, floats, count);
            put(count);
        }
        return digest.digest();
    }

    private void put(int width, long number) {
        bytes.putLong(0, number);
        digest.update(bytes.array(), 0, width);
    }

    private void put(int count) {
        bytes.asFloatBuffer().put(floats, 0, count);
        digest.update(bytes.array(), 0, 4 * count);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
