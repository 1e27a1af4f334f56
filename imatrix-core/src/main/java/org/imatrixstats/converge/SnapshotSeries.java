package org.imatrixstats.converge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;

/**
 * The snapshots of one run, from the first to the last: each holds all that the one before it held, and more.
 *
 * @param snapshots at least two, by the rows that they have seen
 * @param warnings  which files were left out, one sentence each
 */
public record SnapshotSeries(List<Snapshot> snapshots, List<String> warnings) {
    public SnapshotSeries {
        snapshots = List.copyOf(snapshots);
        warnings = List.copyOf(warnings);
    }

    /**
     * Puts snapshots in order. That their counts grow is checked here, that their sums do when they are read.
     *
     * @throws ImatrixException if they cannot be of one run: other containers, datasets, sizes of chunks or tensors, or
     *                          counts that fall
     */
    public static SnapshotSeries of(List<Imatrix> imatrices) throws FormatException {
        Imatrix first = imatrices.getFirst();
        for (Imatrix other : imatrices) {
            requireSameRun(first, other);
        }
        List<Snapshot> ordered = imatrices.stream().map(Snapshot::of)
                .sorted(Comparator.comparingDouble(SnapshotSeries::allRows)).toList();
        List<Snapshot> snapshots = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Snapshot snapshot : ordered) {
            if (snapshots.isEmpty() || isLater(snapshots.getLast(), snapshot)) {
                snapshots.add(snapshot);
            } else {
                warnings.add(snapshot.name() + " is left out: it holds the same as " + snapshots.getLast().name());
            }
        }
        if (snapshots.size() < 2) {
            throw new ImatrixException(ordered.getLast().name(), "holds the same as " + ordered.getFirst().name()
                    + ": at least two snapshots that differ are needed");
        }
        if (!chunksGrow(snapshots)) {
            warnings.add("the chunks that the files count do not grow with their rows: they are left out, as are"
                    + " extrapolations");
            snapshots.replaceAll(Snapshot::withoutChunks);
        }
        return new SnapshotSeries(snapshots, warnings);
    }

    private static boolean chunksGrow(List<Snapshot> snapshots) {
        for (int i = 1; i < snapshots.size(); i++) {
            if (snapshots.get(i).chunks().orElse(0) < snapshots.get(i - 1).chunks().orElse(0)) {
                return false;
            }
        }
        return true;
    }

    private static void requireSameRun(Imatrix a, Imatrix b) throws ImatrixException {
        requireSame(a, b, "container", imatrix -> imatrix.origin().format().label());
        requireSame(a, b, "datasets", imatrix -> {
            Set<String> datasets = new TreeSet<>(imatrix.origin().datasets());
            return datasets.isEmpty() ? null : String.join(", ", datasets);
        });
        requireSame(a, b, "tokens per chunk", imatrix -> {
            OptionalLong size = imatrix.origin().chunkSize();
            return size.isEmpty() ? null : size.getAsLong();
        });
    }

    /** A value that one file lacks is not a difference. */
    private static void requireSame(Imatrix a, Imatrix b, String what, Function<Imatrix, Object> property)
            throws ImatrixException {
        Object of = property.apply(a);
        Object other = property.apply(b);
        if (of != null && other != null && !of.equals(other)) {
            throw new ImatrixException(b.name(), "is not of one run with " + a.name() + ": " + what + " " + other
                    + " against " + of + ". Use compare for matrices of different runs");
        }
    }

    private static double allRows(Snapshot snapshot) {
        return snapshot.imatrix().entries().values().stream().mapToDouble(Snapshot::rows).sum();
    }

    /** Whether the second holds more than the first; false if they hold the same. */
    private static boolean isLater(Snapshot earlier, Snapshot later) throws FormatException {
        boolean more = false;
        for (ImatrixEntry entry : earlier.imatrix().entries().values()) {
            ImatrixEntry then = later.entry(entry.name().name());
            if (then == null) {
                throw notOneRun(later, entry.name(), "is not there, but it is in " + earlier.name());
            }
            if (then.size() != entry.size() || then.experts() != entry.experts()) {
                throw notOneRun(later, entry.name(), "has " + shape(then) + ", in " + earlier.name() + " "
                        + shape(entry));
            }
            for (int expert = 0; expert < entry.experts(); expert++) {
                if (then.count(expert) < entry.count(expert)) {
                    throw notOneRun(later, entry.name(), "has seen " + then.count(expert) + " rows"
                            + (entry.experts() > 1 ? " of expert " + expert : "") + ", in " + earlier.name() + " "
                            + entry.count(expert) + ", which has seen fewer in all");
                }
                more |= then.count(expert) > entry.count(expert);
            }
        }
        more |= later.imatrix().entries().size() > earlier.imatrix().entries().size();
        if (!more) {
            requireSameSums(earlier, later);
        }
        return more;
    }

    private static void requireSameSums(Snapshot a, Snapshot b) throws FormatException {
        float[] values = new float[Partition.BLOCK];
        float[] others = new float[Partition.BLOCK];
        for (ImatrixEntry entry : a.imatrix().entries().values()) {
            for (Block block : entry.values()) {
                a.imatrix().inSum2(entry, block.start(), values, block.length());
                b.imatrix().inSum2(b.entry(entry.name().name()), block.start(), others, block.length());
                if (!Arrays.equals(values, 0, block.length(), others, 0, block.length())) {
                    throw notOneRun(b, entry.name(), "has other sums than in " + a.name()
                            + ", which has as many rows");
                }
            }
        }
    }

    static ImatrixException notOneRun(Snapshot snapshot, TensorName tensor, String reason) {
        return new ImatrixException(snapshot.name(), tensor.name(), reason
                + ": these are not snapshots of one run");
    }

    private static String shape(ImatrixEntry entry) {
        return entry.experts() == 1 ? entry.size() + " values" : entry.experts() + " × " + entry.columns() + " values";
    }

    public Snapshot last() {
        return snapshots.getLast();
    }

    /** All tensors, which are those of the last, by layer. */
    public List<TensorName> tensors() {
        return last().imatrix().entries().values().stream().map(ImatrixEntry::name).sorted(TensorName.BY_LAYER)
                .toList();
    }

    /** Those of the selected tensors that hold the same in every snapshot together; both they and these by layer. */
    List<List<TensorName>> inputs(Predicate<TensorName> selection, int threads) throws IOException {
        List<SharedInputs> shared = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            shared.add(SharedInputs.of(snapshot.imatrix(), threads));
        }
        Map<List<ImatrixEntry>, List<TensorName>> inputs = new LinkedHashMap<>();
        tensors().stream().filter(selection).forEach(tensor -> {
            List<ImatrixEntry> firsts = IntStream.range(0, shared.size()).mapToObj(i -> {
                ImatrixEntry entry = snapshots.get(i).entry(tensor.name());
                return entry == null ? null : shared.get(i).firstOf(entry);
            }).toList();
            inputs.computeIfAbsent(firsts, _ -> new ArrayList<>()).add(tensor);
        });
        return List.copyOf(inputs.values());
    }

    /** The rows that a tensor had seen at each snapshot; 0 before it was reached. */
    long[] rows(TensorName tensor) {
        return snapshots.stream().map(snapshot -> snapshot.entry(tensor.name()))
                .mapToLong(entry -> entry == null ? 0 : Snapshot.rows(entry)).toArray();
    }
}
