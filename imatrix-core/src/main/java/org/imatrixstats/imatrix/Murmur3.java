package org.imatrixstats.imatrix;

/**
 * MurmurHash3_x64_128 of Austin Appleby over a stream of 32-bit words, each as four little-endian bytes. It finds equal
 * content, but does not protect against someone who makes other content with the same hash.
 *
 * @see <a href="https://github.com/aappleby/smhasher/wiki/MurmurHash3">MurmurHash3</a>
 */
final class Murmur3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final int BLOCK_WORDS = 4;

    private long h1;
    private long h2;
    private long words;
    /** Words of a block that is not full. */
    private final int[] pending = new int[BLOCK_WORDS];

    Murmur3(int seed) {
        h1 = h2 = Integer.toUnsignedLong(seed);
    }

    void add(int word) {
        pending[(int) words++ & BLOCK_WORDS - 1] = word;
        if ((words & BLOCK_WORDS - 1) == 0) {
            mix(both(pending[0], pending[1]), both(pending[2], pending[3]));
        }
    }

    void add(long number) {
        add((int) number);
        add((int) (number >>> Integer.SIZE));
    }

    /** Adds {@code v[from..to)}, bit for bit. */
    void add(float[] v, int from, int to) {
        int i = from;
        for (; i < to && (words & BLOCK_WORDS - 1) != 0; i++) {
            add(Float.floatToRawIntBits(v[i]));
        }
        int end = i + (to - i) / BLOCK_WORDS * BLOCK_WORDS;
        mix(v, i, end);
        words += end - i;
        for (i = end; i < to; i++) {
            add(Float.floatToRawIntBits(v[i]));
        }
    }

    private void mix(float[] v, int from, int to) {
        long a = h1;
        long b = h2;
        for (int i = from; i < to; i += BLOCK_WORDS) {
            a ^= mixed1(both(Float.floatToRawIntBits(v[i]), Float.floatToRawIntBits(v[i + 1])));
            a = (Long.rotateLeft(a, 27) + b) * 5 + 0x52dce729;
            b ^= mixed2(both(Float.floatToRawIntBits(v[i + 2]), Float.floatToRawIntBits(v[i + 3])));
            b = (Long.rotateLeft(b, 31) + a) * 5 + 0x38495ab5;
        }
        h1 = a;
        h2 = b;
    }

    private void mix(long k1, long k2) {
        h1 ^= mixed1(k1);
        h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= mixed2(k2);
        h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
    }

    private static long both(int low, int high) {
        return Integer.toUnsignedLong(low) | (long) high << Integer.SIZE;
    }

    private static long mixed1(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mixed2(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    /** Ends the stream: the two halves of its hash. */
    long[] hash() {
        int rest = (int) words & BLOCK_WORDS - 1;
        if (rest > 2) {
            h2 ^= mixed2(both(pending[2], 0));
        }
        if (rest > 0) {
            h1 ^= mixed1(both(pending[0], rest > 1 ? pending[1] : 0));
        }
        long bytes = words * Integer.BYTES;
        h1 ^= bytes;
        h2 ^= bytes;
        h1 += h2;
        h2 += h1;
        h1 = finished(h1);
        h2 = finished(h2);
        h1 += h2;
        h2 += h1;
        return new long[]{h1, h2};
    }

    private static long finished(long h) {
        long k = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        k = (k ^ k >>> 33) * 0xc4ceb9fe1a85ec53L;
        return k ^ k >>> 33;
    }
}
