package org.imatrixstats.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.scan.Partition;

/**
 * Gives the same answer as {@link RankKernel}, to the bit, for columns that the memory has no room for all at once.
 *
 * <p>The keys of all means are counted by their highest bits. That cuts them into windows of as many columns as there is room
 * for; a window of too many is counted again by the bits that follow. Window after window is read, sorted, and ranked. The
 * ranks in A go to a temporary file, which is written and read in order: first by windows, into parts of as many columns as there
 * is room for, then part by part by column. There the windows of B find them.
 */
final class LargeRankKernel {
    private static final int BYTES_PER_COLUMN = 6 * Long.BYTES;
    /** Bits of a key that are counted at a time. */
    private static final int COUNTED_BITS = 16;
    private static final int KEY_BITS = 64;
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final float[] buffer = new float[Partition.BLOCK];
    private final int room;
    /** Of the columns of a window, in the order of the file, and their ranks in A. */
    private long[] columns = {};
    private long[] ranksInA = {};
    /** The keys, each with its place among the columns; in the order of the file, then sorted. */
    private long[] keys = {};
    private long[] places = {};
    private long[] otherKeys = {};
    private long[] otherPlaces = {};
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
         * @param column  one of the columns, which come in their order
         * @param rankInA its rank in A, once that is known
         * @param start  how many columns have a smaller mean
         * @param number its place among those of the same mean
         * @param alike  how many have the same mean
         */
        void take(long column, long rankInA, long start, long number, long alike) throws IOException;
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

