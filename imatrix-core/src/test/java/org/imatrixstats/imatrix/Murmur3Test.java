package org.imatrixstats.imatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.apache.commons.codec.digest.MurmurHash3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Murmur3Test {
    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] random(int words) {
        byte[] bytes = new byte[words * Integer.BYTES];
        new Random(words).nextBytes(bytes);
        return bytes;
    }

    private static long[] expected(byte[] bytes, int seed) {
        return MurmurHash3.hash128x64(bytes, 0, bytes.length, seed);
    }

    /** Figures of the C implementation: github.com/PeterScott/murmur3, test.c. */
    @Test
    void agreesWithPublishedHashes() {
        assertArrayEquals(new long[]{0x81679d1a4cd95970L, 0x4bace33dbd92f878L}, new Murmur3(123).hash());
        Murmur3 hash = new Murmur3(123);
        for (int i = 0; i < 28; i += Integer.BYTES) {
            hash.add(words("xxxx".getBytes(StandardCharsets.US_ASCII)).getInt());
        }
        assertArrayEquals(new long[]{0xdbcf7463becf7e04L, 0xf66e73e07751664eL}, hash.hash());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 64, 65, 1000})
    void agreesWithCommonsCodec(int words) {
        byte[] bytes = random(words);
        for (int seed : new int[]{0, 1, 123, -1}) {
            Murmur3 hash = new Murmur3(seed);
            for (ByteBuffer rest = words(bytes); rest.hasRemaining();) {
                hash.add(rest.getInt());
            }
            assertArrayEquals(expected(bytes, seed), hash.hash());
        }
    }

    /** NaN with any bits, too. */
    @Test
    void hashesTheBitsOfFloatsAddedInPieces() {
        byte[] bytes = random(1000);
        float[] floats = new float[1000];
        words(bytes).asFloatBuffer().get(floats);
        for (int piece : new int[]{1, 3, 4, 7, 500, 1000}) {
            Murmur3 hash = new Murmur3(7);
            for (int from = 0; from < 1000; from += piece) {
                hash.add(floats, from, Math.min(1000, from + piece));
            }
            assertArrayEquals(expected(bytes, 7), hash.hash(), piece + " at a time");
        }
    }

    @Test
    void addsLongsLowWordFirst() {
        Murmur3 hash = new Murmur3(0);
        hash.add(0x0123456789abcdefL);
        assertArrayEquals(expected(words(new byte[8]).putLong(0x0123456789abcdefL).array(), 0), hash.hash());
    }
}
