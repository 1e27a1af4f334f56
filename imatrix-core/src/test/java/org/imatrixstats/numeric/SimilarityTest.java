package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.imatrixstats.io.FormatException;

class SimilarityTest {
    @Test
    void comparesTwoVectors() {
        // x = 1 2 3, y = 2 2 5: means 2 and 3, deviations -1 0 1 and -1 -1 2.
        Similarity similarity = of(new float[]{1, 2, 3}, new float[]{2, 2, 5});
        assertEquals(21 / Math.sqrt(14 * 33), similarity.cosineSimilarity(), 1e-15);
        assertEquals(Math.sqrt(5), similarity.l2Distance(), 1e-15);
        assertEquals(3 / Math.sqrt(2 * 6), similarity.pearson(), 1e-15);
        assertEquals(1, similarity.covariance(), 1e-15);
    }

    @Test
    void isOneOrMinusOneForMultiples() {
        Similarity same = of(new float[]{0.1f, 0.7f, 3}, new float[]{0.3f, 2.1f, 9});
        assertEquals(1, same.cosineSimilarity(), 1e-12);
        assertEquals(1, same.pearson(), 1e-12);
        Similarity opposite = of(new float[]{1, -2, 3}, new float[]{-2, 4, -6});
        assertEquals(-1, opposite.cosineSimilarity(), 1e-15);
        assertEquals(-1, opposite.pearson(), 1e-15);
    }

    @Test
    void neverLeavesTheRangeByRounding() {
        Similarity rounded = new Similarity(2, 1 + 1e-15, 1, 1, -1 - 1e-15, 1, 1, 0);
        assertEquals(1, rounded.cosineSimilarity());
        assertEquals(-1, rounded.pearson());
    }

    @Test
    void hasNoCosineWithAllZeroAndNoCorrelationWithAConstant() {
        Similarity zero = of(new float[]{0, 0}, new float[]{1, 2});
        assertEquals(Double.NaN, zero.cosineSimilarity());
        assertEquals(Double.NaN, zero.pearson());
        assertEquals(Math.sqrt(5), zero.l2Distance(), 1e-15);
        assertEquals(0, zero.covariance());

        Similarity constant = of(new float[]{0.1f, 0.1f, 0.1f}, new float[]{1, 2, 4});
        assertEquals(7 / Math.sqrt(3 * 21), constant.cosineSimilarity(), 1e-7);
        assertEquals(Double.NaN, constant.pearson());
    }

    @Test
    void isUndefinedWithoutColumnsAndWithBadValues() {
        for (Similarity undefined : List.of(Comoments.EMPTY.similarity(),
                of(new float[]{1, Float.NaN}, new float[]{1, 2}),
                of(new float[]{1, Float.POSITIVE_INFINITY}, new float[]{1, 2}),
                of(new float[]{1, 2}, new float[]{1, Float.NEGATIVE_INFINITY}))) {
            assertEquals(Double.NaN, undefined.cosineSimilarity());
            assertEquals(Double.NaN, undefined.l2Distance());
            assertEquals(Double.NaN, undefined.pearson());
            assertEquals(Double.NaN, undefined.covariance());
        }
    }

    @Test
    void doesNotOverflowForTheLargestAndSmallestFloats() {
        Similarity huge = of(new float[]{Float.MAX_VALUE, 0}, new float[]{Float.MAX_VALUE, 0});
        assertEquals(1, huge.cosineSimilarity(), 1e-15);
        Similarity tiny = of(new float[]{Float.MIN_VALUE, 0}, new float[]{Float.MIN_VALUE, Float.MIN_VALUE});
        assertEquals(Math.sqrt(0.5), tiny.cosineSimilarity(), 1e-15);
    }

    @Test
    void poolsSumsEachAboutItsOwnMeans() {
        Similarity pooled = Similarity.pool(List.of(new Similarity(2, 1, 2, 3, 4, 5, 6, 7),
                new Similarity(3, 10, 20, 30, 40, 50, 60, 70)));
        assertEquals(new Similarity(5, 11, 22, 33, 44, 55, 66, 77), pooled);
    }

    @Test
    void mergesPartsIntoTheWhole() {
        float[] x = {1, 5, 2, 8, 13, 0.5f, 7};
        float[] y = {3, 1, 4, 1, 5, 9, 2.5f};
        Similarity whole = of(x, y);
        for (int cut = 0; cut <= x.length; cut++) {
            Similarity similarity = part(x, y, 0, cut).merge(part(x, y, cut, x.length)).similarity();
            assertEquals(whole.n(), similarity.n());
            assertEquals(whole.cosineSimilarity(), similarity.cosineSimilarity(), 1e-14);
            assertEquals(whole.l2Distance(), similarity.l2Distance(), 1e-14);
            assertEquals(whole.pearson(), similarity.pearson(), 1e-14);
            assertEquals(whole.covariance(), similarity.covariance(), 1e-14);
        }
    }

    @Test
    void comomentsComeBackFromTheirBytes() throws IOException {
        Comoments comoments = part(new float[]{1, 5, 2}, new float[]{3, 1, 4}, 0, 3);
        assertEquals(comoments, Comoments.fromBytes(comoments.toBytes()));
        byte[] bytes = comoments.toBytes();
        bytes[0] = 0;
        assertEquals("comoments: version 0, expected 1",
                assertThrows(FormatException.class, () -> Comoments.fromBytes(bytes)).getMessage());
    }

    private static Similarity of(float[] x, float[] y) {
        return part(x, y, 0, x.length).similarity();
    }

    private static Comoments part(float[] x, float[] y, int from, int to) {
        return from == to ? Comoments.EMPTY : new Kernels().pairs(x, 1, y, 1, from, to);
    }
}
