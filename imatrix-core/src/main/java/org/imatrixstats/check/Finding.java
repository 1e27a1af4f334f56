package org.imatrixstats.check;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something found. A tensor has at most one finding of a code, which counts the cases and names the place of the first.
 *
 * @param code    what it is
 * @param tensor  where; null if it concerns the file as a whole
 * @param expert  the first expert concerned; empty if it concerns none in particular
 * @param column  the first column concerned, within its expert; empty if it concerns none in particular
 * @param details how much of it, as a sentence without a full stop
 */
public record Finding(FindingCode code, String tensor, OptionalInt expert, OptionalLong column, String details) {
    static Finding ofFile(FindingCode code, String details) {
        return ofTensor(code, null, details);
    }

    static Finding ofTensor(FindingCode code, String tensor, String details) {
        return new Finding(code, tensor, OptionalInt.empty(), OptionalLong.empty(), details);
    }

    static Finding ofExpert(FindingCode code, String tensor, int expert, String details) {
        return new Finding(code, tensor, OptionalInt.of(expert), OptionalLong.empty(), details);
    }

    public Severity severity() {
        return code.severity();
    }
}
