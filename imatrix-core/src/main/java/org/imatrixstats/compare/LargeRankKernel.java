package org.imatrixstats.compare;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.io.FormatException;

/**
 * Gives the same answer as {@link RankKernel}, to the bit, for columns that the memory has no room for all at once.
 *
 * <p>The keys of all means are counted by their highest bits. That cuts them into windows of as many columns as there is room
 * for; a window of too many is counted again by the bits that follow. Window after window is read, sorted, and ranked. The
 * ranks in A go to a temporary file, by column; there the windows of B find them.
 */
final class LargeRankKernel {
    private static final int BYTES_PER_COLUMN = 4 * Long.BYTES;
    /** Bits of a key that are counted at a time. */
    private static final int COUNTED_BITS = 16;
    private static final int KEY_BITS = 64;
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;
    private static final int ZEROS = 1 << 20;

    private final TensorPair.Buffers buffers = new TensorPair.Buffers();
    private final int room;
    private long[] keys = {};
    private long[] columns = {};
    private long[] otherKeys = {};
    private long[] otherColumns = {};
    private int size;

    /** @param bytes memory that may be taken for columns; room for two columns is always taken */
    LargeRankKernel(long bytes) {
        this.room = Math.clamp(bytes / BYTES_PER_COLUMN, 2, 1 << 28);
    }

    /** Keys from the first on, up to the last, and how many columns have one. */
    private record Window(long first, long last, long size) {
    }

    /** Told of columns in the order of their means; equal ones at once. */
    private interface Ranked {
        /**
         * @param column one of the columns, which come in their order
         * @param start  how many columns have a smaller mean
         * @param number its place among those of the same mean
         * @param alike  how many have the same mean
         */
        void take(long column, long start, long number, long alike);
    }

    /** The largest columns of a file; of those with the mean of the least of them the ones that come first. */
    private static final class Top {
        private final long size;
        private final long least;
        private long leastRank;
        private long taken;
        private long lastTaken;

        Top(long n, double share) {
            size = (long) Math.ceil(share * n);
            least = n - size;
        }

        /** Of the columns of the mean where the largest begin, so many are among the largest. */
        void see(long column, long start, long number, long alike) {
            if (start <= least && least < start + alike) {
                leastRank = rank(start, alike);
                taken = start + alike - least;
                if (number == taken - 1) {
                    lastTaken = column;
                }
            }
        }

        boolean has(long column, long rank) {
            return rank > leastRank || rank == leastRank && column <= lastTaken;
        }

        /** Whether a column that is ranked now is among the largest. */
        boolean takes(long start, long number, long alike) {
            return start > least || start + alike > least && number < start + alike - least;
        }
    }

    /** Sums over both files. */
    private static final class Sums {
        double xx;
        double yy;
        double xy;
        long onePercent;
        long tenPercent;
    }

    /** The same as {@link RankKernel#of}. */
    RankKernel.Agreement of(TensorPair pair) throws IOException {
        long n = pair.elements();
        int place = (int) Math.min(room, n);
        if (keys.length < place) {
            keys = new long[place];
            columns = new long[place];
            otherKeys = new long[place];
            otherColumns = new long[place];
        }
        Sums sums = new Sums();
        Top onePercent = new Top(n, 0.01);
        Top tenPercent = new Top(n, 0.10);
        Top oneOfB = new Top(n, 0.01);
        Top tenOfB = new Top(n, 0.10);
        try (Ranks ranks = new Ranks(pair, n)) {
            rank(pair, pair.sideA(), (column, start, number, alike) -> {
                long rank = rank(start, alike);
                double x = rank - (n - 1);
                sums.xx += x * x;
                onePercent.see(column, start, number, alike);
                tenPercent.see(column, start, number, alike);
                ranks.set(column, rank);
            });
            rank(pair, pair.sideB(), (column, start, number, alike) -> {
                long inA = ranks.get(column);
                double x = inA - (n - 1);
                double y = rank(start, alike) - (n - 1);
                sums.yy += y * y;
                sums.xy += x * y;
                sums.onePercent += oneOfB.takes(start, number, alike) && onePercent.has(column, inA) ? 1 : 0;
                sums.tenPercent += tenOfB.takes(start, number, alike) && tenPercent.has(column, inA) ? 1 : 0;
            });
        }
        double spearman = sums.xx > 0 && sums.yy > 0
                ? Math.clamp(sums.xy / Math.sqrt(sums.xx * sums.yy), -1, 1)
                : Double.NaN;
        return new RankKernel.Agreement(spearman, jaccard(sums.onePercent, onePercent.size),
                jaccard(sums.tenPercent, tenPercent.size));
    }

