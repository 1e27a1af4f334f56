package org.imatrixstats.app.output.recipe;

import java.util.Locale;

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

    /** The loss of a recipe of this size by that of the mix. */
    double ratio() {
        return recipe / loss;
    }
}
