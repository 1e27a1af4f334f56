package org.imatrixstats.app.output.weights;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.weights.ModelReview;

/**
 * The review of a model and where it is from.
 *
 * @param architecture such as {@code llama}; null if the model does not say
 * @param imatrix      the importance matrix of the weighted figures; null without one
 */
public record WeightsReport(ModelReview review, String architecture, String imatrix) {
    /** The same without the figures of each expert, which are many. */
    public WeightsReport withoutExperts() {
        return new WeightsReport(review.withoutExperts(), architecture, imatrix);
    }

    /** In the order of PyTorch and numpy: rows before columns. */
    static List<Long> shape(TensorInfo tensor) {
        return tensor.dims().reversed();
    }

    static String shapeText(TensorInfo tensor) {
        return shape(tensor).stream().map(String::valueOf).collect(Collectors.joining(" × "));
    }

    static String type(TensorInfo tensor) {
        return tensor.type().label().toUpperCase(Locale.ROOT);
    }
}
