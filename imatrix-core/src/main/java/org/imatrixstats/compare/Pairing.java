package org.imatrixstats.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.NameForm;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.stats.ExpertCounts;

/**
 * What two importance matrices have in common, and what not.
 *
 * @param pairs           tensors of one shape in both, by layer
 * @param onlyInA         by layer
 * @param onlyInB         by layer
 * @param shapeMismatches tensors of both that differ in size or number of matrices, by layer
 */
public record Pairing(Imatrix a, Imatrix b, List<TensorPair> pairs, List<TensorName> onlyInA,
        List<TensorName> onlyInB, List<ShapeMismatch> shapeMismatches) {
    /** No model has more. A larger number comes from a file made to exhaust memory. */
    private static final int MOST_EXPERTS = 1 << 16;

    public Pairing {
        pairs = List.copyOf(pairs);
        onlyInA = List.copyOf(onlyInA);
        onlyInB = List.copyOf(onlyInB);
        shapeMismatches = List.copyOf(shapeMismatches);
    }

    /** One tensor with other sizes or other numbers of matrices. */
    public record ShapeMismatch(ImatrixEntry a, ImatrixEntry b) {
        public TensorName name() {
            return a.name();
        }

        /** The tensor with both shapes. */
        @Override
        public String toString() {
            return name() + " (" + shape(a) + " against " + shape(b) + ")";
        }

        private static String shape(ImatrixEntry entry) {
            return (entry.experts() == 1 ? "" : entry.experts() + " × ") + Count.of(entry.columns(), "column");
        }
    }

    /**
     * Pairs the tensors by name. A file that stores one count for all experts of a tensor, as legacy files do, is compared
     * with one that stores a count for each: its one count then stands for each expert.
     *
     * @throws FormatException if a file is cut short meanwhile
     */
    public static Pairing of(Imatrix a, Imatrix b) throws FormatException {
        ExpertCounts expertsA = new ExpertCounts(a, OptionalInt.empty());
        ExpertCounts expertsB = new ExpertCounts(b, OptionalInt.empty());
        List<TensorPair> pairs = new ArrayList<>();
        List<TensorName> onlyInA = new ArrayList<>();
        List<ShapeMismatch> mismatches = new ArrayList<>();
        for (ImatrixEntry entry : byLayer(a)) {
            ImatrixEntry other = b.entries().get(entry.name().name());
            if (other == null) {
                onlyInA.add(entry.name());
            } else if (!sameShape(entry, other)) {
                mismatches.add(new ShapeMismatch(entry, other));
            } else {
                int matrices = matrices(expertsA, entry, expertsB, other);
                pairs.add(new TensorPair(a, entry, MatrixCounts.of(a, entry, matrices), b, other,
                        MatrixCounts.of(b, other, matrices)));
            }
        }
        List<TensorName> onlyInB = byLayer(b).stream().map(ImatrixEntry::name)
                .filter(name -> !a.entries().containsKey(name.name())).toList();
        return new Pairing(a, b, pairs, onlyInA, onlyInB, mismatches);
    }

    /** @throws ImatrixException if there is no tensor to compare: the files are of different models */
    public void requireCommonTensors() throws ImatrixException {
        if (pairs.isEmpty()) {
            throw new ImatrixException(b.name(), "cannot be compared with " + a.name() + ": " + reason());
        }
    }

    /** Tensors that both have, but under other names: one sentence for each form of name. */
    public List<String> otherNames() {
        return NameForm.sentences(onlyInB.stream().map(TensorName::name).toList(), a.entries()::containsKey, a.name());
    }

    private String reason() {
        if (shapeMismatches.isEmpty()) {
            List<String> otherNames = otherNames();
            return "they have no tensor in common (" + examples(onlyInA) + " against " + examples(onlyInB)
                    + (otherNames.isEmpty() ? "), expected two files of one model" : "): " + otherNames.getFirst());
        }
        return "they are of different models, all " + shapeMismatches.size()
                + " tensors in common differ in size, such as " + shapeMismatches.getFirst();
    }

    private static String examples(List<TensorName> names) {
        return names.isEmpty() ? "none" : names.getFirst() + (names.size() > 1 ? ", …" : "");
    }

    private static List<ImatrixEntry> byLayer(Imatrix imatrix) {
        return imatrix.entries().values().stream()
                .sorted((x, y) -> TensorName.BY_LAYER.compare(x.name(), y.name())).toList();
    }

    private static boolean sameShape(ImatrixEntry a, ImatrixEntry b) {
        return a.size() == b.size() && (a.experts() == b.experts() || a.experts() == 1 || b.experts() == 1);
    }

    /** The stored number if one of them stores it; else the inferred one, if it can be a number of experts. */
    private static int matrices(ExpertCounts expertsA, ImatrixEntry a, ExpertCounts expertsB, ImatrixEntry b) {
        int stored = Math.max(a.experts(), b.experts());
        if (stored > 1) {
            return stored;
        }
        int inferred = expertsA.of(a).orElse(expertsB.of(b).orElse(1));
        return inferred <= MOST_EXPERTS ? inferred : 1;
    }
}
