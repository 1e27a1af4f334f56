package org.imatrixstats.spectrum;

import java.util.function.DoublePredicate;

/**
 * The power-law exponents of one spectrum; each null where the tail is too short or flat.
 *
 * @param none       see {@link Estimator#NONE}, and so on
 * @param mid        see {@link Estimator#XMIN_MID}
 * @param peak       see {@link Estimator#XMIN_PEAK}
 * @param peakLinear see {@link Estimator#XMIN_PEAK_LINEAR}
 * @param half       see {@link Estimator#HILL_HALF}
 * @param tenth      see {@link Estimator#HILL_TENTH}
 */
public record Exponents(PowerLaw none, PowerLaw mid, PowerLaw peak, PowerLaw peakLinear, Hill half, Hill tenth) {
    private static final Exponents UNDEFINED = new Exponents(null, null, null, null, null, null);
    private static final int BINS = 100;
    private static final double BELOW_PEAK = 0.95;
    private static final double ABOVE_PEAK = 1.5;
    private static final int LEAST_TENTH = 10;
    private static final int LAW = 6;
    static final int NUMBERS = 4 * LAW + 2 * 2;

    /** @param e positive, ascending */
    static Exponents of(double[] e) {
        if (e.length < 2) {
            return UNDEFINED;
        }
        TailFit fit = new TailFit(e);
        double peak = peak(e);
        return new Exponents(fit.best(0, e.length - 1, Double.NaN), fit.at(e.length / 2),
                near(fit, e, peak, Math.log10(BELOW_PEAK * peak)), near(fit, e, peak, BELOW_PEAK * peak),
                hill(e, e.length / 2),
                hill(e, Math.clamp(Math.max(LEAST_TENTH, (int) (0.1 * e.length)), 1, e.length - 1)));
    }

    /**
     * @param low the published code gives the logarithm of the limit here, which is compared with values. The published
     *            exponents contain this slip
     */
    private static PowerLaw near(TailFit fit, double[] e, double peak, double low) {
        return Double.isNaN(peak)
                ? null
                : fit.best(first(e, x -> x >= low), Math.min(first(e, x -> x > ABOVE_PEAK * peak), e.length - 1), peak);
    }

    /** The first for which it holds; it holds for all after that. */
    private static int first(double[] e, DoublePredicate holds) {
        int low = 0;
        int high = e.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(e[middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The left edge of the first fullest bin of log10 e, by the rules of numpy.histogram; NaN if all are equal. */
    private static double peak(double[] e) {
        double least = Math.log10(e[0]);
        double most = Math.log10(e[e.length - 1]);
        if (least == most) {
            return Double.NaN;
        }
        double step = (most - least) / BINS;
        int fullest = 0;
        int before = 0;
        int count = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double right = least + (bin + 1) * step;
            int upTo = bin == BINS - 1 ? e.length : first(e, x -> Math.log10(x) >= right);
            if (upTo - before > count) {
                count = upTo - before;
                fullest = bin;
            }
            before = upTo;
        }
        return Math.pow(10, least + fullest * step);
    }

    private static Hill hill(double[] e, int k) {
        double reference = Math.log(e[e.length - 1 - k]);
        double sum = 0;
        for (int i = e.length - k; i < e.length; i++) {
            sum += Math.log(e[i]) - reference;
        }
        return sum > TailFit.FLAT * k ? new Hill(1 + k / sum, k) : null;
    }

    /** All numbers, NaN where there is no fit; {@link #ofNumbers} makes the same of them. */
    double[] numbers() {
        double[] numbers = new double[NUMBERS];
        int at = 0;
        for (PowerLaw law : new PowerLaw[]{none, mid, peak, peakLinear}) {
            double[] each = law == null
                    ? new double[]{Double.NaN, 0, 0, 0, 0, 0}
                    : new double[]{law.alpha(), law.distance(), law.start(), law.sigma(), law.gap(), law.peak()};
            System.arraycopy(each, 0, numbers, at, each.length);
            at += each.length;
        }
        for (Hill hill : new Hill[]{half, tenth}) {
            numbers[at++] = hill == null ? Double.NaN : hill.alpha();
            numbers[at++] = hill == null ? 0 : hill.k();
        }
        return numbers;
    }

    /** @param from where they start */
    static Exponents ofNumbers(double[] numbers, int from) {
        PowerLaw[] laws = new PowerLaw[4];
        int at = from;
        for (int i = 0; i < laws.length; i++, at += LAW) {
            laws[i] = Double.isNaN(numbers[at])
                    ? null
                    : new PowerLaw(numbers[at], numbers[at + 1], (int) numbers[at + 2], numbers[at + 3],
                            numbers[at + 4],
                            numbers[at + 5]);
        }
        Hill[] hills = new Hill[2];
        for (int i = 0; i < hills.length; i++, at += 2) {
            hills[i] = Double.isNaN(numbers[at]) ? null : new Hill(numbers[at], (int) numbers[at + 1]);
        }
        return new Exponents(laws[0], laws[1], laws[2], laws[3], hills[0], hills[1]);
    }
}
