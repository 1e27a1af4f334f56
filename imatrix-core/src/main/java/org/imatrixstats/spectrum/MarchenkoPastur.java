package org.imatrixstats.spectrum;

/**
 * Where the eigenvalues of a random matrix of this shape and variance would end (Marchenko and Pastur 1967).
 *
 * @param variance mean square of an element
 * @param minus    lower edge, variance · (√max − √min)²
 * @param plus     upper edge, variance · (√max + √min)²
 * @param spikes   eigenvalues above the upper edge
 * @param nearest  least |e / plus − 1|: how close the count is to another; NaN if the upper edge is 0
 * @param bulk     the same after the spikes are taken out, until their number stays; null for a matrix without a bulk
 */
public record MarchenkoPastur(double variance, double minus, double plus, int spikes, double nearest,
        MarchenkoPastur bulk) {
    /** What is worse conditioned has no bulk to speak of. */
    private static final double WORST_CONDITION = 1e7;

    /**
     * @param e         all eigenvalues, descending
     * @param condition σ_max / σ_min; NaN for a matrix without full rank
     */
    static MarchenkoPastur of(double[] e, long rows, long columns, double condition) {
        double big = Math.max(rows, columns);
        double small = Math.min(rows, columns);
        MarchenkoPastur all = of(e, sum(e, 0) / big / small, big, small);
        return condition <= WORST_CONDITION ? all.with(bulk(e, all, big, small)) : all;
    }

    private static MarchenkoPastur bulk(double[] e, MarchenkoPastur all, double big, double small) {
        MarchenkoPastur bulk = all;
        int before = -1;
        while (bulk.spikes != before && bulk.spikes < e.length) {
            before = bulk.spikes;
            bulk = of(e, sum(e, before) / (big * (small - before)), big, small);
        }
        return bulk;
    }

    private static MarchenkoPastur of(double[] e, double variance, double big, double small) {
        double minus = variance * square(Math.sqrt(big) - Math.sqrt(small));
        double plus = variance * square(Math.sqrt(big) + Math.sqrt(small));
        int spikes = 0;
        double nearest = Double.POSITIVE_INFINITY;
        for (double each : e) {
            spikes += each > plus ? 1 : 0;
            nearest = Math.min(nearest, Math.abs(each / plus - 1));
        }
        return new MarchenkoPastur(variance, minus, plus, spikes, plus > 0 ? nearest : Double.NaN, null);
    }

    private MarchenkoPastur with(MarchenkoPastur other) {
        return new MarchenkoPastur(variance, minus, plus, spikes, nearest, other);
    }

    private static double sum(double[] e, int from) {
        double sum = 0;
        for (int i = e.length - 1; i >= from; i--) {
            sum += e[i];
        }
        return sum;
    }

    private static double square(double x) {
        return x * x;
    }
}
