package org.imatrixstats.stats;

import java.util.stream.LongStream;

import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.numeric.Log2;

/**
 * How the tokens of a tensor spread over its experts.
 *
 * @param tokens per expert, in ascending order
 */
record ExpertLoad(long[] tokens) {
    /** An expert with less than this part of its fair share has seen too little to be measured. */
    static final double RARE = 0.01;

    static ExpertLoad of(ImatrixEntry entry) {
        long[] tokens = new long[entry.experts()];
        for (int expert = 0; expert < tokens.length; expert++) {
            tokens[expert] = entry.count(expert);
        }
        return new ExpertLoad(LongStream.of(tokens).sorted().toArray());
    }

    private double total() {
        return LongStream.of(tokens).sum();
    }

    /** Tokens that each expert would have seen if all were used alike. */
    double fairShare() {
        return total() / tokens.length;
    }

    /** −Σ q·log2 q / log2 n with q = tokens / total: 1 if all experts are used alike, 0 if one sees everything. */
    double entropyNormalized() {
        double total = total();
        double entropy = 0;
        for (long count : tokens) {
            if (count > 0) {
                entropy -= count / total * Log2.exact(count / total);
            }
        }
        return total > 0 ? entropy / Log2.exact(tokens.length) : Double.NaN;
    }

    /** Σ (2i − n − 1)·tokens_i / (n · total), i from 1 in ascending order; 0 if all are alike, (n − 1)/n if one has all. */
    double gini() {
        int n = tokens.length;
        double weighted = 0;
        for (int i = 0; i < n; i++) {
            weighted += (2.0 * (i + 1) - n - 1) * tokens[i];
        }
        return weighted / (n * total());
    }

    /** Experts that were reached, but by less than 1% of the fair share. */
    double rare() {
        double limit = RARE * fairShare();
        return limit == 0 ? Double.NaN : LongStream.of(tokens).filter(count -> count > 0 && count < limit).count();
    }
}
