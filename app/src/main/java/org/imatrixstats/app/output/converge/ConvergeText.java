package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.RollUp;
import org.imatrixstats.converge.Snapshot;
import org.imatrixstats.converge.TensorConvergence;
import org.imatrixstats.converge.Verdict;
import org.imatrixstats.imatrix.Imatrix;

/** What the figures of a run mean, in sentences. */
final class ConvergeText {
    private static final int TENSORS_NAMED = 3;
    /** How far the decay may be from −1 without a note. A slope over few points is rough. */
    private static final double USUAL_DECAY = 0.35;
    /** So many times its fair part makes a batch unlike the others. */
    private static final double UNLIKE = 2;

    private final Verdict verdict;
    private final Convergence run;
    private final List<SnapshotRow> snapshots;

    ConvergeText(ConvergeReport report) {
        this.verdict = report.verdict();
        this.run = report.run();
        this.snapshots = report.snapshots();
    }

    /** The run in a line. */
    String subject() {
        return Numbers.count(run.snapshots(), "snapshot") + " of one run, after " + moment(first()) + " to "
                + moment(last()) + ", " + Numbers.count(run.tensors().size(), "tensor")
                + (run.tensors().size() < run.series().tensors().size()
                        ? " of " + run.series().tensors().size()
                        : "")
                + datasets();
    }

    private String datasets() {
        List<String> datasets = last().imatrix().origin().datasets().stream().distinct().toList();
        return datasets.isEmpty() ? "" : ", " + String.join(", ", datasets);
    }

    /** The answer: when the median settled. */
    String headline() {
        Optional<Snapshot> settled = verdict.settled();
        if (settled.isEmpty()) {
            return "Before the last snapshot, the median divergence from the final matrix is never below " + threshold()
                    + ".";
        }
        String headline = (settled.get().equals(first()) ? "Already after " : "After ") + ofAll(settled.get())
                + " the median divergence to the final matrix is below " + threshold();
        return headline + verdict.allSettled().map(snapshot -> snapshot.equals(settled.get())
                ? ", and so is that of every tensor."
                : ", and after " + moment(snapshot) + " that of every tensor.").orElse(".");
    }

    private String ofAll(Snapshot snapshot) {
        return snapshot.chunks().isPresent() && last().chunks().isPresent()
                ? Numbers.grouped(snapshot.chunks().getAsLong()) + " of " + moment(last())
                : moment(snapshot);
    }

