package org.imatrixstats.app.output.compare;

import java.util.List;

import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.imatrix.Imatrix;

/**
 * Several importance matrices compared.
 *
 * @param files  at least two
 * @param pairs  the first with each of the others
 * @param matrix the median of the Jensen-Shannon divergence of each with each, NaN where it is undefined; null for two files
 */
public record CompareReport(List<Input> files, List<Pair> pairs, double[][] matrix) {
    /**
     * An open file.
     *
     * @param digest the fingerprint of what it holds; null in a format that does not show it
     */
    public record Input(Imatrix imatrix, String digest) {
        String name() {
            return imatrix.name();
        }

        FileSummary summary() {
            return FileSummary.of(imatrix, digest);
        }
    }

    /**
     * Two files and what is to be shown of them.
     *
     * @param a        number of the first, from 0
     * @param b        number of the second
     * @param selected the comparison of the selected tensors
     * @param sheets   the selected rows and columns, by level
     * @param leftOut  rows of tensors or channels that a table leaves out, because nobody asked for so many
     * @param channels the tensor whose channels are shown; null if none are
     * @param warnings what is wrong, one sentence each
     */
    public record Pair(int a, int b, Comparison selected, List<Sheet<?>> sheets, int leftOut, String channels,
            List<String> warnings) {
    }

    Input a(Pair pair) {
        return files.get(pair.a);
    }

    Input b(Pair pair) {
        return files.get(pair.b);
    }

    /** A letter for each file, as far as there are letters. */
    static String letter(int file) {
        return file < 26 ? String.valueOf((char) ('A' + file)) : "file " + (file + 1);
    }
}
