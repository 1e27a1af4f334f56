package org.imatrixstats.compare;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/** Gives the values of pairs, from the files or from memory: in the same spans, so that sums over them are the same to the bit. */
sealed interface PairValues {
    /** Gives the values of a part that both files have, in order. */
    void forEachSpan(TensorPair pair, Partition part, Span span) throws FormatException;

    /** Values of a matrix that has data in both files. */
    @FunctionalInterface
    interface Span {
        /**
         * @param a     sums of A; divided by {@code countA} they are E[x²]
         * @param b     sums of B, likewise
         * @param from  the first column of the span in both arrays
         * @param to    the column after the last
         * @param start where the first column stands among all values of the tensor
         */
        void take(float[] a, double countA, float[] b, double countB, int from, int to, long start)
                throws FormatException;
    }

    /** Reads them block by block. Each thread has its own. */
    final class FromFiles implements PairValues {
        private final float[] a = new float[Partition.BLOCK];
        private final float[] b = new float[Partition.BLOCK];

        @Override
        public void forEachSpan(TensorPair pair, Partition part, Span span) throws FormatException {
            for (Block block : part) {
                pair.sideA().read(block, a);
                pair.sideB().read(block, b);
                for (Block.Span row : block) {
                    int matrix = pair.numberInBoth(row.row());
                    if (matrix >= 0) {
                        span.take(a, pair.sideA().count(matrix), b, pair.sideB().count(matrix), row.from(), row.to(),
                                block.start() + row.from());
                    }
                }
            }
        }
    }

    /** Holds all columns of one pair that both files have: those of one matrix after the other. */
    final class InMemory implements PairValues {
        static final int BYTES_PER_COLUMN = 4 + 4;
        private float[] a = {};
        private float[] b = {};

        /** Takes the place of the pair before. The pair has fewer than 2³¹ elements. */
        void read(TensorPair pair) throws FormatException {
            int columns = Math.toIntExact(pair.elements());
            if (a.length < columns) {
                a = null;
                b = null;
                a = new float[columns];
                b = new float[columns];
            }
            pair.sideA().readAll(a);
            pair.sideB().readAll(b);
        }

        float[] a() {
            return a;
        }

        float[] b() {
            return b;
        }

        @Override
        public void forEachSpan(TensorPair pair, Partition part, Span span) throws FormatException {
            for (Block block : part) {
                for (Block.Span row : block) {
                    int matrix = pair.numberInBoth(row.row());
                    if (matrix >= 0) {
                        long start = block.start() + row.from();
                        int from = (int) (matrix * pair.columns() + start % pair.columns());
                        span.take(a, pair.sideA().count(matrix), b, pair.sideB().count(matrix), from,
                                from + row.length(), start);
                    }
                }
            }
        }
    }
}