    /** What else there is to say, most important first. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        sentences.add(moving());
        extrapolation().ifPresent(sentences::add);
        ownError().ifPresent(sentences::add);
        unlikeBatch().ifPresent(sentences::add);
        decay().ifPresent(sentences::add);
        return sentences;
    }

    private String moving() {
        List<TensorConvergence> moving = verdict.moving();
        int unknown = verdict.unknown().size();
        String known = moving.isEmpty()
                ? "All tensors have converged: their expected error is less than " + threshold()
                        + "."
                : Numbers.count(moving.size(), "tensor") + (moving.size() == 1 ? " is" : " are")
                        + " still moving, " + threshold() + " or more of expected error: "
                        + named(moving) + ".";
        if (unknown == run.tensors().size()) {
            return "Nothing tells how far the tensors are.";
        }
        return known + (unknown == 0
                ? ""
                : " No estimate for " + Numbers.count(unknown, "tensor") + (unknown == 1 ? ", " : ", such as ")
                        + verdict.unknown().getFirst().name() + ".");
    }

    private static String named(List<TensorConvergence> tensors) {
        List<String> named = tensors.stream().filter(tensor -> tensor.sameInputAs() == null).limit(TENSORS_NAMED)
                .map(tensor -> tensor.name() + " (" + bits(tensor.expectedDivergence()) + ")").toList();
        int more = tensors.size() - named.size();
        return String.join(", ", named) + (more > 0 ? ", and " + more + " more" : "");
    }

    private Optional<String> extrapolation() {
        OptionalLong all = verdict.moreChunksForAll();
        OptionalLong median = verdict.moreChunksForMedian();
        if (all.isEmpty() || all.getAsLong() == 0) {
            return Optional.empty();
        }
        return Optional
                .of("Divergence falls in proportion to the text length: "
                        + Numbers.count(all.getAsLong(), "more chunk") + " ("
                        + Numbers.grouped(last().chunks().getAsLong() + all.getAsLong())
                        + " in all) would bring every tensor below " + threshold() + "; the median tensor "
                        + (median.getAsLong() == 0
                                ? "is already below."
                                : "needs " + Numbers.count(median.getAsLong(), "more chunk") + "."));
    }

    private Optional<String> ownError() {
        RollUp sum = run.over(tensor -> tensor.error().sum());
        RollUp shares = run.over(tensor -> tensor.error().shares());
        RollUp expected = verdict.expected();
        return sum.tensors() == 0
                ? Optional.empty()
                : Optional.of("The spread between the " + run.snapshots() + " batches of text says that Σ is right to ±"
                        + percent(sum.median()) + " (median; worst ±" + percent(sum.worst())
                        + (sum.of() == null ? "" : ", " + sum.of()) + "), the share of a column to ±"
                        + percent(shares.median()) + " (±" + percent(shares.worst())
                        + "); the divergence to be expected from that is " + bits(expected.median()) + " bits ("
                        + bits(expected.worst()) + ").");
    }

    private Optional<String> unlikeBatch() {
        if (run.snapshots() < Convergence.ENOUGH_BATCHES) {
            return Optional.empty();
        }
        return snapshots.stream().filter(row -> row.batchPart() > UNLIKE / run.snapshots())
                .max(Comparator.comparingDouble(SnapshotRow::batchPart))
                .map(row -> "The text " + (row.index() == 0
                        ? "up to "
                        : "between "
                                + moment(run.series().snapshots().get(row.index() - 1)) + " and ")
                        + moment(row.snapshot())
                        + " differs from the rest: one of " + run.snapshots() + " batches, it causes "
                        + percent(row.batchPart()) + " of the spread.");
    }

    private Optional<String> decay() {
        double decay = run.decay();
        if (Double.isNaN(decay) || Math.abs(decay + 1) <= USUAL_DECAY) {
            return Optional.empty();
        }
        return Optional.of("The median divergence fell as n^" + Numbers.fixed(decay, 1)
                + (decay < -1
                        ? ", faster than 1/n: fewer chunks than extrapolated may be enough."
                        : ", slower than 1/n: more chunks than extrapolated may be needed."));
    }

    /** What a reader of the figures needs to know. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(
                "JS: Jensen-Shannon divergence of the columns' shares of Σ, in bits. The last snapshot contains all others, so late snapshots look closer to it than to the true value. Expected JS estimates the error of the last matrix from the spread between batches. It falls as 1/n; errors (±) fall as 1/√n.");
        notes.add(
                "batch: the text between a snapshot and the previous one. Σ off: deviation of its Σ from the whole run. of spread: its part of the variance of the shares. All values are medians over tensors.");
        if (run.snapshots() < Convergence.ENOUGH_BATCHES) {
            notes.add("Note: a spread between " + run.snapshots()
                    + " batches is a rough estimate; it can be off by a factor of two or more. Save snapshots more often (--save-frequency).");
        }
        if (verdict.expected().worst() == 0) {
            notes.add(
                    "Note: all batches are identical. If a file was merged with itself, its error is unknown.");
        }
        long unknownExperts = run.tensors().stream().mapToLong(tensor -> tensor.error().expertsUnknown()).sum();
        if (unknownExperts > 0) {
            notes.add("Note: " + Numbers.count(unknownExperts, "expert") + " of "
                    + Numbers.count(
                            run.tensors().stream().filter(tensor -> tensor.error().expertsUnknown() > 0).count(),
                            "tensor")
                    + " were reached by only one batch. Their error is unknown and not included.");
        }
        long byHalves = run.tensors().stream()
                .filter(tensor -> tensor.basis() == TensorConvergence.Basis.HALVES).count();
        if (byHalves > 0) {
            notes.add("Note: of " + Numbers.count(byHalves, "tensor") + " there is no spread between batches"
                    + (last().imatrix().origin().format() == Imatrix.Format.LEGACY
                            ? ", because a legacy file does not store token counts per expert"
                            : "")
                    + ". Their expected JS comes from the divergence between the first half of the run and the whole run.");
        }
        if (namesRunAhead()) {
            notes.add(
                    "Note: llama-imatrix writes a snapshot when the first tensor has seen the chunk. The other tensors have seen one chunk less (see rows).");
        }
        return notes;
    }

    private boolean namesRunAhead() {
        return run.series().snapshots().stream().anyMatch(snapshot -> {
            OptionalLong size = snapshot.imatrix().origin().chunkSize();
            return size.isPresent() && snapshot.chunks().isPresent()
                    && snapshot.rows() == (snapshot.chunks().getAsLong() - 1) * size.getAsLong();
        });
    }

    /** Where in the run a snapshot was taken. */
    static String moment(Snapshot snapshot) {
        return snapshot.chunks().isPresent()
                ? Numbers.count(snapshot.chunks().getAsLong(), "chunk")
                : Numbers.count(snapshot.rows(), "row");
    }

    private Snapshot first() {
        return run.series().snapshots().getFirst();
    }

    private Snapshot last() {
        return run.series().last();
    }

    private String threshold() {
        return Numbers.plain(verdict.threshold()) + " bits";
    }

    private static String bits(double value) {
        return Numbers.significant(value, 2);
    }

    private static String percent(double share) {
        return Numbers.significant(100 * share, 2) + "%";
    }
}
