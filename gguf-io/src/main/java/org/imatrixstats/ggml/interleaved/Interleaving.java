package org.imatrixstats.ggml.interleaved;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.imatrixstats.ggml.GgmlType;

/**
 * The order in which a row-interleaved type stores the bits of a type that stores row by row. Each group of rows has
 * first the scales of the rows, if the type has such, then for each block of columns the bits of the blocks of all
 * rows:
 *
 * <pre>
 * row by row:   | scale 0 | block 0,0 | block 0,1 | ...   | scale 1 | block 1,0 | block 1,1 | ...   and so on
 *
 * interleaved:  | scale 0 | scale 1 | ... | blocks 0,0 1,0 ... | blocks 0,1 1,1 ... | ...
 * </pre>
 *
 * Bits are counted from the lowest of the first byte. Both directions go by the same table.
 */
public final class Interleaving {
    private static final Map<GgmlType, Interleaving> ORDERS = new ConcurrentHashMap<>();

    private final GgmlType packed;
    private final int rows;
    private final int columns;
    private final int blockBytes;
    private final int flip;
    private final SignCodes signs;
    /** Runs of bits that stay together: byte and shift in the group, row, byte and shift in the block, mask. */
    private final int[] runs;

    private Interleaving(BitOrder order) {
        packed = order.packed;
        rows = order.rows;
        columns = order.columns;
        blockBytes = order.blockBytes;
        flip = order.flip;
        signs = order.signs;
        runs = order.runs();
    }

    /** The type whose bits this one holds in another order; null if there is none. */
    public static GgmlType packed(GgmlType type) {
        return Layouts.packed(type);
    }

    /** @throws IllegalArgumentException if {@link #packed(GgmlType)} is null */
    public static Interleaving of(GgmlType type) {
        return ORDERS.computeIfAbsent(type, t -> new Interleaving(Layouts.of(t)));
    }

    /** Rows in a group. */
    public int rows() {
        return rows;
    }

    /** Takes rows of the packed type and gives them as rows of the interleaved type; as many bytes. */
    public void pack(byte[] from, int offset, int rowCount, int columnCount, byte[] into, int at) {
        move(from, offset, rowCount, columnCount, into, at, true);
    }

    /** Takes rows of the interleaved type and gives them as rows of the packed type; as many bytes. */
    public void unpack(byte[] from, int offset, int rowCount, int columnCount, byte[] into, int at) {
        move(from, offset, rowCount, columnCount, into, at, false);
    }

    private void move(byte[] from, int offset, int rowCount, int columnCount, byte[] into, int at, boolean isPacking) {
        if (rowCount % rows != 0) {
            throw new IllegalArgumentException(rowCount + " rows are not whole groups of " + rows);
        }
        int rowBytes = Math.toIntExact(packed.rowBytes(columnCount));
        int scaleBytes = packed.bytesPerRow();
        byte[] plain = new byte[rows * blockBytes];
        byte[] group = new byte[rows * blockBytes];
        for (int first = 0; first < rowCount; first += rows) {
            int source = offset + first * rowBytes;
            int target = at + first * rowBytes;
            for (int row = 0; row < rows && scaleBytes > 0; row++) {
                int apart = row * rowBytes;
                int together = row * scaleBytes;
                System.arraycopy(from, source + (isPacking ? apart : together), into,
                        target + (isPacking ? together : apart), scaleBytes);
            }
            for (int block = 0; block < columnCount / columns; block++) {
                int together = rows * (scaleBytes + block * blockBytes);
                int apart = scaleBytes + block * blockBytes;
                if (isPacking) {
                    for (int row = 0; row < rows; row++) {
                        System.arraycopy(from, source + row * rowBytes + apart, plain, row * blockBytes, blockBytes);
                    }
                    pack(plain, group);
                    System.arraycopy(group, 0, into, target + together, group.length);
                } else {
                    System.arraycopy(from, source + together, group, 0, group.length);
                    unpack(group, plain);
                    for (int row = 0; row < rows; row++) {
                        System.arraycopy(plain, row * blockBytes, into, target + row * rowBytes + apart, blockBytes);
                    }
                }
            }
        }
    }

    private void pack(byte[] plain, byte[] group) {
        for (int row = 0; row < rows; row++) {
            signs.toPrefix(plain, row * blockBytes);
        }
        Arrays.fill(group, (byte) 0);
        for (int i = 0; i < runs.length; i += BitOrder.RUN) {
            int bits = plain[runs[i + 2]] >> runs[i + 3] & runs[i + 4];
            group[runs[i]] |= (byte) (bits << runs[i + 1]);
        }
        flip(group);
    }

    private void unpack(byte[] group, byte[] plain) {
        flip(group);
        Arrays.fill(plain, (byte) 0);
        for (int i = 0; i < runs.length; i += BitOrder.RUN) {
            int bits = group[runs[i]] >> runs[i + 1] & runs[i + 4];
            plain[runs[i + 2]] |= (byte) (bits << runs[i + 3]);
        }
        for (int row = 0; row < rows; row++) {
            signs.toParity(plain, row * blockBytes);
        }
    }

    /** Some types invert the highest bit of each quant, which makes it a signed number. */
    private void flip(byte[] group) {
        if (flip != 0) {
            for (int i = group.length - rows * (blockBytes - 2); i < group.length; i++) {
                group[i] ^= (byte) flip;
            }
        }
    }
}
