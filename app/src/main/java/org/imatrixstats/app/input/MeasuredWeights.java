package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.error.ErrorFold;
import org.imatrixstats.error.ErrorInputs;
import org.imatrixstats.error.ErrorJournal;
import org.imatrixstats.error.ErrorMeasure;
import org.imatrixstats.error.ErrorPlan;
import org.imatrixstats.error.ErrorResults;
import org.imatrixstats.error.ErrorTask;
import org.imatrixstats.error.Sampling;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.recipe.ResidualShare;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** What is read from the weights of a model for a recipe; figures that took time are kept in the user's cache folder. */
public final class MeasuredWeights {
    private final Path path;
    private final Imatrix imatrix;
    private final Dialect program;
    private final Console console;

    public MeasuredWeights(Path path, Imatrix imatrix, Dialect program, Console console) {
        this.path = path;
        this.imatrix = imatrix;
        this.program = program;
        this.console = console;
    }

    /**
     * How much of the residual stream each block writes; empty where only the header is there, or it is not known what
     * writes the stream.
     */
    public Optional<ResidualShare> shares() throws IOException {
        try (ModelFile model = ModelFile.open(path); TensorSource tensors = ModelInput.tensors(model)) {
            return hasData(tensors)
                    ? ResidualShare.of(tensors, Model.of(model), model.config(), imatrix)
                    : Optional.empty();
        }
    }

    /** Layers of the model but for those that predict further tokens. */
    public long predictingLayers() throws IOException {
        try (ModelFile model = ModelFile.open(path)) {
            return Model.of(model).layers() - model.config().get(Hyperparameter.NEXTN_LAYERS, 0);
        }
    }

    /** Whether the weights are there, not only the header. */
    public boolean readable() throws IOException {
        try (ModelFile model = ModelFile.open(path); TensorSource tensors = ModelInput.tensors(model)) {
            return hasData(tensors);
        }
    }

    /** Whether the data of the last tensor are there: a file may be cut off after its header. */
    private static boolean hasData(TensorSource tensors) {
        TensorInfo last = tensors.tensors().getLast();
        try {
            tensors.readRows(last, last.rows() - 1, 1, new float[Math.toIntExact(last.ne0())], 0);
            return true;
        } catch (FormatException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /**
     * Measures E of each tensor in these types, of sampled rows where the model is large.
     *
     * @param cached whether figures in the user's cache folder are used, and kept there
     */
    public TensorErrors errors(List<GgmlType> types, boolean cached) throws IOException {
        try (ModelFile model = ModelFile.open(path); TensorSource tensors = ModelInput.tensors(model)) {
            ErrorInputs inputs = new ErrorInputs(tensors, imatrix, program);
            List<GgmlType> measurable = types.stream().map(GgmlType::packed).filter(ErrorPlan::isMeasurable).distinct()
                    .sorted().toList();
            ErrorPlan plan = ErrorPlan.of(inputs, measurable, Sampling.ofDefault(tensors, measurable.size()));
            ErrorFold fold = new ErrorFold(plan);
            try (ErrorJournal journal = cached ? kept(inputs, plan, fold) : null) {
                measure(inputs, plan, fold, journal);
            }
            return TensorErrors.of("measured on the weights", fold.errors(false));
        }
    }

    /**
     * Takes figures from the user's cache folder, and keeps new ones there. A cache that cannot be read or written is not an
     * error: the figures are computed again.
     */
    private static ErrorJournal kept(ErrorInputs inputs, ErrorPlan plan, ErrorFold fold) throws IOException {
        String digest = plan.digest(inputs, Runtime.getRuntime().availableProcessors());
        Path file = UserCache.folder().resolve("errors-" + digest + ".journal");
        try {
            Files.createDirectories(file.getParent());
            if (Files.exists(file)) {
                ErrorJournal.Content content = ErrorJournal.read(file);
                if (content.digest().equals(digest) && content.plan().tasks().size() == plan.tasks().size()) {
                    fold.addAll(content.fold());
                    return fold.missing() == 0 ? null : ErrorJournal.append(file, content);
                }
            }
            return ErrorJournal.create(file, digest, plan);
        } catch (IOException e) {
            return null;
        }
    }

    private void measure(ErrorInputs inputs, ErrorPlan plan, ErrorFold fold, ErrorJournal journal) throws IOException {
        List<ErrorTask> tasks = new ArrayList<>(plan.tasks());
        tasks.removeIf(task -> fold.has(task.number()));
        try (Progress progress = console.progress("measuring errors",
                tasks.stream().mapToLong(ErrorTask::work).sum(), Progress.Unit.VALUES)) {
            ErrorMeasure.run(inputs, tasks, Runtime.getRuntime().availableProcessors(),
                    new ErrorResults(fold, journal, progress::advance));
        }
    }
}
