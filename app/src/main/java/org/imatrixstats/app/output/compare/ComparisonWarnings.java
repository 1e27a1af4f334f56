package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.Pairing;

/** What is wrong with a comparison. */
public final class ComparisonWarnings {
    /** Chunk counts that differ by more than this factor have means of very different accuracy. */
    private static final long OTHER_LENGTH = 4;
    /** With fewer chunks, the noise of the means looks like a difference. */
    private static final long FEW_CHUNKS = 10;

    private ComparisonWarnings() {
    }

    /** One sentence each. */
    public static List<String> of(Comparison comparison) {
        Pairing pairing = comparison.pairing();
        List<String> warnings = new ArrayList<>();
        if (comparison.same()) {
            warnings.add(comparison.isWhole()
                    ? "both files have the same content"
                    : "both files are equal in all compared tensors");
        } else {
            addLengths(pairing.a().origin().chunkCount(), pairing.b().origin().chunkCount(), warnings);
        }
        int tensors = Math.max(pairing.a().entries().size(), pairing.b().entries().size());
        int pairs = pairing.pairs().size();
        if (2 * pairs < tensors) {
            warnings.add("only " + pairs + " of " + tensors
                    + " tensors can be compared: check that both files belong to one model");
        }
        pairing.otherNames().forEach(names -> warnings.add("not compared, as they have other names: " + names));
        warnings.addAll(comparison.warnings());
        return warnings;
    }

    private static void addLengths(OptionalLong chunksA, OptionalLong chunksB, List<String> warnings) {
        if (chunksA.isPresent() && chunksB.isPresent()) {
            long few = Math.min(chunksA.getAsLong(), chunksB.getAsLong());
            long many = Math.max(chunksA.getAsLong(), chunksB.getAsLong());
            if (few < FEW_CHUNKS) {
                warnings.add(
                        "one file was made from only " + few + (few == 1 ? " chunk" : " chunks")
                                + ": a run this short is noisy, and noise looks like a difference");
            } else if (many / few >= OTHER_LENGTH) {
                warnings.add(few + " chunks against " + many
                        + ": part of the difference is noise of the shorter run");
            }
        }
    }
}
