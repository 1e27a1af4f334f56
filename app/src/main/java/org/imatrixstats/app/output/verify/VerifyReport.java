package org.imatrixstats.app.output.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.quantize.VerifiedTensor.Outcome;
import org.imatrixstats.quantize.VerifiedTensor;

/**
 * What {@code verify} found.
 *
 * @param model    the model that was quantized, as the user named it
 * @param file     the quantized file, likewise
 * @param imatrix  the importance matrix; null without one
 * @param planned  whether the types were compared with those of a plan
 * @param tensors  in the order of the file
 */
public record VerifyReport(String model, String file, String imatrix, boolean planned, List<VerifiedTensor> tensors) {
    /** Whether the file holds what the inputs give. */
    public boolean equal() {
        return tensors.stream().allMatch(tensor -> tensor.outcome() == Outcome.EQUAL);
    }

    long count(Outcome outcome) {
        return tensors.stream().filter(tensor -> tensor.outcome() == outcome).count();
    }

    /** One sentence. */
    String verdict() {
        if (equal()) {
            return "equal: all " + Numbers.count(tensors.size(), "tensor") + " hold what the inputs give";
        }
        return "different: " + Stream.of(Outcome.values()).filter(outcome -> count(outcome) > 0)
                .map(outcome -> Numbers.grouped(count(outcome)) + " " + outcome.label())
                .collect(Collectors.joining(", "));
    }

    /** What the differences mean and what to do. */
    List<String> advice() {
        List<String> advice = new ArrayList<>();
        if (count(Outcome.INVALID) > 0) {
            advice.add("Invalid blocks decode to NaN or infinities. Do not use this file. Quantize the model again.");
        }
        if (count(Outcome.OTHER_BYTES) > 0) {
            advice.add(
                    "Other bytes come from another importance matrix or none, from a build or program with other arithmetic, or"
                            + " from damage. Similar errors mean a sound file.");
        }
        if (!planned) {
            advice.add("Types were taken from the file. Give the base type and the rules to check them too.");
        }
        return advice;
    }
}