    /** Twice the rank, from 0, that columns of the same mean share: an integer, as ranks may be halves. */
    private static long rank(long start, long alike) {
        return 2 * start + alike - 1;
    }

    private static double jaccard(long both, long size) {
        return both / (double) (2 * size - both);
    }

    // ---- windows

    private void rank(TensorPair pair, TensorPair.Side side, Ranked ranked) throws FormatException {
        List<Window> windows = new ArrayList<>();
        cut(pair, side, new Window(0, Long.MAX_VALUE, pair.elements()), KEY_BITS - COUNTED_BITS, windows);
        long start = 0;
        for (Window window : windows) {
            if (window.size > room) {
                // All of one mean.
                long[] number = new long[1];
                long first = start;
                forEach(pair, side, window, (_, column) -> ranked.take(column, first, number[0]++, window.size));
            } else {
                size = 0;
                forEach(pair, side, window, (key, column) -> {
                    keys[size] = key;
                    columns[size++] = column;
                });
                sort();
                rankSorted(start, ranked);
            }
            start += window.size;
        }
    }

    private void rankSorted(long start, Ranked ranked) {
        for (int from = 0, to; from < size; from = to) {
            to = from + 1;
            while (to < size && keys[to] == keys[from]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                ranked.take(columns[i], start + from, i - from, to - from);
            }
        }
    }

    /**
     * Cuts a window into ones that there is room for, or of one key.
     *
     * @param shift the lowest bit to count by; the keys of the window are alike in all bits above those that are counted
     */
    private void cut(TensorPair pair, TensorPair.Side side, Window whole, int shift, List<Window> windows)
            throws FormatException {
        if (whole.size <= room || whole.first == whole.last) {
            if (whole.size > 0) {
                windows.add(whole);
            }
            return;
        }
        int lowest = Math.max(0, shift);
        int bits = Math.min(COUNTED_BITS, shift + COUNTED_BITS);
        long[] sizes = new long[1 << bits];
        forEach(pair, side, whole, (key, _) -> sizes[(int) (key - whole.first >>> lowest)]++);
        long least = whole.first;
        long held = 0;
        for (int part = 0; part < sizes.length; part++) {
            long first = whole.first + ((long) part << lowest);
            if (held + sizes[part] > room && held > 0) {
                windows.add(new Window(least, first - 1, held));
                held = 0;
            }
            if (held == 0) {
                least = first;
            }
            if (sizes[part] > room) {
                cut(pair, side, new Window(first, first + (1L << lowest) - 1, sizes[part]), lowest - COUNTED_BITS,
                        windows);
            } else {
                held += sizes[part];
            }
        }
        if (held > 0) {
            windows.add(new Window(least, whole.last, held));
        }
    }

    private interface KeyAndColumn {
        void take(long key, long column);
    }

