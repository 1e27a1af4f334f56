package org.imatrixstats.hostile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damage of the sorts that files suffer and attackers choose. The same seed does the same damage. */
final class Mutations {
    /** Numbers at the edges of what a parser may do with them. */
    private static final long[] EDGES = {0, 1, 2, 3, 7, 8, 13, 31, 32, 63, 64, 127, 128, 255, 256, 65535, 65536, 65537,
        -1,
        -2, 1L << 24, (1L << 30) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, 1L << 40, 1L << 60, 1L << 61,
        1L << 62, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final int[] FLOAT_EDGES = {0x7f800000, 0xff800000, 0x7fc00000, 0x80000000, 1, 0x7f7fffff, 0xbf800000,
        0x3f000000};

    private final SplittableRandom random;
    private final List<byte[]> seeds;

    Mutations(long seed, List<byte[]> seeds) {
        this.random = new SplittableRandom(seed);
        this.seeds = seeds;
    }

    /** One of the seeds with one to four damages. */
    byte[] next() {
        byte[] file = anySeed().clone();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            file = damaged(file);
        }
        return file;
    }

    private byte[] anySeed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] damaged(byte[] file) {
        if (file.length < 8) {
            return anySeed().clone();
        }
        int at = random.nextInt(file.length);
        ByteOrder order = random.nextInt(8) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer bytes = ByteBuffer.wrap(file).order(order);
        switch (random.nextInt(10)) {
            case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> file[at] = (byte) random.nextInt(256);
            case 2 -> bytes.putInt(Math.min(at, file.length - 4), (int) edge(file.length));
            case 3 -> bytes.putLong(Math.min(at, file.length - 8), edge(file.length));
            case 4 -> bytes.putInt(Math.min(at, file.length - 4) & -4, FLOAT_EDGES[random.nextInt(FLOAT_EDGES.length)]);
            case 5 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 6 -> {
                return Arrays.copyOf(file, at);
            }
            case 7 -> {
                return joined(file, at, file, Math.min(file.length, at + 1 + random.nextInt(64)));
            }
            case 8 -> {
                return joined(file, at, file, Math.max(0, at - random.nextInt(64)));
            }
            default -> {
                byte[] other = anySeed();
                return joined(file, at, other, random.nextInt(other.length));
            }
        }
        return file;
    }

    private long edge(int size) {
        return random.nextInt(4) == 0 ? size - 8 + random.nextInt(16) : EDGES[random.nextInt(EDGES.length)];
    }

    /** The start of one file and the rest of another. */
    private static byte[] joined(byte[] a, int end, byte[] b, int start) {
        byte[] joined = Arrays.copyOf(a, end + b.length - start);
        System.arraycopy(b, start, joined, end, b.length - start);
        return joined;
    }
}
