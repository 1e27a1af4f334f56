package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;

import org.imatrixstats.weights.ReviewOptions;
import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;
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
    static Reviews open(Path path, Imatrix imatrix, Console console) throws IOException {
        ModelFile file = ModelInput.open(path, console);
        try {
            return new Reviews(file, ModelInput.tensors(file), imatrix, console);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    WeightsReport review(int bins, int threads, boolean clusters) throws IOException {
        ModelReview review;
        try (Progress progress = progress()) {
            review = ModelReview.of(tensors, new ReviewOptions(bins, imatrix, threads, clusters),
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
