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

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/**
 * A fingerprint of what an importance matrix holds, whatever the order of its entries, the byte order of the file, and
 * what the file says about itself.
 *
 * <p>It is the SHA-256 over the entries in the order of their names (as UTF-16), and of each entry: the length of its
 * name in bytes (int32) and the name (UTF-8); and the SHA-256 of its content, which is the number of counts (int32) and
 * the counts (int64), the number of values (int64), the sums of x² (float32), and the sums of x (float32) where the file
 * has them. All numbers are little-endian.
 */
public final class ContentDigest {
    private ContentDigest() {
    }

    /** The digest as 64 hexadecimal digits. Looks at every value of the file. */
    public static String of(Imatrix imatrix, int threads) throws IOException {
        return of(imatrix, SharedInputs.of(imatrix, threads), threads);
    }

    /** The same, of entries that hold the same looking at the first alone. */
    public static String of(Imatrix imatrix, SharedInputs inputs, int threads) throws IOException {
        List<ImatrixEntry> distinct = imatrix.entries().values().stream()
                .filter(entry -> inputs.firstOf(entry) == entry).toList();
        Map<ImatrixEntry, byte[]> contents = new ConcurrentHashMap<>();
        Parallel.forEach(distinct.size(), threads, () -> new Hasher(imatrix),
                (hasher, i) -> contents.put(distinct.get(i), hasher.content(distinct.get(i))));
        Hasher all = new Hasher(imatrix);
        for (ImatrixEntry entry : imatrix.entries().values()) {
            all.putName(entry);
            all.digest.update(contents.get(inputs.firstOf(entry)));
        }
        return HexFormat.of().formatHex(all.digest.digest());
    }

    private static final class Hasher {
        private final Imatrix imatrix;
        private final MessageDigest digest = sha256();
        private final byte[] block = new byte[Partition.BLOCK * Float.BYTES];
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
            for (Block values : entry.values()) {
                digest.update(block, 0, imatrix.inSum2(entry, values, block));
            }
            if (entry.hasInSum()) {
                for (Block values : entry.values()) {
                    digest.update(block, 0, imatrix.inSum(entry, values, block));
                }
            }
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
