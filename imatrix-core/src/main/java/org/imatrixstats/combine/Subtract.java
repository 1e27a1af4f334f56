package org.imatrixstats.combine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.Fillers;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;

/** What is left of a merged or cumulative importance matrix without one of its parts. */
public final class Subtract {
    /** What adding float32 sums of several files may change of one of them; sums of other texts differ by far more. */
    private static final float MOST_ROUNDING = 1e-3f;

    private Subtract() {
    }

    /**
     * @param chunkSize tokens per chunk; empty to take that of the inputs
     * @throws ImatrixException if the part holds what the total does not. That a sum of the part is larger than that of the
     *                          total is found when it is written.
     */
    public static Content subtract(Imatrix total, Imatrix part, OptionalLong chunkSize, Tolerance tolerance,
            Imatrix.Format target) throws FormatException {
        OptionalLong size = ChunkSize.of(List.of(total, part), chunkSize, target);
        Input minuend = new Input(total, size.orElse(1));
        Input subtrahend = new Input(part, size.orElse(1));
        requireAllOf(subtrahend, minuend);
        List<String> warnings = new ArrayList<>(minuend.losses().toList());
        List<Content.Part> parts = new ArrayList<>();
        int withoutSums = 0;
        Validity validity = new Validity(tolerance.invalid());
        LeftOut ofTotal = new LeftOut(total, tolerance.fillers());
        for (ImatrixEntry stored : total.entries().values()) {
            int experts = ofTotal.experts(stored);
            ImatrixEntry entry = ofTotal.of(stored, experts);
            ImatrixEntry removed = part.entries().get(entry.name().name());
            ImatrixEntry less = tolerance.fillers()
                    ? removed
                    : withoutFillers(part, removed, stored, entry, experts);
            Difference difference = new Difference(minuend, entry, subtrahend, less, counts(minuend, entry, subtrahend,
                    less), validity);
            withoutSums += entry.hasInSum() && !difference.hasInSum() ? 1 : 0;
            parts.add(difference);
        }
        ofTotal.warning().ifPresent(warnings::add);
        if (withoutSums > 0) {
            warnings.add(
                    "sums of x (in_sum) of " + Count.of(withoutSums, "tensor") + " are dropped: " + subtrahend.file()
                            + " does not hold them");
        }
        if (parts.stream().allMatch(each -> Arrays.stream(each.counts()).allMatch(count -> count == 0))) {
            warnings.add("nothing is left of " + minuend.file());
        }
        return new Content(datasets(total, part, warnings), size, OptionalLong.empty(), total.origin().nextnLayers(),
                parts,
                warnings, validity::warnings);
    }

    /**
     * A total with one count for all experts holds the fillers of its parts, added to real data: they are taken out with
     * them. If it holds only fillers, or a count for each expert, the fillers of the part are ignored.
     */
    private static ImatrixEntry withoutFillers(Imatrix part, ImatrixEntry less, ImatrixEntry stored,
            ImatrixEntry total, int experts) throws FormatException {
        if (less == null) {
            return null;
        }
        BitSet fillers = Fillers.of(part, less, experts);
        for (int expert = 0; expert < experts && stored.experts() == 1; expert++) {
            if (total.count(total.experts() == 1 ? 0 : expert) > 0) {
                fillers.clear(expert);
            }
        }
        return Fillers.leftOut(less, fillers, experts);
    }

    private static void requireAllOf(Input part, Input total) throws ImatrixException {
        for (ImatrixEntry entry : part.imatrix().entries().values()) {
            ImatrixEntry of = total.entry(entry.name().name());
            if (of == null || of.size() != entry.size() || entry.experts() != 1 && of.experts() != entry.experts()) {
                throw new ImatrixException(part.imatrix().name(), entry.name().name(),
                        of == null ? "is not in " + total.file() : "has another size than in " + total.file());
            }
        }
    }

    private static List<String> datasets(Imatrix total, Imatrix part, List<String> warnings) {
        List<String> datasets = new ArrayList<>(total.origin().datasets());
        for (String dataset : part.origin().datasets()) {
            // A snapshot of a run has the dataset that the run goes on with.
            if (!datasets.remove(dataset)) {
                warnings.add("dataset '" + dataset + "' of " + part.name() + " is not among those of " + total.name());
            }
        }
        return datasets.isEmpty() ? total.origin().datasets() : datasets;
    }

    private static long[] counts(Input total, ImatrixEntry entry, Input part, ImatrixEntry less)
            throws ImatrixException {
        long[] counts = total.counts(entry);
        if (less == null) {
            return counts;
        }
        long[] gone = part.counts(less);
        for (int expert = 0; expert < counts.length; expert++) {
            // The count was added once for all experts.
            long rows = gone[gone.length == 1 ? 0 : expert];
            counts[expert] -= rows;
            if (counts[expert] < 0) {
                throw new ImatrixException(part.imatrix().name(), entry.name().name(), "has more rows (" + rows
                        + ", expert " + expert + ") than " + total.file() + ": it is not a part of it");
            }
        }
        return counts;
    }

    private record Difference(Input total, ImatrixEntry entry, Input part, ImatrixEntry less, long[] counts,
            Validity validity) implements Content.Part {
        @Override
        public boolean hasInSum() {
            return entry.hasInSum() && (less == null || less.hasInSum());
        }

        @Override
        public void inSum2(long from, float[] into, int length) throws FormatException {
            subtract(this::validSquares, from, into, length);
            for (int i = 0; i < length; i++) {
                if (into[i] < 0) {
                    throw noPart("has a larger sum of x² in column " + (from + i) + " than " + total.file());
                }
            }
        }

        @Override
        public void inSum(long from, float[] into, int length) throws FormatException {
            subtract(Input::inSum, from, into, length);
        }

        private void validSquares(Input input, ImatrixEntry of, long from, float[] into, int length)
                throws FormatException {
            input.inSum2(of, from, into, length);
            validity.require(this, from, into, length, input.file(), _ -> input.file());
        }

        private void subtract(Input.Values values, long from, float[] into, int length) throws FormatException {
            values.read(total, entry, from, into, length);
            float[] gone = new float[length];
            if (less != null) {
                values.read(part, less, from, gone, length);
            }
            for (int i = 0; i < length; i++) {
                boolean taken = less != null && less.count(expert(less, from + i)) > 0;
                if (counts[expert(entry, from + i)] > 0) {
                    into[i] -= taken ? gone[i] : 0;
                    continue;
                }
                if (taken && Math.abs(into[i] - gone[i]) > MOST_ROUNDING * Math.abs(gone[i])) {
                    throw noPart("has all rows but another sum in column " + (from + i) + " than " + total.file());
                }
                // Sums of no rows are none: neither what stands beside a count of 0 nor what rounding leaves.
                into[i] = 0;
            }
        }

        private ImatrixException noPart(String reason) {
            return new ImatrixException(part.imatrix().name(), name(), reason + ": it is not a part of it");
        }

        private static int expert(ImatrixEntry entry, long value) {
            return (int) (value / entry.columns());
        }
    }
}
