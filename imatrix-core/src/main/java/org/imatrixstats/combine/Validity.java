package org.imatrixstats.combine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.io.FormatException;

/** Refuses sums of x² that are NaN or infinite, or lets them pass and remembers the tensors. */
final class Validity {
    /** Where a value comes from that is not finite. */
    @FunctionalInterface
    interface Source {
        /** The file that holds such a value at this place; null if values that are finite add up to it. */
        String file(long value) throws FormatException;
    }

    private static final int NAMED = 3;

    private final boolean allow;
    private final Set<String> tensors = new TreeSet<>();

    Validity(boolean allow) {
        this.allow = allow;
    }

    /** Looks at values that are about to be written, which begin with value {@code from} of the tensor. */
    void require(Content.Part part, long from, float[] inSum2, int length, String output, Source source)
            throws FormatException {
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(inSum2[i])) {
                if (!allow) {
                    throw invalid(part, from + i, inSum2[i], output, source.file(from + i));
                }
                tensors.add(part.name());
                return;
            }
        }
    }

    private static InvalidValueException invalid(Content.Part part, long value, float square, String output,
            String file) {
        long columns = part.size() / part.counts().length;
        String place = "column " + value % columns
                + (part.counts().length > 1 ? " of expert " + value / columns : "");
        return file == null
                ? new InvalidValueException(output, part.name(), "the sum of x² in " + place
                        + " is beyond float32 (3.4e38): llama-quantize would stop there")
                : new InvalidValueException(file, part.name(), "the sum of x² in " + place + " is "
                        + (Float.isNaN(square) ? "NaN" : "infinite") + ": llama-quantize stops there");
    }

    /** What to say of the tensors that were let pass. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!tensors.isEmpty()) {
            warnings.add("NaN or infinite values in " + tensors.size() + (tensors.size() == 1 ? " tensor" : " tensors")
                    + ", at which llama-quantize stops: "
                    + tensors.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (tensors.size() > NAMED ? ", …" : ""));
        }
        return warnings;
    }
}
