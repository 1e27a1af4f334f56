package org.imatrixstats.imatrix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.imatrixstats.gguf.FormatException;

/**
 * A fingerprint of what an importance matrix holds, whatever the order of its entries, the byte order of the file, and
 * what the file says about itself.
 *
 * <p>It is the SHA-256 over the entries in the order of their names (as UTF-16), and of each entry: the length of its
 * name in bytes (int32) and the name (UTF-8); and the SHA-256 of its content, which is the number of counts (int32) and
 * the counts (int64), the number of values (int64), the sums of x² (float32), and the sums of x (float32) where the file
 * has them. All numbers are little-endian.
 *
 * <p>It also tells which entries of a layer hold the same, bit for bit, as those do whose tensors share an input: q, k and
 * v; gate and up. They are one fact told several times, and need to be looked at once.
 */
public final class ContentDigest {
    /** By name, gate and up or q, k and v of a layer are no farther apart. */
    private static final int LOOK_BACK = 8;

    private final Map<ImatrixEntry, ImatrixEntry> first = new HashMap<>();
    private final String hex;

    /** Looks at every value of the file. */
    public static ContentDigest of(Imatrix imatrix, int threads) throws IOException {
        List<ImatrixEntry> entries = List.copyOf(imatrix.entries().values());
        byte[][] contents = new byte[entries.size()][];
        int[] twins = new int[contents.length];
        Parallel.forEach(contents.length, threads, () -> new Hasher(imatrix), (hasher, i) -> {
            twins[i] = twin(imatrix, entries, i);
            contents[i] = twins[i] == i ? hasher.content(entries.get(i)) : null;
        });
        for (int i = 0; i < contents.length; i++) {
            contents[i] = contents[twins[i]];
        }
        return new ContentDigest(new Hasher(imatrix), entries, contents);
    }

    /**
     * One of the few entries before this that holds the same; the entry itself if none does. To compare takes a fraction
     * of the time of hashing, but against all entries of a file made to harm it would take hours.
     */
    private static int twin(Imatrix imatrix, List<ImatrixEntry> entries, int i) throws FormatException {
        for (int j = i - 1; j >= Math.max(0, i - LOOK_BACK); j--) {
            if (imatrix.sameContent(entries.get(i), entries.get(j))) {
                return j;
            }
        }
        return i;
    }

    private ContentDigest(Hasher hasher, List<ImatrixEntry> entries, byte[][] contents) {
        Map<Integer, Map<ByteBuffer, ImatrixEntry>> byLayerAndContent = new HashMap<>();
        for (int i = 0; i < contents.length; i++) {
            ImatrixEntry entry = entries.get(i);
            hasher.putName(entry);
            hasher.digest.update(contents[i]);
            if (entry.name().hasLayer() && entry.elements() > 0) {
                Map<ByteBuffer, ImatrixEntry> byContent = byLayerAndContent.computeIfAbsent(entry.name().layer(),
                        _ -> new HashMap<>());
                first.put(entry, byContent.computeIfAbsent(ByteBuffer.wrap(contents[i]), _ -> entry));
            }
        }
        this.hex = HexFormat.of().formatHex(hasher.digest.digest());
    }

    /** The digest as 64 hexadecimal digits. */
    public String hex() {
        return hex;
    }

    /** The first entry of the layer, by name, that holds the same; the entry itself if there is none before it. */
    public ImatrixEntry firstOf(ImatrixEntry entry) {
        return first.getOrDefault(entry, entry);
    }

    private static final class Hasher {
        /** A multiple of the size of a float. */
        private static final int BLOCK = 1 << 18;

        private final Imatrix imatrix;
        private final MessageDigest digest = sha256();
        private final byte[] block = new byte[BLOCK];
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

        Hasher(Imatrix imatrix) {
            this.imatrix = imatrix;
        }

        void putName(ImatrixEntry entry) {
            byte[] name = entry.name().name().getBytes(StandardCharsets.UTF_8);
            put(Integer.BYTES, name.length);
            digest.update(name);
        }

        byte[] content(ImatrixEntry entry) throws FormatException {
            put(Integer.BYTES, entry.experts());
            for (int expert = 0; expert < entry.experts(); expert++) {
                put(Long.BYTES, entry.count(expert));
            }
            put(Long.BYTES, entry.size());
            imatrix.forEachBlock(entry, block, digest::update);
            return digest.digest();
        }

        private void put(int width, long value) {
            number.putLong(0, value);
            digest.update(number.array(), 0, width);
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java runtime has SHA-256", e);
            }
        }
    }
}
