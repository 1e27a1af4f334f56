package org.imatrixstats.spectrum;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** What can be said about one matrix. Those of all singular values are undefined where windows alone were looked at. */
public enum SpectrumStatistic implements Figure<MatrixSpectrum> {
    RANK("rank", "rank", Unit.COUNT, "singular values above σ_max · max(rows, columns) · 2^−52", of(Spectrum::rank)), //
    RANK_F32("rank_f32", "rank f32", Unit.COUNT, "the same with 2^−23: what rounding to float32 leaves",
            of(Spectrum::rankF32)), //
    SPECTRAL_NORM("spectral_norm", "σ max", Unit.NUMBER, "largest singular value", of(Spectrum::norm)), //
    LAMBDA_MAX("lambda_max", "λ max", Unit.NUMBER, "its square; WeightWatcher prints this as the spectral norm",
            of(spectrum -> spectrum.norm() * spectrum.norm())), //
    FROBENIUS_SQ("frobenius_sq", "Σσ²", Unit.NUMBER, "sum of the squares of all singular values",
            of(Spectrum::frobeniusSquared)), //
    LOG_NORM("log_norm", "log norm", Unit.NUMBER, "log10 of that sum",
            of(spectrum -> Math.log10(spectrum.frobeniusSquared()))), //
    STABLE_RANK("stable_rank", "stable rank", Unit.NUMBER, "Σσ² / σ_max²",
            of(spectrum -> spectrum.entropy().stableRank())), //
    CONDITION("condition", "condition", Unit.NUMBER, "σ_max / σ_min; undefined without full rank",
            of(Spectrum::condition)), //
    ENTROPY("entropy", "entropy", Unit.NUMBER, "−Σ p ln p with p = σ² / Σσ², in nats",
            of(spectrum -> spectrum.entropy().entropy())), //
    ENTROPY_PUBLISHED("entropy_published", "entropy pub", Unit.NUMBER, "−Σ p ln(p + 1e-9), as FPrune prints it",
            of(spectrum -> spectrum.entropy().published())), //
    ENTROPY_NORMALIZED("entropy_normalized", "entropy / ln N", Unit.NUMBER, "entropy / ln of the smaller dimension",
            of(spectrum -> spectrum.entropy().entropy() / Math.log(spectrum.sigma().length))), //
    ENTROPY_BY_RANK("entropy_by_rank", "entropy / ln rank", Unit.NUMBER,
            "entropy / ln rank: WeightWatcher's matrix entropy",
            of(spectrum -> spectrum.rank() > 1
                    ? spectrum.entropy().entropy() / Math.log(spectrum.rank())
                    : Double.NaN)), //
    EFFECTIVE_RANK("effective_rank", "eff rank", Unit.NUMBER, "e^entropy",
            of(spectrum -> spectrum.entropy().effectiveRank())), //
    PARTICIPATION("participation", "participation", Unit.NUMBER, "(Σσ²)² / Σσ⁴", of(Spectrum::participation)), //
    ENTROPY_BASELINE("entropy_baseline", "baseline", Unit.NUMBER, "entropy of a Gaussian matrix of the shape",
            of(spectrum -> spectrum.entropy().baseline())), //
    ENTROPY_DEFICIT("entropy_deficit", "deficit", Unit.NUMBER, "baseline − entropy: how structured the matrix is",
            of(spectrum -> spectrum.entropy().deficit())), //
    EIGENVALUES_USED("eigenvalues_used", "used", Unit.COUNT, "eigenvalues that exponents are fitted to",
            of(Spectrum::rank)), //
    NONE_ALPHA("alpha.none.alpha", "α", Unit.NUMBER, "power-law exponent of the tail with the least KS distance",
            alpha(Estimator.NONE)), //
    NONE_D("alpha.none.D", "D", Unit.NUMBER, "its KS distance", law(Exponents::none, PowerLaw::distance)), //
    NONE_START("alpha.none.start", "start", Unit.COUNT, "where its tail starts, in ascending order",
            law(Exponents::none, PowerLaw::start)), //
    NONE_SIGMA("alpha.none.sigma", "α σ", Unit.NUMBER, "standard error (α − 1) / √n",
            law(Exponents::none, PowerLaw::sigma)), //
    NONE_GAP("alpha.none.gap", "gap", Unit.NUMBER, "second least D minus the least",
            law(Exponents::none, PowerLaw::gap)), //
    MID_ALPHA("alpha.xmin_mid.alpha", "α mid", Unit.NUMBER, "exponent of the upper half", alpha(Estimator.XMIN_MID)), //
    MID_D("alpha.xmin_mid.D", "D mid", Unit.NUMBER, "its KS distance", law(Exponents::mid, PowerLaw::distance)), //
    MID_START("alpha.xmin_mid.start", "start mid", Unit.COUNT, "where its tail starts",
            law(Exponents::mid, PowerLaw::start)), //
    MID_SIGMA("alpha.xmin_mid.sigma", "α mid σ", Unit.NUMBER, "its standard error",
            law(Exponents::mid, PowerLaw::sigma)), //
    PEAK_ALPHA("alpha.xmin_peak.alpha", "α peak", Unit.NUMBER,
            "exponent of the best tail near the peak of the histogram, as AlphaPruning publishes it",
            alpha(Estimator.XMIN_PEAK)), //
    PEAK_D("alpha.xmin_peak.D", "D peak", Unit.NUMBER, "its KS distance", law(Exponents::peak, PowerLaw::distance)), //
    PEAK_START("alpha.xmin_peak.start", "start peak", Unit.COUNT, "where its tail starts",
            law(Exponents::peak, PowerLaw::start)), //
    PEAK_SIGMA("alpha.xmin_peak.sigma", "α peak σ", Unit.NUMBER, "its standard error",
            law(Exponents::peak, PowerLaw::sigma)), //
    PEAK_GAP("alpha.xmin_peak.gap", "gap peak", Unit.NUMBER, "second least D minus the least",
            law(Exponents::peak, PowerLaw::gap)), //
    PEAK_X("alpha.xmin_peak.x_peak", "x peak", Unit.NUMBER, "the eigenvalue at the left edge of the fullest bin",
            law(Exponents::peak, PowerLaw::peak)), //
    LINEAR_ALPHA("alpha.xmin_peak_linear.alpha", "α linear", Unit.NUMBER,
            "the same with the lower limit that was meant", alpha(Estimator.XMIN_PEAK_LINEAR)), //
    LINEAR_D("alpha.xmin_peak_linear.D", "D linear", Unit.NUMBER, "its KS distance",
            law(Exponents::peakLinear, PowerLaw::distance)), //
    LINEAR_START("alpha.xmin_peak_linear.start", "start linear", Unit.COUNT, "where its tail starts",
            law(Exponents::peakLinear, PowerLaw::start)), //
    LINEAR_SIGMA("alpha.xmin_peak_linear.sigma", "α linear σ", Unit.NUMBER, "its standard error",
            law(Exponents::peakLinear, PowerLaw::sigma)), //
    LINEAR_GAP("alpha.xmin_peak_linear.gap", "gap linear", Unit.NUMBER, "second least D minus the least",
            law(Exponents::peakLinear, PowerLaw::gap)), //
    LINEAR_X("alpha.xmin_peak_linear.x_peak", "x linear", Unit.NUMBER, "as of the published one",
            law(Exponents::peakLinear, PowerLaw::peak)), //
    HALF_ALPHA("alpha.hill_half.alpha", "Hill ½", Unit.NUMBER, "Hill's estimate over the larger half",
            alpha(Estimator.HILL_HALF)), //
    HALF_K("alpha.hill_half.k", "k ½", Unit.COUNT, "how many eigenvalues that is", hill(Exponents::half)), //
    TENTH_ALPHA("alpha.hill_tenth.alpha", "Hill ⅒", Unit.NUMBER, "Hill's estimate over the largest tenth",
            alpha(Estimator.HILL_TENTH)), //
    TENTH_K("alpha.hill_tenth.k", "k ⅒", Unit.COUNT, "how many eigenvalues that is", hill(Exponents::tenth)), //
    FARMS_WINDOWS("farms.windows", "windows", Unit.COUNT, "windows of 128 × 128 in the matrix",
            matrix -> matrix.farms().windows()), //
    FARMS_WINDOWS_USED("farms.windows_used", "windows used", Unit.COUNT, "those of them that were looked at",
            matrix -> matrix.farms().windowsUsed()), //
    FARMS_USED("farms.eigenvalues_used", "FARMS used", Unit.COUNT, "their eigenvalues, pooled",
            matrix -> matrix.farms().used()), //
    FARMS_NONE("farms.none.alpha", "FARMS α", Unit.NUMBER, "exponent of the pool, the tail with the least KS distance",
            farms(Estimator.NONE)), //
    FARMS_MID("farms.xmin_mid.alpha", "FARMS mid", Unit.NUMBER, "exponent of the upper half of the pool",
            farms(Estimator.XMIN_MID)), //
    FARMS_PEAK("farms.xmin_peak.alpha", "FARMS peak", Unit.NUMBER, "exponent near the peak of the pool",
            farms(Estimator.XMIN_PEAK)), //
    FARMS_LINEAR("farms.xmin_peak_linear.alpha", "FARMS linear", Unit.NUMBER, "the same with the limit that was meant",
            farms(Estimator.XMIN_PEAK_LINEAR)), //
    FARMS_HALF("farms.hill_half.alpha", "FARMS ½", Unit.NUMBER, "Hill's estimate over the larger half of the pool",
            farms(Estimator.HILL_HALF)), //
    FARMS_TENTH("farms.hill_tenth.alpha", "FARMS ⅒", Unit.NUMBER,
            "Hill's estimate over the largest tenth of the pool: AlphaQ's exponent", farms(Estimator.HILL_TENTH)), //
    ALPHA_WEIGHTED_NONE("alpha_weighted_none", "α·log λ", Unit.NUMBER, "α · log10 λ_max",
            weighted(Estimator.NONE)), //
    LOG_ALPHA_NORM_NONE("log_alpha_norm_none", "log α norm", Unit.NUMBER, "log10 Σ λ^α", norm(Estimator.NONE)), //
    ALPHA_WEIGHTED_PEAK("alpha_weighted_xmin_peak", "α peak·log λ", Unit.NUMBER, "α · log10 λ_max of the peak",
            weighted(Estimator.XMIN_PEAK)), //
    LOG_ALPHA_NORM_PEAK("log_alpha_norm_xmin_peak", "log α peak norm", Unit.NUMBER, "log10 Σ λ^α of the peak",
            norm(Estimator.XMIN_PEAK)), //
    MP_SIGMA2("mp.sigma2", "MP σ²", Unit.NUMBER, "mean square of an element",
            edges(MarchenkoPastur::variance)), //
    MP_MINUS("mp.lambda_minus", "MP λ−", Unit.NUMBER, "lower edge of the eigenvalues of a random matrix",
            edges(MarchenkoPastur::minus)), //
    MP_PLUS("mp.lambda_plus", "MP λ+", Unit.NUMBER, "upper edge", edges(MarchenkoPastur::plus)), //
    MP_SPIKES("mp.spikes", "spikes", Unit.COUNT, "eigenvalues above the upper edge",
            edges(MarchenkoPastur::spikes)), //
    MP_NEAREST("mp.nearest", "MP nearest", Unit.NUMBER, "least |λ / λ+ − 1|", edges(MarchenkoPastur::nearest)), //
    BULK_SIGMA2("mp.bulk.sigma2", "bulk σ²", Unit.NUMBER, "the same after the spikes are taken out",
            bulk(MarchenkoPastur::variance)), //
    BULK_MINUS("mp.bulk.lambda_minus", "bulk λ−", Unit.NUMBER, "lower edge then", bulk(MarchenkoPastur::minus)), //
    BULK_PLUS("mp.bulk.lambda_plus", "bulk λ+", Unit.NUMBER, "upper edge then", bulk(MarchenkoPastur::plus)), //
    BULK_SPIKES("mp.bulk.spikes", "bulk spikes", Unit.COUNT, "eigenvalues above it", bulk(MarchenkoPastur::spikes)), //
    BULK_NEAREST("mp.bulk.nearest", "bulk nearest", Unit.NUMBER, "least |λ / λ+ − 1|",
            bulk(MarchenkoPastur::nearest));

