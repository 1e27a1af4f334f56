package org.imatrixstats.combine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;

/** One importance matrix of several: sums and counts added, as if all texts had been one. */
public final class Merge {
    /** What to do with a tensor that not all inputs have. */
    public enum Missing {
        KEEP, DROP, ERROR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param chunkSize tokens per chunk; empty to take that of the inputs
     * @param weights   a factor for the contribution of each input; empty for none
     */
    public record Options(OptionalLong chunkSize, List<Double> weights, Missing missing, Tolerance tolerance) {
    }

    /** Tensors that a message names. */
    private static final int NAMED = 3;
    /** What is written must be a count that can be read again, far from the end of long. */
    private static final long MOST_ROWS = 1L << 61;

    private final List<Input> inputs;
    private final Options options;
    private final List<String> warnings = new ArrayList<>();

    private Merge(List<Input> inputs, Options options) {
        this.inputs = inputs;
        this.options = options;
    }

    /**
     * @throws ImatrixException if the inputs are not of one model, or do not agree on the size of a chunk
     */
    public static Content merge(List<Imatrix> imatrices, Options options, Imatrix.Format target)
            throws FormatException {
        // First of all: files of two models are not to be merged with any size of chunk.
        new Merge(Input.of(imatrices, OptionalLong.empty()), options).requireOneModel();
        OptionalLong chunkSize = ChunkSize.of(imatrices, options.chunkSize, target);
        return new Merge(Input.of(imatrices, chunkSize), options).content(chunkSize);
    }

    private Content content(OptionalLong chunkSize) throws FormatException {
        inputs.stream().flatMap(Input::losses).forEach(warnings::add);
        Map<String, List<Contribution>> tensors = contributions();
        handleMissing(tensors);
        leaveOutFillers(tensors);
        inputs.forEach(input -> warnOfRounding(input, tensors));
        Validity validity = new Validity(options.tolerance.invalid());
        List<Content.Part> parts = new ArrayList<>();
        int withoutSums = 0;
        for (List<Contribution> contributions : tensors.values()) {
            Merged part = new Merged(contributions, counts(contributions), validity);
            withoutSums += !part.hasInSum() && contributions.stream().anyMatch(each -> each.entry.hasInSum()) ? 1 : 0;
            parts.add(part);
        }
        if (withoutSums > 0) {
            warnings.add("sums of x (in_sum) of " + withoutSums + " tensors are dropped: not all inputs hold them");
        }
        List<String> datasets = inputs.stream().flatMap(input -> input.imatrix().origin().datasets().stream()).toList();
        OptionalLong nextnLayers = inputs.stream().map(input -> input.imatrix().origin().nextnLayers())
                .flatMapToLong(OptionalLong::stream).findFirst();
        return new Content(datasets, chunkSize, OptionalLong.empty(), nextnLayers, parts, warnings, validity::warnings);
    }

    private void leaveOutFillers(Map<String, List<Contribution>> tensors) throws FormatException {
        Map<Input, LeftOut> fillers = new LinkedHashMap<>();
        inputs.forEach(input -> fillers.put(input, new LeftOut(input.imatrix(), options.tolerance.fillers())));
        for (List<Contribution> contributions : tensors.values()) {
            int experts = contributions.stream().mapToInt(each -> fillers.get(each.input).experts(each.entry)).max()
                    .orElseThrow();
            for (int i = 0; i < contributions.size(); i++) {
                Contribution each = contributions.get(i);
                contributions.set(i, new Contribution(each.input, fillers.get(each.input).of(each.entry, experts),
                        each.weight));
            }
        }
        fillers.values().forEach(each -> each.warning().ifPresent(warnings::add));
    }

    /** Weights so small that hardly a row is left are not what the user asked for. */
    private void warnOfRounding(Input input, Map<String, List<Contribution>> tensors) {
        long counts = 0;
        long off = 0;
        double weight = 1;
        for (List<Contribution> contributions : tensors.values()) {
            for (Contribution contribution : contributions) {
                if (contribution.input == input) {
                    weight = contribution.weight;
                    counts += contribution.countsWithRows();
                    off += contribution.countsFarFromWeight();
                }
            }
        }
        if (off > 0) {
            warnings.add(
                    "the weight " + weight + " of " + input.file() + " leaves so few rows that rounding them to whole"
                            + " ones changes " + off + " of " + counts + " counts by more than 1%");
        }
    }

    private record Contribution(Input input, ImatrixEntry entry, double weight) {
        /** Rows that the contribution counts for: with a weight, rounded to whole ones. */
        long[] counts() {
            long[] counts = input.counts(entry);
            for (int i = 0; i < counts.length; i++) {
                counts[i] = weighted(counts[i]);
            }
            return counts;
        }

        long countsWithRows() {
            return Arrays.stream(input.counts(entry)).filter(count -> count > 0).count();
        }

        long countsFarFromWeight() {
            return Arrays.stream(input.counts(entry))
                    .filter(count -> Math.abs(weighted(count) - count * weight) > 0.01 * count * weight).count();
        }

        private long weighted(long count) {
            return weight == 1 || count == 0 ? count : Math.max(1, Math.round(count * weight));
        }

        /** Scales sums along with the rounded counts, so that their means stay what they are; sums of no rows are none. */
        void scale(long from, float[] sums, int length) {
            if (weight == 1 && entry.expertsWithoutData() == 0) {
                return;
            }
            for (Block.Span row : new Block(from, length, entry.columns())) {
                long count = input.count(entry, (int) row.row());
                long rows = weighted(count);
                double factor = rows / (double) count;
                if (count == 0) {
                    Arrays.fill(sums, row.from(), row.to(), 0);
                } else if (rows != count) {
                    for (int i = row.from(); i < row.to(); i++) {
                        sums[i] = (float) (sums[i] * factor);
                    }
                }
            }
        }
    }

