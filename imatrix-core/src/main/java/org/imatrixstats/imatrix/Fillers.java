package org.imatrixstats.imatrix;

import java.util.Arrays;
import java.util.BitSet;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/**
 * Experts that no row reached, in an entry with one count for all experts: llama-imatrix writes E[x²] = 1 in all
 * their columns, which is not data.
 */
public final class Fillers {
    /** The first values mostly tell. */
    private static final int FEW = 1 << 10;

    private Fillers() {
    }

    /**
     * The experts that hold the filler.
     *
     * @param experts how many there are: as many as the entry has counts, or any divisor of its size if it has one
     */
    public static BitSet of(Imatrix imatrix, ImatrixEntry entry, int experts) throws FormatException {
        BitSet fillers = new BitSet(experts);
        if (entry.experts() == 1 && experts > 1 && entry.count(0) > 0 && entry.size() > 0) {
            for (int expert = 0; expert < experts; expert++) {
                fillers.set(expert, isFiller(imatrix, entry, expert, entry.size() / experts));
            }
        }
        return fillers;
    }

    private static boolean isFiller(Imatrix imatrix, ImatrixEntry entry, int expert, long columns)
            throws FormatException {
        float one = entry.count(0);
        float[] values = new float[(int) Math.min(FEW, columns)];
        for (Block block : new Partition(0, expert, 1, columns).blocks(FEW)) {
            imatrix.inSum2(entry, block.start(), values, block.length());
            for (int i = 0; i < block.length(); i++) {
                if (values[i] != one) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The entry with a count for each expert, which is 0 for these; the entry itself if there are none. */
    public static ImatrixEntry leftOut(ImatrixEntry entry, BitSet fillers, int experts) {
        if (fillers.isEmpty()) {
            return entry;
        }
        long[] counts = new long[experts];
        Arrays.fill(counts, entry.count(0));
        fillers.stream().forEach(expert -> counts[expert] = 0);
        return new ImatrixEntry(entry.name(), entry.size(), counts, entry.inSum2Offset(), entry.inSumOffset());
    }
}
