package org.imatrixstats.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures weighted with an importance matrix, worked out by hand. */
class WeightedTest {
    private static final String UP = "blk.0.ffn_up_exps.weight";
    private static final String DOWN = "blk.0.ffn_down.weight";

    @TempDir
    Path folder;

    /** Three experts of two rows and two columns; no token reached the last. */
    @Test
    void eachExpertHasItsOwnImportance() throws IOException {
        MemoryModel model = new MemoryModel("model").with(UP, List.of(2L, 2L, 3L), 1, 2, 3, 4, 1, 1, 1, 1, 9, 9, 9, 9);
        Path imatrix = new GgufBuilder().text("general.type", "imatrix")
                .tensor(UP + ".in_sum2", List.of(2L, 3L), 2, 4, 8, 0, 0, 0)
                .tensor(UP + ".counts", List.of(1L, 3L), 2, 2, 0).write(folder.resolve("imatrix.gguf"));
        Weighted weighted = review(model, imatrix).weighted();
        // E[x²] is 1, 2 of the first expert and 4, 0 of the second. Σw = 6 + 8, Σwx = 16 + 8, Σwx² = 50 + 8.
        assertEquals(24 / 14.0, weighted.mean(), 1e-15);
        assertEquals(Math.sqrt(58), weighted.l2Norm(), 1e-14);
        assertEquals(Math.sqrt(58 / 14.0 - 24 * 24 / 196.0), weighted.stdDev(), 1e-14);
    }

    @Test
    void columnsThatStandOutTwiceAreNamed() throws IOException {
        MemoryModel model = new MemoryModel("model").with(DOWN, List.of(8L, 1L), 1, 10, -1, 1, 1, -1, 1, -10);
        Path imatrix = new GgufBuilder().text("general.type", "imatrix")
                .tensor(DOWN + ".in_sum2", List.of(8L, 1L), 1, 1, 1, 1, 1, 100, 1, 100)
                .tensor(DOWN + ".counts", List.of(1L, 1L), 1).write(folder.resolve("imatrix.gguf"));
        TensorReview review = review(model, imatrix);
        assertEquals(2, review.columnNorms().outliers());
        assertEquals(10, review.weighted().activations().maxOverMedian(), 1e-12);
        assertEquals(List.of(7), review.weighted().sharedOutliers());
    }

    @Test
    void matricesOfAnotherShapeAreNotUsed() throws IOException {
        MemoryModel model = new MemoryModel("model").with(DOWN, List.of(8L, 1L), 1, 1, 1, 1, 1, 1, 1, 1);
        Path imatrix = new GgufBuilder().text("general.type", "imatrix")
                .tensor(DOWN + ".in_sum2", List.of(4L, 1L), 1, 1, 1, 1).tensor(DOWN + ".counts", List.of(1L, 1L), 1)
                .write(folder.resolve("imatrix.gguf"));
        assertNull(review(model, imatrix).weighted());
    }

    private static TensorReview review(MemoryModel model, Path path) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(path)) {
            return ModelReview.of(model, new ReviewOptions(16, imatrix, 2, true), _ -> {
            }).tensors().getFirst();
        }
    }
}
