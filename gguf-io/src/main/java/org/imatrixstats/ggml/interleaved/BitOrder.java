package org.imatrixstats.ggml.interleaved;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;

/** Where each bit of a group of rows goes. */
final class BitOrder {
    static final int RUN = 5;
    final GgmlType type;
    final GgmlType packed;
    final int rows;
    final int columns;
    final int blockBytes;
    /** For each bit of the group: row · bits of a block + bit. */
    private final int[] source;
    int flip;
    SignCodes signs = SignCodes.NONE;

    /**
     * @param packed  the type with the same bits row by row
     * @param columns that lie together: one block of the type or several
     */
    BitOrder(GgmlType type, GgmlType packed, int rows, int columns) {
        this.type = type;
        this.packed = packed;
        this.rows = rows;
        this.columns = columns;
        blockBytes = columns / packed.blockSize() * packed.bytesPerBlock();
        source = new int[rows * 8 * blockBytes];
        Arrays.fill(source, -1);
    }

    BitOrder flip(int mask) {
        flip = mask;
        return this;
    }

    BitOrder signs(SignCodes codes) {
        signs = codes;
        return this;
    }

    /** Bits of the block of a row, from {@code from} on, go to the group, from {@code to} on. */
    void bits(int row, int from, int to, int count) {
        for (int i = 0; i < count; i++) {
            if (source[to + i] != -1) {
                throw new IllegalStateException(type.ggmlName() + ": bit " + (to + i) + " is taken");
            }
            source[to + i] = row * 8 * blockBytes + from + i;
        }
    }

    void bytes(int row, int from, int to, int count) {
        bits(row, 8 * from, 8 * to, 8 * count);
    }

    int[] runs() {
        int[] runs = new int[RUN * source.length];
        int length = 0;
        for (int bit = 0; bit < source.length;) {
            int end = bit + 1;
            while (end % 8 != 0 && source[end] == source[end - 1] + 1 && source[end] % 8 != 0) {
                end++;
            }
            runs[length++] = bit / 8;
            runs[length++] = bit % 8;
            runs[length++] = source[bit] / 8;
            runs[length++] = source[bit] % 8;
            runs[length++] = (1 << end - bit) - 1;
            bit = end;
        }
        return Arrays.copyOf(runs, length);
    }
}
