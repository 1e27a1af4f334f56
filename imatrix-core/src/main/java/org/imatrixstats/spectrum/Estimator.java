package org.imatrixstats.spectrum;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The power-law exponents of a spectrum, by how the tail is chosen. */
public enum Estimator {
    /** The tail with the least Kolmogorov–Smirnov distance, over all starts: WeightWatcher's fit. */
    NONE(exponents -> alpha(exponents.none())), //
    /** The upper half. */
    XMIN_MID(exponents -> alpha(exponents.mid())), //
    /** Near the peak of the histogram, as AlphaPruning and WeightWatcher publish it. */
    XMIN_PEAK(exponents -> alpha(exponents.peak())), //
    /** Near the peak, with the lower limit that was meant. */
    XMIN_PEAK_LINEAR(exponents -> alpha(exponents.peakLinear())), //
    /** Hill's estimate over the larger half: PL_Alpha_Hill of the AlphaPruning paper. */
    HILL_HALF(exponents -> alpha(exponents.half())), //
    /** Hill's estimate over the largest tenth, at least 10: AlphaQ. */
    HILL_TENTH(exponents -> alpha(exponents.tenth()));

    private final ToDoubleFunction<Exponents> alpha;

    Estimator(ToDoubleFunction<Exponents> alpha) {
        this.alpha = alpha;
    }

    private static double alpha(PowerLaw fit) {
        return fit == null ? Double.NaN : fit.alpha();
    }

    private static double alpha(Hill fit) {
        return fit == null ? Double.NaN : fit.alpha();
    }

    /** NaN where the spectrum has no such exponent. */
    public double of(Exponents exponents) {
        return exponents == null ? Double.NaN : alpha.applyAsDouble(exponents);
    }

    /** The key in JSON and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