    private final Definition<MatrixSpectrum> definition;

    SpectrumStatistic(String key, String header, Unit unit, String description,
            ToDoubleFunction<MatrixSpectrum> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static ToDoubleFunction<MatrixSpectrum> of(ToDoubleFunction<Spectrum> figure) {
        return matrix -> matrix.spectrum() == null ? Double.NaN : figure.applyAsDouble(matrix.spectrum());
    }

    private static ToDoubleFunction<MatrixSpectrum> alpha(Estimator estimator) {
        return matrix -> estimator.of(matrix.exponents());
    }

    private static ToDoubleFunction<MatrixSpectrum> farms(Estimator estimator) {
        return matrix -> estimator.of(matrix.farms().exponents());
    }

    private static ToDoubleFunction<MatrixSpectrum> law(Function<Exponents, PowerLaw> fit,
            ToDoubleFunction<PowerLaw> figure) {
        return matrix -> matrix.exponents() == null || fit.apply(matrix.exponents()) == null
                ? Double.NaN
                : figure.applyAsDouble(fit.apply(matrix.exponents()));
    }

    private static ToDoubleFunction<MatrixSpectrum> hill(Function<Exponents, Hill> fit) {
        return matrix -> matrix.exponents() == null || fit.apply(matrix.exponents()) == null
                ? Double.NaN
                : fit.apply(matrix.exponents()).k();
    }

    private static ToDoubleFunction<MatrixSpectrum> weighted(Estimator estimator) {
        return of(estimator, (alpha, spectrum) -> alpha * Math.log10(spectrum.norm() * spectrum.norm()));
    }

    private static ToDoubleFunction<MatrixSpectrum> norm(Estimator estimator) {
        return of(estimator, (alpha, spectrum) -> spectrum.logAlphaNorm(alpha));
    }

    @FunctionalInterface
    private interface OfExponent {
        double of(double alpha, Spectrum spectrum);
    }

    private static ToDoubleFunction<MatrixSpectrum> of(Estimator estimator, OfExponent figure) {
        return matrix -> {
            double alpha = estimator.of(matrix.exponents());
            return Double.isNaN(alpha) ? Double.NaN : figure.of(alpha, matrix.spectrum());
        };
    }

    private static ToDoubleFunction<MatrixSpectrum> edges(ToDoubleFunction<MarchenkoPastur> figure) {
        return of(spectrum -> spectrum.isZero() ? Double.NaN : figure.applyAsDouble(spectrum.marchenkoPastur()));
    }

    private static ToDoubleFunction<MatrixSpectrum> bulk(ToDoubleFunction<MarchenkoPastur> figure) {
        return of(spectrum -> spectrum.isZero() || spectrum.marchenkoPastur().bulk() == null
                ? Double.NaN
                : figure.applyAsDouble(spectrum.marchenkoPastur().bulk()));
    }

    @Override
    public Definition<MatrixSpectrum> definition() {
        return definition;
    }
}
