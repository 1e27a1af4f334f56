package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.GgufModelFile;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;

/**
 * An open model whose weights are reviewed, under the names that its tensors have in GGUF.
 *
 * @param imatrix for weighted figures; null without one
 */
record Reviews(ModelFile file, TensorSource tensors, Imatrix imatrix, Console console) implements AutoCloseable {
    private static final int NAMES_SHOWN = 5;

    static Reviews open(Path path, Imatrix imatrix, Console console) throws IOException {
        ModelFile file = ModelFile.open(path);
        try {
            if (file instanceof GgufModelFile gguf) {
                Model.requireNoImatrix(gguf.gguf());
            }
            List<String> unnamed = file.modelTensors().stream().filter(tensor -> file.ggufName(tensor) == null)
                    .map(tensor -> tensor.name()).toList();
            if (!unnamed.isEmpty()) {
                console.warn(file.name() + ": left out, without a name in GGUF: " + unnamed.stream().limit(NAMES_SHOWN)
                        .collect(Collectors.joining(", "))
                        + (unnamed.size() > NAMES_SHOWN ? " and " + (unnamed.size() - NAMES_SHOWN) + " more" : ""));
            }
            return new Reviews(file, file.asGguf(), imatrix, console);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    WeightsReport review(int bins, int threads, boolean clusters) throws IOException {
        ModelReview review;
        try (Progress progress = progress()) {
            review = ModelReview.of(tensors, new ModelReview.Options(bins, imatrix, threads, clusters),
                    progress::advance);
        }
        warnUnless(review.tensors().stream().anyMatch(tensor -> tensor.weighted() != null));
        return new WeightsReport(review, file.config().architecture(),
                imatrix == null ? null : imatrix.path().toString());
    }

    /** What changed from this model to another one. */
    ModelChange changeTo(Reviews other, int threads) throws IOException {
        try (Progress progress = progress()) {
            ModelChange change = ModelChange.of(tensors, other.tensors, imatrix, threads, progress::advance);
            warnUnless(change.total().weightedSquares() > 0);
            return change;
        }
    }

    private void warnUnless(boolean imatrixWasUsed) {
        if (imatrix != null && !imatrixWasUsed) {
            console.warn(imatrix.path() + " has no entry for a tensor of " + file.name() + ": is it of another model?");
        }
    }

    private Progress progress() {
        return console.progress("weights of " + file.name(),
                tensors.tensors().stream().mapToLong(TensorInfo::bytes).sum());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
