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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/**
 * A fingerprint of what an importance matrix holds, whatever the order of its entries, the byte order of the file, and
 * what the file says about itself. docs/formats.md says which bytes are hashed.
 *
 * @param hex lower-case hexadecimal digits: 32, of SHA-256 64
 */
public record ContentDigest(Algorithm algorithm, String hex) {
    /** How content is hashed. */
    public enum Algorithm {
        /** MurmurHash3_x64_128: fast. */
        MURMUR3,
        /** SHA-256: also against someone who wants two files to have the same fingerprint. */
        SHA256;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Looks at every value of the file. */
    public static ContentDigest of(Imatrix imatrix, SharedInputs inputs, Algorithm algorithm, int threads)
            throws IOException {
        List<ImatrixEntry> distinct = imatrix.entries().values().stream()
                .filter(entry -> inputs.firstOf(entry) == entry).toList();
        return switch (algorithm) {
            case MURMUR3 -> murmur3(imatrix, inputs, distinct, threads);
            case SHA256 -> sha256(imatrix, inputs, distinct, threads);
        };
    }

    /** The same where it is not known what the entries share. */
    public static ContentDigest of(Imatrix imatrix, Algorithm algorithm, int threads) throws IOException {
        return of(imatrix, SharedInputs.of(imatrix, threads), algorithm, threads);
    }

    /** The SHA-256, which keys of caches and journals are made of. */
    public static String sha256(Imatrix imatrix, int threads) throws IOException {
        return of(imatrix, Algorithm.SHA256, threads).hex;
    }

    // ---- the fast hash

    /** Puts together what was hashed of each entry. */
    public static ContentDigest murmur3(Imatrix imatrix, Function<ImatrixEntry, ContentHash> hashes) {
        Murmur3 all = new Murmur3(0);
        for (ImatrixEntry entry : imatrix.entries().values()) {
            addName(all, entry.name().name());
            all.add(entry.experts());
            all.add(entry.size());
            all.add(entry.hasInSum() ? 1 : 0);
            hashes.apply(entry).addTo(all);
        }
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long half : all.hash()) {
            bytes.putLong(half);
        }
        return new ContentDigest(Algorithm.MURMUR3, HexFormat.of().formatHex(bytes.array()));
    }

    /** Its length in bytes, and the bytes, filled up to whole words. */
    private static void addName(Murmur3 all, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        all.add(bytes.length);
        for (int i = 0; i < bytes.length; i += Integer.BYTES) {
            int word = 0;
            for (int j = i; j < Math.min(bytes.length, i + Integer.BYTES); j++) {
                word |= (bytes[j] & 0xff) << (j - i) * Byte.SIZE;
            }
            all.add(word);
        }
    }

    private static ContentDigest murmur3(Imatrix imatrix, SharedInputs inputs, List<ImatrixEntry> distinct, int threads)
            throws IOException {
        List<ContentHash> hashes = Parallel.fold(
                Partition.grid(distinct, ImatrixEntry::experts, ImatrixEntry::columns), threads,
                () -> new float[Partition.BLOCK],
                (values, part) -> murmur3(imatrix, distinct.get(part.item()), part, values), ContentHash::merge, _ -> {
                });
        Map<ImatrixEntry, ContentHash> byEntry = new HashMap<>();
        for (int i = 0; i < hashes.size(); i++) {
            byEntry.put(distinct.get(i), hashes.get(i));
        }
        return murmur3(imatrix, entry -> byEntry.get(inputs.firstOf(entry)));
    }

    private static ContentHash murmur3(Imatrix imatrix, ImatrixEntry entry, Partition part, float[] values)
            throws FormatException {
        ContentHash hash = new ContentHash(entry);
        for (Block block : part) {
            imatrix.inSum2(entry, block.start(), values, block.length());
            hash.addSquares(block, values);
            if (entry.hasInSum()) {
                imatrix.inSum(entry, block.start(), values, block.length());
                hash.addSums(block, values);
            }
        }
        return hash;
    }

    // ---- SHA-256

    private static ContentDigest sha256(Imatrix imatrix, SharedInputs inputs, List<ImatrixEntry> distinct, int threads)
            throws IOException {
        Map<ImatrixEntry, byte[]> contents = new ConcurrentHashMap<>();
        Parallel.forEach(distinct.size(), threads, () -> new Hasher(imatrix),
                (hasher, i) -> contents.put(distinct.get(i), hasher.content(distinct.get(i))));
        Hasher all = new Hasher(imatrix);
        for (ImatrixEntry entry : imatrix.entries().values()) {
            all.putName(entry);
            all.digest.update(contents.get(inputs.firstOf(entry)));
        }
        return new ContentDigest(Algorithm.SHA256, HexFormat.of().formatHex(all.digest.digest()));
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
