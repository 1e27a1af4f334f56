package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.measure.GroupLoss;
import org.imatrixstats.measure.KlDivergence;
import org.imatrixstats.measure.LossMeasure;
import org.imatrixstats.measure.MeasureJournal;
import org.imatrixstats.measure.MeasurePlan;
import org.imatrixstats.measure.WorkFolder;
import org.imatrixstats.measure.WorkingCopy;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.tensor.TensorInfo;

/** Groups of tensors: each is changed in a copy of the model, which is compared with the original. */
public final class TensorMeasurement {
    private final GgufModel source;
    private final MeasurePlan plan;
    private final Dialect dialect;
    private final Optional<Imatrix> imatrix;
    private final PerplexityRuns runs;
    private final int threads;
    private final Console console;

    /** @throws FormatException if tensors of the model cannot be changed in place */
    public TensorMeasurement(GgufModel source, MeasurePlan plan, Dialect dialect, Optional<Imatrix> imatrix,
            PerplexityRuns runs, int threads, Console console) throws FormatException {
        this.source = source;
        this.plan = plan;
        this.dialect = dialect;
        this.imatrix = imatrix;
        this.runs = runs;
        this.threads = threads;
        this.console = console;
        requirePatchable();
    }

    private void requirePatchable() throws FormatException {
        if (source.parts().size() > 1) {
            throw new FormatException(source.name(), "is split into " + source.parts().size()
                    + " files: merge them first, with llama-gguf-split --merge");
        }
        GgufFile file = source.parts().getFirst();
        if (file.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new FormatException(source.name(), "is big-endian, expected little-endian");
        }
        for (MeasurePlan.Group group : plan.groups()) {
            for (GroupLoss.Member member : group.tensors()) {
                TensorInfo tensor = source.tensor(member.tensor());
                if (!List.of(GgmlType.F16, GgmlType.BF16, GgmlType.F32).contains(tensor.ggmlType())) {
                    throw new FormatException(source.name(), tensor.name(), "is " + tensor.ggmlType().ggmlName()
                            + ", expected F16, BF16 or F32: measure the original model, not a quantized one");
                }
            }
        }
    }

    /**
     * Measures groups.
     *
     * @param wanted  numbers of groups of the plan
     * @param journal takes each result at once; null without one
     * @param results takes each result too, by the number of its group
     */
    public void run(List<Integer> wanted, WorkFolder work, MeasureJournal journal,
            SortedMap<Integer, KlDivergence> results) throws IOException {
        ImportanceWeights weights = imatrix.isPresent()
                ? ImportanceWeights.of(imatrix.get(), dialect)
                : ImportanceWeights.NONE;
        PerplexityRuns.requireRoom(work, Files.exists(work.copy()) ? 0 : Files.size(runs.original()));
        // Before the copy: what is wrong with the program or its arguments shows here.
        WorkFolder.Base base = runs.base(plan.inputs().evaluation(), work);
        try (WorkingCopy copy = copy(work);
                Progress progress = console.progress("measuring", wanted.size() * base.logits().chunks())) {
            new LossMeasure(source, dialect, weights, copy, runs.in(work), base.logits(), runs.timeout(base), threads)
                    .run(plan, wanted, new LossMeasure.Watch() {
                        private int done;

                        @Override
                        public void chunk() {
                            progress.advance(1);
                        }

                        @Override
                        public void done(int group, KlDivergence result) throws IOException {
                            results.put(group, result);
                            if (journal != null) {
                                journal.add(group, result);
                            }
                            done++;
                            progress.note(done + " of " + wanted.size() + ": " + plan.groups().get(group).name() + " "
                                    + Numbers.fixed(result.kld(), 6) + " ± "
                                    + Numbers.significant(result.kldError(), 2));
                        }
                    });
        }
    }

    private WorkingCopy copy(WorkFolder work) throws IOException {
        try (Progress progress = console.progress(Files.exists(work.copy()) ? "checking the copy" : "copying",
                Files.size(runs.original()), Progress.Unit.BYTES)) {
            WorkingCopy copy = WorkingCopy.open(runs.original(), work.copy(), progress::advance);
            if (copy.repaired() > 0) {
                console.say("the copy of an interrupted measurement was put right: "
                        + Numbers.count(copy.repaired(), "byte") + "\n");
            }
            return copy;
        }
    }
}
