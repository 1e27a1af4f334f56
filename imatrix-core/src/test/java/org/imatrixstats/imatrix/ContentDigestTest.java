package org.imatrixstats.imatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.apache.commons.codec.digest.MurmurHash3;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.stats.StatsCalculator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    @TempDir
    Path folder;

    /** As docs/formats.md says, by another implementation of the hash. */
    @Test
    void isWhatItsDescriptionSays() throws IOException {
        long[] a = sum(hash(littleEndian(8 + 2 * 4).putLong(3).putFloat(1).putFloat(2), 0),
                hash(littleEndian(8 + 2 * 4).putLong(0).putFloat(3).putFloat(4), 1)); // two experts
        long[] square = hash(littleEndian(8 + 4).putLong(16_777_216).putFloat(0.1f), 0);
        long[] sum = hash(littleEndian(8 + 4).putLong(16_777_216).putFloat(-5), 0);
        ByteBuffer entries = littleEndian(2 * (4 + 4 + 4 + 8 + 4 + 4 * 8));
        entries.putInt(1).put(utf8("a\0\0\0")).putInt(2).putLong(4).putInt(0);
        entries.putLong(a[0]).putLong(a[1]).putLong(0).putLong(0);
        entries.putInt(2).put(utf8("é\0\0")).putInt(1).putLong(1).putInt(1);
        entries.putLong(square[0]).putLong(square[1]).putLong(sum[0]).putLong(sum[1]);
        assertEquals(hex(hash(entries, 0)), digest(new GgufImatrixBuilder().entry("é", counts(16_777_216), 0.1f)
                .inSum("é", 1, -5).entry("a", counts(3, 0), 1, 2, 3, 4)));
    }

    @Test
    void coversRowsThatAreLongerThanABlock() throws IOException {
        float[] values = new float[2 * Partition.BLOCK + 3];
        ByteBuffer row = littleEndian(8 + 4 * values.length).putLong(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
            row.putFloat(i);
        }
        long[] hash = hash(row, 0);
        ByteBuffer entry = littleEndian(4 + 4 + 4 + 8 + 4 + 4 * 8);
        entry.putInt(1).put(utf8("a\0\0\0")).putInt(1).putLong(values.length).putInt(0);
        entry.putLong(hash[0]).putLong(hash[1]).putLong(0).putLong(0);
        assertEquals(hex(hash(entry, 0)), digest(new LegacyBuilder().entry("a", 2, values).write(folder)));
    }

    /** The walk of the statistics takes it along. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void isTheSameForAnyNumberOfThreads(int threads) throws IOException {
        float[] values = new float[100 * 18_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + i % 977;
        }
        float[] counts = new float[100];
        Arrays.fill(counts, 5);
        Path file = new GgufImatrixBuilder().entry("blk.0.ffn_up", counts, values).write(folder);
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            ContentDigest alone = ContentDigest.of(imatrix, ContentDigest.Algorithm.MURMUR3, 1);
            assertEquals(alone, ContentDigest.of(imatrix, ContentDigest.Algorithm.MURMUR3, threads));
            assertEquals(alone, StatsCalculator.report(imatrix, threads).digest());
        }
    }

    @Test
    void isWhatItsDescriptionSaysWithSha256() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] a = sha256.digest(littleEndian(4 + 2 * 8 + 8 + 4 * 4).putInt(2).putLong(3).putLong(0) // two experts
                .putLong(4).putFloat(1).putFloat(2).putFloat(3).putFloat(4).array());
        byte[] b = sha256.digest(littleEndian(4 + 8 + 8 + 4 + 4).putInt(1).putLong(16_777_216) //
                .putLong(1).putFloat(0.1f).putFloat(-5).array()); // sum of x², sum of x
        byte[] entries = littleEndian(4 + 1 + 32 + 4 + 2 + 32).putInt(1).put(utf8("a")).put(a).putInt(2)
                .put(utf8("é")).put(b).array();
        String expected = HexFormat.of().formatHex(sha256.digest(entries));

        assertEquals(expected,
                sha256(new GgufImatrixBuilder().entry("é", counts(16_777_216), 0.1f).inSum("é", 1, -5)
                        .entry("a", counts(3, 0), 1, 2, 3, 4).write(folder)));
    }

    @Test
    void coversValuesBeyondTheFirstBlockWithSha256() throws IOException, NoSuchAlgorithmException {
        int n = 2 * Partition.BLOCK + 3;
        ByteBuffer content = littleEndian(4 + 8 + 8 + 4 * n).putInt(1).putLong(2).putLong(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
            content.putFloat(i);
        }
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        String expected = HexFormat.of().formatHex(sha256
                .digest(littleEndian(4 + 1 + 32).putInt(1).put(utf8("a")).put(sha256.digest(content.array())).array()));
        assertEquals(expected, sha256(new LegacyBuilder().entry("a", 2, values).write(folder)));
    }

    @Test
    void isTheSameInAnyOrderAndByteOrderAndUnderOtherKeys() throws IOException {
        String digest = digest(sample(ByteOrder.LITTLE_ENDIAN));
        assertEquals(digest, digest(sample(ByteOrder.LITTLE_ENDIAN).reversed()));
        assertEquals(digest, digest(sample(ByteOrder.BIG_ENDIAN)));
        assertEquals(digest, digest(sample(ByteOrder.LITTLE_ENDIAN).version(2).keys(List.of("other"), 1, 2)));
    }

    @Test
    void isTheSameInBothContainers() throws IOException {
        assertEquals(digest(new GgufImatrixBuilder().entry("a", counts(3), 1, 2)),
                digest(new LegacyBuilder().entry("a", 3, 1, 2).chunks(3).write(folder)));
    }

    @Test
    void differsWithEveryPartOfTheContent() throws IOException {
        String digest = digest(sample(ByteOrder.LITTLE_ENDIAN));
        GgufImatrixBuilder otherName = new GgufImatrixBuilder().entry("a", counts(3, 1), 1, 2, 3, 4)
                .entry("c", counts(2), 5).inSum("c", 1, -5);
        GgufImatrixBuilder otherCount = new GgufImatrixBuilder().entry("a", counts(3, 2), 1, 2, 3, 4)
                .entry("b", counts(2), 5).inSum("b", 1, -5);
        GgufImatrixBuilder otherSquare = new GgufImatrixBuilder().entry("a", counts(3, 1), 1, 2, 3, Math.nextUp(4f))
                .entry("b", counts(2), 5).inSum("b", 1, -5);
        GgufImatrixBuilder otherSum = new GgufImatrixBuilder().entry("a", counts(3, 1), 1, 2, 3, 4)
                .entry("b", counts(2), 5).inSum("b", 1, 5);
        GgufImatrixBuilder withoutSum = new GgufImatrixBuilder().entry("a", counts(3, 1), 1, 2, 3, 4)
                .entry("b", counts(2), 5);
        GgufImatrixBuilder fewerEntries = new GgufImatrixBuilder().entry("a", counts(3, 1), 1, 2, 3, 4);
        for (GgufImatrixBuilder other : List.of(otherName, otherCount, otherSquare, otherSum, withoutSum,
                fewerEntries)) {
            assertNotEquals(digest, digest(other));
        }
    }

    private static GgufImatrixBuilder sample(ByteOrder order) {
        return new GgufImatrixBuilder(order).entry("a", counts(3, 1), 1, 2, 3, 4).entry("b", counts(2), 5).inSum("b",
                1, -5);
    }

    private String digest(GgufImatrixBuilder file) throws IOException {
        return digest(file.write(folder));
    }

    private static String digest(Path file) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return ContentDigest.of(imatrix, ContentDigest.Algorithm.MURMUR3, 2).hex();
        }
    }

    private static String sha256(Path file) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return ContentDigest.sha256(imatrix, 2);
        }
    }

    private static long[] hash(ByteBuffer bytes, int seed) {
        return MurmurHash3.hash128x64(bytes.array(), 0, bytes.position(), seed);
    }

    private static long[] sum(long[] a, long[] b) {
        return new long[]{a[0] + b[0], a[1] + b[1]};
    }

    private static String hex(long[] hash) {
        return HexFormat.of().formatHex(littleEndian(16).putLong(hash[0]).putLong(hash[1]).array());
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static float[] counts(float... counts) {
        return counts;
    }
}