    /** Gives the columns of a window in their order. Which these are is told by the sums: a key grows with its sum. */
    private void forEach(TensorPair pair, TensorPair.Side side, Window window, KeyAndColumn each)
            throws FormatException {
        long[] at = new long[1];
        pair.forEachSpan(buffers, side, (values, count, from, to) -> {
            float least = leastSum(window.first, count);
            float beyond = window.last == Long.MAX_VALUE ? Float.POSITIVE_INFINITY : leastSum(window.last + 1, count);
            long column = at[0] - from;
            for (int i = from; i < to; i++) {
                if (values[i] >= least && values[i] < beyond) {
                    each.take(RankKernel.meanBits(values[i], count), column + i);
                }
            }
            at[0] += to - from;
        });
    }

    /** The smallest sum whose mean has a key that is not smaller; infinity if none has. */
    private static float leastSum(long key, double count) {
        int low = 0;
        int high = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (RankKernel.meanBits(Float.intBitsToFloat(middle), count) >= key) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return Float.intBitsToFloat(low);
    }

    // ---- sorting

    /** Sorts the keys, each with its column; those of one key keep their order. */
    private void sort() {
        long all = -1;
        long any = 0;
        for (int i = 0; i < size; i++) {
            all &= keys[i];
            any |= keys[i];
        }
        int[] ends = new int[DIGITS];
        for (int shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
            if (((all ^ any) >>> shift & DIGITS - 1) != 0) {
                sort(shift, ends);
            }
        }
    }

    private void sort(int shift, int[] ends) {
        Arrays.fill(ends, 0);
        for (int i = 0; i < size; i++) {
            ends[(int) (keys[i] >>> shift) & DIGITS - 1]++;
        }
        int start = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            int number = ends[digit];
            ends[digit] = start;
            start += number;
        }
        for (int i = 0; i < size; i++) {
            int place = ends[(int) (keys[i] >>> shift) & DIGITS - 1]++;
            otherKeys[place] = keys[i];
            otherColumns[place] = columns[i];
        }
        long[] sortedKeys = otherKeys;
        long[] sortedColumns = otherColumns;
        otherKeys = keys;
        otherColumns = columns;
        keys = sortedKeys;
        columns = sortedColumns;
    }

    // ---- ranks by column

    /** A number for each column, in a temporary file. */
    private static final class Ranks implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final FileChannel channel;
        private final MemorySegment ranks;
        private final boolean narrow;

        Ranks(TensorPair pair, long n) throws IOException {
            narrow = n <= 1L << 31;
            long bytes = n * (narrow ? Integer.BYTES : Long.BYTES);
            FileChannel opened = null;
            try {
                opened = FileChannel.open(Files.createTempFile("imatrix-stats-", ".ranks"), StandardOpenOption.READ,
                        StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
                takeRoom(opened, bytes);
                ranks = opened.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
                channel = opened;
            } catch (IOException e) {
                arena.close();
                if (opened != null) {
                    opened.close();
                }
                throw new IOException(pair.fileA() + ": tensor '" + pair.name() + "': its ranks need " + bytes
                        + " bytes in the temporary folder " + System.getProperty("java.io.tmpdir") + ": "
                        + e.getMessage()
                        + " (TMPDIR names another folder)", e);
            }
        }

        /** Writes all of it: a disk that is full is an error here, and the end of the process in mapped memory. */
        private static void takeRoom(FileChannel channel, long bytes) throws IOException {
            ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
            for (long left = bytes; left > 0; left -= zeros.limit()) {
                zeros.clear().limit((int) Math.min(ZEROS, left));
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
            }
        }

        void set(long column, long rank) {
            if (narrow) {
                ranks.setAtIndex(ValueLayout.JAVA_INT, column, (int) rank);
            } else {
                ranks.setAtIndex(ValueLayout.JAVA_LONG, column, rank);
            }
        }

        long get(long column) {
            return narrow
                    ? Integer.toUnsignedLong(ranks.getAtIndex(ValueLayout.JAVA_INT, column))
                    : ranks.getAtIndex(ValueLayout.JAVA_LONG, column);
        }

        @Override
        public void close() throws IOException {
            arena.close();
            channel.close();
        }
    }
}
