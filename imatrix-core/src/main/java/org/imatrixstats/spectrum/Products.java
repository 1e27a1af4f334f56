package org.imatrixstats.spectrum;

/** Products of matrices stored row by row. The inner loops run along rows, so that the compiler uses vector instructions. */
final class Products {
    private static final int TILE = 512;

    private Products() {
    }

    /** Adds AᵀA to the upper triangle of a square matrix; A has {@code count} rows of n values. */
    static void addGram(double[] a, int count, int n, double[] gram) {
        for (int from = 0; from < n; from += TILE) {
            int to = Math.min(n, from + TILE);
            for (int k = 0; k < count; k += 8) {
                for (int i = 0; i < to; i++) {
                    addRows(gram, i * n, a, k, Math.min(count, k + 8), n, a, k * n + i, n, Math.max(from, i), to);
                }
            }
        }
    }

    /**
     * c = A·Bᵀ.
     *
     * @param a p rows of n values
     * @param b q rows of n values
     */
    static double[] timesTransposed(float[] a, int p, float[] b, int q, int n) {
        double[] product = new double[Math.multiplyExact(p, q)];
        // Eight columns of B at a time as rows.
        double[] right = new double[8 * q];
        double[] left = new double[8 * p];
        for (int k = 0; k < n; k += 8) {
            int depth = Math.min(8, n - k);
            for (int j = 0; j < q; j++) {
                for (int d = 0; d < depth; d++) {
                    right[d * q + j] = b[j * n + k + d];
                }
            }
            for (int i = 0; i < p; i++) {
                for (int d = 0; d < depth; d++) {
                    left[d * p + i] = a[i * n + k + d];
                }
            }
            for (int from = 0; from < q; from += TILE) {
                int to = Math.min(q, from + TILE);
                for (int i = 0; i < p; i++) {
                    addRows(product, i * q, right, 0, depth, q, left, i, p, from, to);
                }
            }
        }
        return product;
    }

    /** row[from, to) += Σ_k factor_k · rows[k][from, to), over up to eight k. */
    private static void addRows(double[] sum, int at, double[] rows, int firstRow, int lastRow, int width,
            double[] factors, int factor, int step, int from, int to) {
        if (lastRow - firstRow < 8) {
            for (int k = firstRow; k < lastRow; k++) {
                double c = factors[factor + (k - firstRow) * step];
                int row = k * width;
                for (int j = from; j < to; j++) {
                    sum[at + j] += c * rows[row + j];
                }
            }
            return;
        }
        int r0 = firstRow * width;
        int r1 = r0 + width;
        int r2 = r1 + width;
        int r3 = r2 + width;
        int r4 = r3 + width;
        int r5 = r4 + width;
        int r6 = r5 + width;
        int r7 = r6 + width;
        double c0 = factors[factor];
        double c1 = factors[factor + step];
        double c2 = factors[factor + 2 * step];
        double c3 = factors[factor + 3 * step];
        double c4 = factors[factor + 4 * step];
        double c5 = factors[factor + 5 * step];
        double c6 = factors[factor + 6 * step];
        double c7 = factors[factor + 7 * step];
        for (int j = from; j < to; j++) {
            sum[at + j] += c0 * rows[r0 + j] + c1 * rows[r1 + j] + c2 * rows[r2 + j] + c3 * rows[r3 + j]
                    + (c4 * rows[r4 + j] + c5 * rows[r5 + j] + c6 * rows[r6 + j] + c7 * rows[r7 + j]);
        }
    }

    /**
     * One step of a QR decomposition: the reflection that takes a column of the rows below R into its diagonal, applied to
     * all columns after it.
     *
     * @param r        upper triangle, n × n
     * @param rows     {@code count} rows of n values
     * @param products n values of working memory
     */
    static void reflect(double[] r, double[] rows, int count, int n, int column, double[] products) {
        int diagonal = column * n + column;
        double largest = Math.abs(r[diagonal]);
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(rows[i * n + column]));
        }
        if (largest == 0) {
            return;
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double x = rows[i * n + column] / largest;
            sum += x * x;
        }
        if (sum == 0) {
            return;
        }
        double top = r[diagonal] / largest;
        double norm = Math.copySign(Math.sqrt(top * top + sum), top);
        // v = (1, x / (top + norm)), H = I − τ v vᵀ
        double scale = 1 / (largest * (top + norm));
        double tau = (top + norm) / norm;
        System.arraycopy(r, column * n, products, 0, n);
        for (int i = 0; i < count; i++) {
            double v = rows[i * n + column] * scale;
            rows[i * n + column] = v;
            add(products, 0, v, rows, i * n, column + 1, n);
        }
        add(r, column * n, -tau, products, 0, column + 1, n);
        for (int i = 0; i < count; i++) {
            add(rows, i * n, -tau * rows[i * n + column], products, 0, column + 1, n);
        }
        r[diagonal] = -norm * largest;
    }

    private static void add(double[] sum, int at, double factor, double[] row, int start, int from, int to) {
        for (int j = from; j < to; j++) {
            sum[at + j] += factor * row[start + j];
        }
    }
}
