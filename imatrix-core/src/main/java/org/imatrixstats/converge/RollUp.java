package org.imatrixstats.converge;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.numeric.Median;

/**
 * One figure of several tensors, rolled up. Tensors for which it is undefined are left out.
 *
 * @param tensors how many are left
 * @param median  NaN of none
 * @param worst   the largest; NaN of none
 * @param of      the tensor that has the largest; null of none, or if that is 0
 */
public record RollUp(int tensors, double median, double worst, TensorName of) {
    static RollUp of(Collection<TensorConvergence> tensors, ToDoubleFunction<TensorConvergence> figure) {
        List<TensorConvergence> defined = tensors.stream()
                .filter(tensor -> !Double.isNaN(figure.applyAsDouble(tensor))).toList();
        double[] figures = defined.stream().mapToDouble(figure).toArray();
        TensorConvergence worst = null;
        for (TensorConvergence tensor : defined) {
            worst = worst == null || figure.applyAsDouble(tensor) > figure.applyAsDouble(worst) ? tensor : worst;
        }
        double largest = worst == null ? Double.NaN : figure.applyAsDouble(worst);
        return new RollUp(figures.length, Median.of(figures), largest, largest > 0 ? worst.name() : null);
    }
}
