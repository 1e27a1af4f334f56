package org.imatrixstats.error;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.numeric.Ratio;
import org.imatrixstats.tensor.TensorInfo;

/**
 * What one type costs one tensor, or one expert of it.
 *
 * <p>The numerator and the denominator of a weighted figure of all experts are Σ f·(that of the expert), f the share of
 * the tokens that reached the expert. Experts without data count with 0 there. Unweighted figures take the experts
 * together as they are.
 *
 * @param tensor   the tensor
 * @param expert   the matrix, counted from 0; -1 for all of them together
 * @param type     the type
 * @param bytes    bytes of the tensor, or of the expert, in this type
 * @param matrices the sums of each matrix
 * @param shares   f of each matrix
 * @param rows     rows of the tensor, or of the expert
 */
public record TensorError(TensorInfo tensor, int expert, GgmlType type, long bytes, List<ErrorSums> matrices,
        List<Double> shares, long rows) {
    /** Rows that were read. */
    public long rowsRead() {
        return matrices.stream().mapToLong(ErrorSums::rows).sum();
    }

    /** E: Σ w(x−q)² / Σ wx², w = E[x²] of the column, 1 without an importance matrix. */
    public double relativeError() {
        return y(ErrorSums::weighted) / x(ErrorSums::weighted);
    }

    /** Σ (x−q)² / Σ x². */
    public double relativeErrorUnweighted() {
        return all().unweighted().value();
    }

    /** The mean part: Σ over rows of (Σ a(x−q))² / Σ wx², a = E[x] of the column; NaN where no E[x] is known. */
    public double meanError() {
        return y(ErrorSums::mean) / x(ErrorSums::mean);
    }

    /** The largest |x−q|. */
    public double maxError() {
        return all().maxError();
    }

    /** Σxq / √(Σx²·Σq²). */
    public double cosine() {
        return all().cosine();
    }

    /**
     * The standard error of {@link #relativeError} that comes from reading only some rows, by the ratio estimator with the
     * experts as strata (Cochran, Sampling Techniques, 6.11); 0 if all rows were read.
     */
    public double standardError() {
        double ratio = relativeError();
        long perMatrix = rows / matrices.size();
        double variance = 0;
        double scale = 0;
        for (int i = 0; i < matrices.size(); i++) {
            Ratio sums = matrices.get(i).weighted();
            double f = shares.get(i);
            if (f > 0) {
                scale += f * sums.x();
                variance += f * f * sums.variance(ratio, matrices.get(i).rows(), perMatrix);
            }
        }
        return scale == 0 ? Double.NaN : Math.sqrt(variance) / scale;
    }

    private ErrorSums all() {
        return matrices.stream().reduce(ErrorSums.EMPTY, ErrorSums::merge);
    }

    private double y(Function<ErrorSums, Ratio> figure) {
        return weighted(figure, Ratio::y);
    }

    private double x(Function<ErrorSums, Ratio> figure) {
        return weighted(figure, Ratio::x);
    }

    private double weighted(Function<ErrorSums, Ratio> figure,
            ToDoubleFunction<Ratio> part) {
        double sum = 0;
        for (int i = 0; i < matrices.size(); i++) {
            // An expert without data has no E[x]: it counts with 0, whatever its sums.
            if (shares.get(i) > 0) {
                sum += shares.get(i) * part.applyAsDouble(figure.apply(matrices.get(i)));
            }
        }
        return sum;
    }
}