        /** How many columns whose mean is the smallest of the largest are among them. */
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
        final RankKernel.Scatter scatter = new RankKernel.Scatter(new ExactSum(), new ExactSum(), new ExactSum());
        long onePercent;
        long tenPercent;
    }

    /** The same as {@link RankKernel#of}. */
    RankAgreement of(TensorPair pair) throws IOException {
        long n = pair.elements();
        int place = (int) Math.min(room, n);
        if (keys.length < place) {
            columns = new long[place];
            ranksInA = new long[place];
            keys = new long[place];
            places = new long[place];
            otherKeys = new long[place];
            otherPlaces = new long[place];
        }
        Sums sums = new Sums();
        Top onePercent = new Top(n, 0.01);
        Top tenPercent = new Top(n, 0.10);
        Top oneOfB = new Top(n, 0.01);
        Top tenOfB = new Top(n, 0.10);
        try (Ranks ranks = new Ranks(pair, n, room)) {
            rank(pair, pair.sideA(), null, (column, _, start, number, alike) -> {
                long rank = rank(start, alike);
                long x = rank - (n - 1);
                sums.scatter.xx().addProduct(x, x);
                onePercent.see(column, start, number, alike);
                tenPercent.see(column, start, number, alike);
                ranks.add(column, rank);
            });
            ranks.order(ranksInA);
            rank(pair, pair.sideB(), ranks, (column, rankInA, start, number, alike) -> {
                long y = rank(start, alike) - (n - 1);
                sums.scatter.yy().addProduct(y, y);
                sums.scatter.xy().addProduct(rankInA - (n - 1), y);
                sums.onePercent += oneOfB.takes(start, number, alike) && onePercent.has(column, rankInA) ? 1 : 0;
                sums.tenPercent += tenOfB.takes(start, number, alike) && tenPercent.has(column, rankInA) ? 1 : 0;
            });
        }
        return new RankAgreement(sums.scatter.spearman(),
                RankAgreement.jaccard(sums.onePercent, onePercent.size),
                RankAgreement.jaccard(sums.tenPercent, tenPercent.size));
    }

    /** Twice the rank, from 0, that columns of the same mean share: an integer, as ranks may be halves. */
    private static long rank(long start, long alike) {
        return 2 * start + alike - 1;
    }

    // ---- windows

    /** @param ranks those in A; null while they are not known */
    private void rank(TensorPair pair, TensorPair.Side side, Ranks ranks, Ranked ranked) throws IOException {
        List<Window> windows = new ArrayList<>();
        cut(pair, side, new Window(0, Long.MAX_VALUE, pair.elements()), KEY_BITS - COUNTED_BITS, windows);
        long start = 0;
        for (Window window : windows) {
            if (window.size > room) {
                // All of one mean.
                long[] number = new long[1];
                long first = start;
                forEach(pair, side, window, (_, column) -> ranked.take(column, rankInA(ranks, column), first,
                        number[0]++, window.size));
            } else {
                size = 0;
                forEach(pair, side, window, (key, column) -> {
                    columns[size] = column;
                    ranksInA[size] = rankInA(ranks, column);
                    keys[size] = key;
                    places[size] = size;
                    size++;
                });
                sort();
                rankSorted(start, ranked);
            }
            start += window.size;
        }
    }

    private static long rankInA(Ranks ranks, long column) throws IOException {
        return ranks == null ? 0 : ranks.get(column);
    }

    private void rankSorted(long start, Ranked ranked) throws IOException {
        for (int from = 0, to; from < size; from = to) {
            to = from + 1;
            while (to < size && keys[to] == keys[from]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                int place = (int) places[i];
                ranked.take(columns[place], ranksInA[place], start + from, i - from, to - from);
            }
        }
    }

    /**
     * Cuts a window into ones that there is room for, or of one key.
     *
     * @param shift the lowest bit to count by; the keys of the window are alike in all bits above those that are counted
     */
    private void cut(TensorPair pair, TensorPair.Side side, Window whole, int shift, List<Window> windows)
            throws IOException {
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
        void take(long key, long column) throws IOException;
    }

    /** Gives the columns of a window in their order. Which these are is told by the sums: a key grows with its sum. */
    private void forEach(TensorPair pair, TensorPair.Side side, Window window, KeyAndColumn each)
            throws IOException {
        long[] at = new long[1];
        pair.forEachSpan(buffer, side, (values, count, from, to) -> {
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

    /** Sorts the keys, each with its place; those of one key keep their order. */
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
            otherPlaces[place] = places[i];
        }
        long[] sortedKeys = otherKeys;
        long[] sortedPlaces = otherPlaces;
        otherKeys = keys;
        otherPlaces = places;
        keys = sortedKeys;
        places = sortedPlaces;
    }

    // ---- ranks by column

    /**
     * A number for each column, in a temporary file. The columns are cut into parts, each with a region of the file. Numbers are
     * added to the regions as they come; then each region is put in the order of its columns. The file is only written and read
     * in long pieces.
     */
    private static final class Ranks implements AutoCloseable {
        /** The place of a column in its part, and its rank. */
        private static final int RECORD = Integer.BYTES + Long.BYTES;
        private static final int PIECE = 1 << 12;
        private static final int MOST_PARTS = 1 << 10;
        /** For the pieces of all parts, of 64 records at least. */
        private static final int PIECES_BYTES = 1 << 22;
        private static final int LEAST_PIECE = 64;

        private final TensorPair pair;
        private final long n;
        private final int columnsOfPart;
        private final FileChannel channel;
        private final ByteBuffer[] pieces;
        private final long[] ends;
        private final ByteBuffer read = ByteBuffer.allocate(PIECE * Long.BYTES);
        private long firstRead = -1;

        Ranks(TensorPair pair, long n, int room) throws IOException {
            this.pair = pair;
            this.n = n;
            this.columnsOfPart = (int) Math.min(Integer.MAX_VALUE / 2, Math.max(room, n / MOST_PARTS + 1));
            int parts = (int) ((n + columnsOfPart - 1) / columnsOfPart);
            this.pieces = new ByteBuffer[parts];
            this.ends = new long[parts];
            int records = Math.clamp((long) PIECES_BYTES / RECORD / parts, LEAST_PIECE, PIECE);
            for (int part = 0; part < parts; part++) {
                pieces[part] = ByteBuffer.allocate(records * RECORD);
                ends[part] = region(part);
            }
            try {
                channel = FileChannel.open(Files.createTempFile("imatrix-stats-", ".ranks"), StandardOpenOption.READ,
                        StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            } catch (IOException e) {
                throw failure(e);
            }
        }

        private IOException failure(IOException e) {
            return new IOException(pair.fileA() + ": tensor '" + pair.name() + "': its ranks need " + n * RECORD
                    + " bytes in the temporary folder " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage()
                    + " (TMPDIR names another folder)", e);
        }

        private long region(int part) {
            return (long) part * columnsOfPart * RECORD;
        }

        void add(long column, long rank) throws IOException {
            int part = (int) (column / columnsOfPart);
            ByteBuffer piece = pieces[part];
            piece.putInt((int) (column % columnsOfPart)).putLong(rank);
            if (!piece.hasRemaining()) {
                write(part);
            }
        }

        private void write(int part) throws IOException {
            ends[part] = write(pieces[part].flip(), ends[part]);
            pieces[part].clear();
        }

        private long write(ByteBuffer bytes, long at) throws IOException {
            long end = at;
            try {
                while (bytes.hasRemaining()) {
                    end += channel.write(bytes, end);
                }
            } catch (IOException e) {
                throw failure(e);
            }
            return end;
        }

        /**
         * Puts the numbers in the order of the columns.
         *
         * @param ranks has room for a part, or is not used
         */
        void order(long[] ranks) throws IOException {
            long[] ordered = ranks.length >= columnsOfPart ? ranks : new long[columnsOfPart];
            ByteBuffer bytes = ByteBuffer.allocate(PIECE * RECORD);
            for (int part = 0; part < pieces.length; part++) {
                write(part);
                for (long at = region(part); at < ends[part]; at += bytes.limit()) {
                    fill(bytes.clear().limit((int) Math.min(bytes.capacity(), ends[part] - at)), at);
                    while (bytes.hasRemaining()) {
                        int place = bytes.getInt();
                        ordered[place] = bytes.getLong();
                    }
                }
                int columns = (int) Math.min(columnsOfPart, n - (long) part * columnsOfPart);
                for (int from = 0; from < columns; from += PIECE) {
                    bytes.clear();
                    for (int i = from; i < Math.min(columns, from + PIECE); i++) {
                        bytes.putLong(ordered[i]);
                    }
                    write(bytes.flip(), region(part) + (long) from * Long.BYTES);
                }
            }
        }

        private void fill(ByteBuffer bytes, long at) throws IOException {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, at + bytes.position()) < 0) {
                    throw failure(new IOException("the file is cut short"));
                }
            }
            bytes.flip();
        }

        /** Fast where columns are asked for in their order. */
        long get(long column) throws IOException {
            int part = (int) (column / columnsOfPart);
            int place = (int) (column % columnsOfPart);
            long first = column - place % PIECE;
            if (first != firstRead) {
                int columns = (int) Math.min(columnsOfPart, n - (long) part * columnsOfPart);
                int from = place - place % PIECE;
                fill(read.clear().limit(Math.min(PIECE, columns - from) * Long.BYTES),
                        region(part) + (long) from * Long.BYTES);
                firstRead = first;
            }
            return read.getLong(place % PIECE * Long.BYTES);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
