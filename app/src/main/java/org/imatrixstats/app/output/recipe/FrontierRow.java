package org.imatrixstats.app.output.recipe;

import java.util.Locale;

import org.imatrixstats.measure.KldPoint;

/**
 * A model of some size: a recipe, a standard mix, or one that was measured. NaN and null where a figure is not known.
 *
 * @param sort          what it is
 * @param name          of the mix or the measured model; null for a recipe
 * @param bytes         of the data of all tensors
 * @param bitsPerWeight over the elements of all tensors
 * @param loss          predicted
 * @param factor        the loss by that of the row before
 * @param recipe        the loss of a recipe of this size
 * @param measured      KL divergence
 * @param measuredError its standard error
 * @param knee          whether more bytes buy less from here on
 * @param types         of most weights
 */
record FrontierRow(Sort sort, String name, long bytes, double bitsPerWeight, double loss, double factor, double recipe,
        double measured, double measuredError, boolean knee, String types) {
    enum Sort {
        RECIPE, MIX, MEASURED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A model that was measured. */
    static FrontierRow of(KldPoint point, long elements, double recipe) {
        return new FrontierRow(Sort.MEASURED, point.name(), point.bytes(), point.bytes() * 8.0 / elements, Double.NaN,
                Double.NaN, recipe, point.result().kld(), point.result().kldError(), false, null);
    }

    /** Whether this is the standard mix that was measured. */
    boolean isMixOf(KldPoint point) {
        return sort == Sort.MIX && MeasuredModel.isMix(point.name(), point.bytes(), name, bytes);
    }

    FrontierRow with(KldPoint point) {
        return new FrontierRow(sort, name, bytes, bitsPerWeight, loss, factor, recipe, point.result().kld(),
                point.result().kldError(), knee, types);
    }

    /** The loss of a recipe of this size by that of the mix. */
    double ratio() {
        return recipe / loss;
    }
}
