package org.imatrixstats.spectrum;

/**
 * All singular values of a matrix. Figures are NaN where they are undefined, as most are of a matrix of zeros.
 *
 * @param rows    output rows
 * @param columns input columns
 * @param sigma   min(rows, columns) singular values, descending
 */
public record Spectrum(long rows, long columns, double[] sigma) {
    private static final double DOUBLE_EPSILON = 0x1p-52;
    private static final double FLOAT_EPSILON = 0x1p-23;

    public boolean isZero() {
        return sigma[0] == 0;
    }

    /** σ²: the eigenvalues of WᵀW that are not 0 by shape, descending. */
    public double[] eigenvalues() {
        return Entropy.squares(sigma);
    }

    /** Those above the rank tolerance, ascending; exponents are fitted to these. */
    double[] used() {
        int rank = rank();
        double[] used = new double[rank];
        for (int i = 0; i < rank; i++) {
            used[rank - 1 - i] = sigma[i] * sigma[i];
        }
        return used;
    }

    /** Singular values above σ_max · max(rows, columns) · 2^−52. */
    public int rank() {
        return above(DOUBLE_EPSILON);
    }

    /** The same with 2^−23: what rounding to float32 leaves. */
    public int rankF32() {
        return above(FLOAT_EPSILON);
    }

    private int above(double epsilon) {
        double tolerance = sigma[0] * Math.max(rows, columns) * epsilon;
        int count = 0;
        for (double each : sigma) {
            count += each > tolerance ? 1 : 0;
        }
        return count;
    }

    /** σ_max; NaN of zeros. */
    public double norm() {
        return isZero() ? Double.NaN : sigma[0];
    }

    /** Σσ²; NaN of zeros. */
    public double frobeniusSquared() {
        double sum = 0;
        for (int i = sigma.length - 1; i >= 0; i--) {
            sum += sigma[i] * sigma[i];
        }
        return isZero() ? Double.NaN : sum;
    }

    /** (Σσ²)² / Σσ⁴. */
    public double participation() {
        double squares = 0;
        for (int i = sigma.length - 1; i >= 0; i--) {
            double share = sigma[i] / sigma[0];
            squares += share * share * share * share;
        }
        double stable = frobeniusSquared() / sigma[0] / sigma[0];
        return stable * stable / squares;
    }

    /** σ_max / σ_min; NaN for a matrix without full rank. */
    public double condition() {
        return rank() == sigma.length && !isZero() ? sigma[0] / sigma[sigma.length - 1] : Double.NaN;
    }

    public Entropy entropy() {
        return Entropy.of(eigenvalues(), Entropy.gaussian(rows, columns));
    }

    /** Null of zeros. */
    public MarchenkoPastur marchenkoPastur() {
        return isZero() ? null : MarchenkoPastur.of(eigenvalues(), rows, columns, condition());
    }

    /** log10 Σ e^α over the eigenvalues above the rank tolerance. */
    public double logAlphaNorm(double alpha) {
        double sum = 0;
        for (double each : used()) {
            sum += Math.pow(each / (sigma[0] * sigma[0]), alpha);
        }
        return alpha * Math.log10(sigma[0] * sigma[0]) + Math.log10(sum);
    }
}
