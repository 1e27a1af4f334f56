package org.imatrixstats.combine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.imatrixstats.imatrix.Fillers;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.stats.ExpertCounts;

/** Leaves the fillers of experts that no row reached out of the entries of a file, or keeps them, and says so. */
final class LeftOut {
    private final Imatrix imatrix;
    private final boolean keep;
    private final ExpertCounts inferred;
    private final List<String> tensors = new ArrayList<>();

    /** @param keep whether they are kept as data, as llama-imatrix does */
    LeftOut(Imatrix imatrix, boolean keep) {
        this.imatrix = imatrix;
        this.keep = keep;
        this.inferred = new ExpertCounts(imatrix, OptionalInt.empty());
    }

    /** How many experts an entry has by what the file says; 1 if it does not say. */
    int experts(ImatrixEntry entry) {
        return inferred.of(entry).orElse(1);
    }

    /** The entry to work with. */
    ImatrixEntry of(ImatrixEntry entry, int experts) throws FormatException {
        BitSet fillers = fillers(entry, experts);
        return keep ? entry : Fillers.leftOut(entry, fillers, experts);
    }

    private BitSet fillers(ImatrixEntry entry, int experts) throws FormatException {
        boolean divides = experts > 1 && entry.size() % experts == 0;
        BitSet fillers = divides ? Fillers.of(imatrix, entry, experts) : new BitSet();
        if (!fillers.isEmpty()) {
            tensors.add(entry.name() + " (" + (fillers.cardinality() == 1 ? "expert " : "experts ")
                    + Ranges.of(fillers.stream()) + ")");
        }
        return fillers;
    }

    /** What to say of the entries so far. */
    Optional<String> warning() {
        return tensors.isEmpty()
                ? Optional.empty()
                : Optional.of(imatrix.name() + ": experts that no token reached hold 1.0 in every column in "
                        + tensors.size() + (tensors.size() == 1 ? " tensor, " : " tensors, such as ")
                        + tensors.getFirst()
                        + (keep
                                ? ": kept as if they were data, as llama-imatrix does"
                                : ": left out, they count as no data"));
    }
}
