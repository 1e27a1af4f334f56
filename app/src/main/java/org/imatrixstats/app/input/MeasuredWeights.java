package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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
import org.imatrixstats.error.TensorError;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.recipe.residual.ResidualShare;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.stats.Report;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** What is read from the weights of a model; figures that took time are kept in the user's cache folder. */
public final class MeasuredWeights {
    private final ModelFile model;
    private final TensorSource tensors;
    private final Imatrix imatrix;
    private final boolean cached;
    private final Supplier<List<GgmlType>> beside;
    private final int threads;
    private final Console console;

    /**
     * Of a model that is open.
     *
     * @param imatrix null without one
     * @param cached  whether figures in the user's cache folder are used, and kept there
     */
    public MeasuredWeights(ModelFile model, Imatrix imatrix, boolean cached, int threads, Console console)
            throws IOException {
        this(model, imatrix, cached, List::of, threads, console);
    }

    /**
     * The same with types whose errors are needed beside those that are asked for, such as those of a mix that a recipe is
     * compared with.
     */
    MeasuredWeights(ModelFile model, Imatrix imatrix, boolean cached, Supplier<List<GgmlType>> beside, int threads,
            Console console) throws IOException {
        this.model = model;
        this.tensors = ModelInput.tensors(model);
        this.imatrix = imatrix;
        this.cached = cached;
        this.beside = beside;
        this.threads = threads;
        this.console = console;
    }

    /** How much of the residual stream each block writes; empty without an importance matrix, or where {@link #whyNoShares} says why. */
    public Optional<ResidualShare> shares() throws IOException {
        if (imatrix == null || !isReadable()) {
            return Optional.empty();
        }
        Progress[] progress = {null};
        try {
            return ResidualShare.of(tensors, Model.of(model), model.config(), imatrix,
                    new ResidualShare.Reading(threads, cache(), values -> {
                        progress[0] = console.progress("reading what writes the residual stream", values,
                                Progress.Unit.VALUES);
                        return progress[0]::advance;
                    }));
        } finally {
            if (progress[0] != null) {
                progress[0].close();
            }
        }
    }

    private FigureCache cache() {
        return cached ? new FigureCache(UserCache.folder(), "stream") : FigureCache.none();
    }

    /** One clause. */
    public String whyNoShares() throws IOException {
        return ResidualShare.missing(tensors.tensors(), Model.of(model), model.config(), imatrix)
                .orElse(isReadable()
                        ? "the weights or the importance matrix hold values that are not finite"
                        : "the file has only the header of the model, or a part of its weights");
    }

    /** The report of the importance matrix with the shares, or with a note why there are none. */
    public Report withShares(Report report) throws IOException {
        Optional<ResidualShare> shares = shares();
        return shares.isPresent()
                ? report.with(shares.get()::of)
                : report.with("no residual shares: " + whyNoShares());
    }

    /** Layers of the model but for those that predict further tokens. */
    long predictingLayers() throws IOException {
        return Model.of(model).layers() - model.config().get(Hyperparameter.NEXTN_LAYERS, 0);
    }

    /** Whether the weights are there, not only the header: a file may be cut off behind it. */
    public boolean isReadable() {
        TensorInfo last = tensors.tensors().getLast();
        try {
            tensors.readRows(last, last.rows() - 1, 1, new float[Math.toIntExact(last.ne0())], 0);
            return true;
        } catch (FormatException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** E of each tensor in these types, of sampled rows where the model is large. */
    public TensorErrors errors(List<GgmlType> types, Dialect program) throws IOException {
        return errors(types, program, cached);
    }

    /** The same, measured now, whatever is in the user's cache folder. */
    public TensorErrors errorsNow(List<GgmlType> types, Dialect program) throws IOException {
        return errors(types, program, false);
    }

    /** Types beside those asked for are measured and kept apart, so that what is kept serves whatever is beside. */
    private TensorErrors errors(List<GgmlType> types, Dialect program, boolean kept) throws IOException {
        List<GgmlType> measurable = measurable(types);
        Sampling sampling = Sampling.ofRecipe(tensors, measurable.size());
        List<TensorError> errors = new ArrayList<>(errors(measurable, sampling, program, kept));
        List<GgmlType> others = new ArrayList<>(measurable(beside.get()));
        others.removeAll(measurable);
        if (!others.isEmpty()) {
            errors.addAll(errors(others, sampling, program, kept));
        }
        return TensorErrors.of("measured on the weights", errors);
    }

    private static List<GgmlType> measurable(List<GgmlType> types) {
        return types.stream().map(GgmlType::packed).filter(ErrorPlan::isMeasurable).distinct().sorted().toList();
    }

    private List<TensorError> errors(List<GgmlType> types, Sampling sampling, Dialect program, boolean kept)
            throws IOException {
        ErrorInputs inputs = new ErrorInputs(model.asConverted(), imatrix, program);
        ErrorPlan plan = ErrorPlan.of(inputs, types, sampling);
        ErrorFold fold = new ErrorFold(plan);
        try (ErrorJournal journal = kept ? journal(inputs, plan, fold) : null) {
            measure(inputs, plan, fold, journal);
        }
        return fold.errors(false);
    }

    /**
     * Takes figures from the user's cache folder, and keeps new ones there. A cache that cannot be read or written is not an
     * error: the figures are computed again.
     */
    private ErrorJournal journal(ErrorInputs inputs, ErrorPlan plan, ErrorFold fold) throws IOException {
        String digest = plan.digest(inputs, threads);
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
            ErrorMeasure.run(inputs, tasks, threads,
                    new ErrorResults(fold, journal, progress::advance));
        }
    }
}
