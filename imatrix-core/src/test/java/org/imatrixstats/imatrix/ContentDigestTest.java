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
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentDigestTest {
    @TempDir
    Path folder;

    @Test
    void isWhatItsDescriptionSays() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] a = sha256.digest(littleEndian(4 + 2 * 8 + 8 + 4 * 4).putInt(2).putLong(3).putLong(0) // two experts
                .putLong(4).putFloat(1).putFloat(2).putFloat(3).putFloat(4).array());
        byte[] b = sha256.digest(littleEndian(4 + 8 + 8 + 4 + 4).putInt(1).putLong(16_777_216) //
                .putLong(1).putFloat(0.1f).putFloat(-5).array()); // sum of x², sum of x
        byte[] entries = littleEndian(4 + 1 + 32 + 4 + 2 + 32).putInt(1).put(utf8("a")).put(a).putInt(2)
                .put(utf8("é")).put(b).array();
        String expected = HexFormat.of().formatHex(sha256.digest(entries));

        assertEquals(expected, digest(new GgufImatrixBuilder().entry("é", counts(16_777_216), 0.1f).inSum("é", 1, -5)
                .entry("a", counts(3, 0), 1, 2, 3, 4)));
    }

    @Test
    void coversValuesBeyondTheFirstBlock() throws IOException, NoSuchAlgorithmException {
        int n = 40_000;
        ByteBuffer content = littleEndian(4 + 8 + 8 + 4 * n).putInt(1).putLong(2).putLong(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
            content.putFloat(i);
        }
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        String expected = HexFormat.of().formatHex(sha256
                .digest(littleEndian(4 + 1 + 32).putInt(1).put(utf8("a")).put(sha256.digest(content.array())).array()));
        assertEquals(expected, digest(new LegacyBuilder().entry("a", 2, values).write(folder)));
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
            return ContentDigest.of(imatrix, 2);
        }
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
