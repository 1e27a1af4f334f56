package org.imatrixstats.app.output.compare;

import java.util.List;

import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;

/**
 * Several importance matrices compared.
 *
 * @param files  at least two
 * @param pairs  the first with each of the others
 * @param matrix the median of the Jensen-Shannon divergence of each with each, NaN where it is undefined; null for two files
 */
public record CompareReport(List<Input> files, List<Pair> pairs, double[][] matrix) {
    /** The key of the column that says which file exercises a kind more. */
    static final String MORE = "more";
    /** What the columns call the second file, in the last word of their headers. */
    private static final String SECOND = "B";

    /**
     * An open file.
     *
     * @param digest the fingerprint of what it holds; null in a format that does not show it
     */
    public record Input(Imatrix imatrix, ContentDigest digest) {
        String name() {
            return imatrix.name();
        }

        FileSummary summary() {
            return FileSummary.of(imatrix, digest);
        }
    }

    /**
     * Two files of these.
     *
     * @param a        number of the first, from 0
     * @param b        number of the second
     * @param selected the comparison of the selected tensors
     * @param channels the tensor whose channels are shown; null if none are
     * @param threads  how many threads to use for what is computed when it is asked for
     */
    public record Two(int a, int b, Comparison selected, PairStats channels, int threads) {
        String letterA() {
            return letter(a);
        }

        String letterB() {
            return letter(b);
        }

        boolean hasExperts() {
            return selected.tensors().stream().anyMatch(tensor -> tensor.pair().matrices() > 1);
        }
    }

    /**
     * Two files and what is to be shown of them.
     *
     * @param sheets   the selected rows and columns, by level
     * @param leftOut  rows of tensors or channels that a table leaves out, because nobody asked for so many
     * @param warnings what is wrong, one sentence each
     */
    public record Pair(Two two, List<Sheet<Two, ?>> sheets, int leftOut, List<String> warnings) {
    }

    Input a(Pair pair) {
        return files.get(pair.two.a);
    }

    Input b(Pair pair) {
        return files.get(pair.two.b);
    }

    /** With the letter of the second file in the headers. */
    static <R> Sheet<Two, R> lettered(Sheet<Two, R> sheet) {
        String letter = sheet.source().letterB();
        return sheet.withColumns(sheet.columns().stream()
                .map(column -> column.withHeader(column.header().replaceFirst(" " + SECOND + "$", " " + letter)))
                .map(column -> column.key().equals(MORE)
                        ? column.withText(text -> text.equals(SECOND) ? letter : text)
                        : column)
                .toList());
    }

    /** A letter for each file, as far as there are letters. */
    static String letter(int file) {
        return file < 26 ? String.valueOf((char) ('A' + file)) : "file " + (file + 1);
    }
}