    private Map<String, List<Contribution>> contributions() {
        Map<String, List<Contribution>> tensors = new TreeMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            double weight = options.weights.isEmpty() ? 1 : options.weights.get(i);
            for (ImatrixEntry entry : input.imatrix().entries().values()) {
                tensors.computeIfAbsent(entry.name().name(), _ -> new ArrayList<>())
                        .add(new Contribution(input, entry, weight));
            }
        }
        return tensors;
    }

    private void requireOneModel() throws ImatrixException {
        Map<String, List<Contribution>> tensors = contributions();
        List<String> mismatches = new ArrayList<>();
        Input other = null;
        for (Map.Entry<String, List<Contribution>> tensor : tensors.entrySet()) {
            ImatrixEntry expected = tensor.getValue().getFirst().entry;
            for (Contribution contribution : tensor.getValue()) {
                if (!sameShape(expected, contribution.entry)) {
                    mismatches.add(tensor.getKey() + " (" + shape(contribution.entry) + " against " + shape(expected)
                            + ")");
                    other = contribution.input;
                    break;
                }
                if (contribution.entry.experts() > expected.experts()) {
                    expected = contribution.entry;
                }
            }
        }
        if (!mismatches.isEmpty()) {
            throw new ImatrixException(other.imatrix().name(), "is of another model than " + inputs.getFirst().file()
                    + ": " + mismatches.size() + " tensors differ in size, such as "
                    + mismatches.stream().limit(NAMED).collect(Collectors.joining(", ")));
        }
    }

    /** A file with one count for all experts can be added to one with a count for each. */
    private static boolean sameShape(ImatrixEntry a, ImatrixEntry b) {
        return a.size() == b.size() && (a.experts() == b.experts() || a.experts() == 1 || b.experts() == 1);
    }

    private static String shape(ImatrixEntry entry) {
        return entry.experts() == 1 ? entry.size() + " values" : entry.experts() + " × " + entry.columns() + " values";
    }

    private void handleMissing(Map<String, List<Contribution>> tensors) throws ImatrixException {
        List<String> missing = tensors.entrySet().stream().filter(tensor -> tensor.getValue().size() < inputs.size())
                .map(Map.Entry::getKey).toList();
        if (missing.isEmpty()) {
            return;
        }
        int more = missing.size() - NAMED;
        String what = missing.size() + " tensors are not in all inputs: "
                + missing.stream().limit(NAMED).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
        switch (options.missing) {
            case ERROR -> throw new ImatrixException(inputs.getFirst().imatrix().name(), what);
            case DROP -> {
                tensors.keySet().removeAll(missing);
                if (tensors.isEmpty()) {
                    throw new ImatrixException(inputs.getFirst().imatrix().name(), "no tensor is in all inputs");
                }
                warnings.add("dropped, because " + what);
            }
            case KEEP -> warnings.add("kept as far as they are there: " + what);
        }
    }

    private static long[] counts(List<Contribution> contributions) throws ImatrixException {
        int experts = Collections.max(contributions.stream().map(each -> each.entry.experts()).toList());
        long[] counts = new long[experts];
        for (Contribution contribution : contributions) {
            long[] own = contribution.counts();
            for (int i = 0; i < experts; i++) {
                long more = own[own.length == 1 ? 0 : i];
                if (more > MOST_ROWS - counts[i]) {
                    throw new ImatrixException(contribution.input.imatrix().name(), contribution.entry.name().name(),
                            "brings the count of rows above " + MOST_ROWS);
                }
                counts[i] += more;
            }
        }
        return counts;
    }

    private static final class Merged implements Content.Part {
        private final List<Contribution> contributions;
        private final long[] counts;
        private final Validity validity;
        private float[] scratch = new float[0];

        Merged(List<Contribution> contributions, long[] counts, Validity validity) {
            this.validity = validity;
            this.contributions = contributions;
            this.counts = counts;
        }

        @Override
        public ImatrixEntry entry() {
            return contributions.getFirst().entry;
        }

        @Override
        public long[] counts() {
            return counts;
        }

        @Override
        public boolean hasInSum() {
            return contributions.stream().allMatch(each -> each.entry.hasInSum());
        }

        @Override
        public void inSum2(long from, float[] into, int length) throws FormatException {
            add(Input::inSum2, from, into, length);
            validity.require(this, from, into, length, "the merged file", this::invalidFile);
        }

        private String invalidFile(long value) throws FormatException {
            float[] one = new float[1];
            for (Contribution contribution : contributions) {
                contribution.input.imatrix().inSum2(contribution.entry, value, one, 1);
                if (!Float.isFinite(one[0])) {
                    return contribution.input.file();
                }
            }
            return null;
        }

        @Override
        public void inSum(long from, float[] into, int length) throws FormatException {
            add(Input::inSum, from, into, length);
        }

        /** Adds in float32 and in the order of the inputs, as llama-imatrix does. */
        private void add(Input.Values values, long from, float[] into, int length) throws FormatException {
            if (scratch.length < length) {
                scratch = new float[length];
            }
            Arrays.fill(into, 0, length, 0);
            for (Contribution contribution : contributions) {
                values.read(contribution.input, contribution.entry, from, scratch, length);
                contribution.scale(from, scratch, length);
                for (int i = 0; i < length; i++) {
                    into[i] += scratch[i];
                }
            }
        }
    }
}
