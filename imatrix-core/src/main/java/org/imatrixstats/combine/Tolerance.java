package org.imatrixstats.combine;

/**
 * What is taken over although it should not be.
 *
 * @param fillers whether 1.0 in all columns of an expert that no row reached is data, as llama-imatrix has it
 * @param invalid whether sums of x² that are NaN or infinite are written, at which llama-quantize stops
 */
public record Tolerance(boolean fillers, boolean invalid) {
    /** Neither. */
    public static final Tolerance NONE = new Tolerance(false, false);
}
