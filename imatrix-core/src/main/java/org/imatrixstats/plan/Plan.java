package org.imatrixstats.plan;

import java.util.List;
import java.util.stream.Stream;

/**
 * What llama-quantize will do, as its dry run says it.
 *
 * @param dialect        the program
 * @param options        what it was told
 * @param tensors        in the order in which the program takes them
 * @param needsImatrix   whether a tensor demands an importance matrix
 * @param missingImatrix tensors that demand an entry that is not there: all that demand one where there is none
 * @param warnings       silent effects
 */
public record Plan(Dialect dialect, QuantizeOptions options, List<PlannedTensor> tensors, boolean needsImatrix,
        List<String> missingImatrix, List<String> warnings) {
    private static final double MIB = 1024 * 1024;

    /**
     * Simulates one run of a program.
     *
     * @throws RefusedException if the program would refuse
     */
    public static Plan of(Dialect dialect, Model model, QuantizeOptions options) throws RefusedException {
        dialect.refuseWithoutImatrix(options);
        Simulation run = new Simulation(dialect, model, options);
        List<PlannedTensor> tensors = List.copyOf(run.tensors());
        return new Plan(dialect, options, tensors, run.needsImatrix(), run.missingEntries(),
                new PlanWarnings(dialect, model, options, tensors, run.missingEntries()).all());
    }

    /** The same without looking for warnings. */
    public static Plan ofTypes(Dialect dialect, Model model, QuantizeOptions options) throws RefusedException {
        return ofTypes(dialect, model, Sequence.of(dialect, model, options.fileOrder()), options);
    }

    static Plan ofTypes(Dialect dialect, Model model, Sequence sequence, QuantizeOptions options)
            throws RefusedException {
        dialect.refuseWithoutImatrix(options);
        Simulation run = new Simulation(dialect, model, sequence, options);
        List<PlannedTensor> tensors = List.copyOf(run.tensors());
        return new Plan(dialect, options, tensors, run.needsImatrix(), run.missingEntries(), List.of());
    }

    /** With more warnings before the others. */
    public Plan warned(List<String> others) {
        return new Plan(dialect, options, tensors, needsImatrix, missingImatrix,
                Stream.concat(others.stream(), warnings.stream()).toList());
    }

    /** Bytes of the data of all tensors. */
    public long quantBytes() {
        long bytes = 0;
        for (PlannedTensor tensor : tensors) {
            bytes += tensor.bytes();
        }
        return bytes;
    }

    /** The same in MiB, as the programs print it. */
    public double quantMib() {
        return quantBytes() / MIB;
    }

    /** Bits per weight: over the elements of all tensors. */
    public double bitsPerWeight() {
        return quantBytes() * 8.0 / tensors.stream().mapToLong(tensor -> tensor.source().elements()).sum();
    }

    /** How many tensors got another type than the wanted one for their shape. */
    public long fallbacks() {
        return tensors.stream().filter(PlannedTensor::fallback).count();
    }

    public PlannedTensor tensor(String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElse(null);
    }
}
