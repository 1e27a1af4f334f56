package org.imatrixstats.measure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Measures what groups of tensors cost: each is changed in a copy of the model, the copy is compared with the original by
 * llama-perplexity, and the group is put back.
 *
 * @param model      the original
 * @param dialect    whose encoders quantize
 * @param importance weights of the columns
 * @param copy       that is changed
 * @param program    that compares
 * @param base       the logits of the original
 * @param timeout    after which a run is ended
 * @param threads    that quantize
 */
public record LossMeasure(GgufModel model, Dialect dialect, ImportanceWeights importance, WorkingCopy copy,
        LlamaPerplexity program, BaseLogits base, Duration timeout, int threads) {
    /** Follows a measurement. */
    public interface Watch {
        /** A chunk of text is done. */
        void chunk();

        /** A group is done. */
        void done(int group, KlDivergence result) throws IOException;
    }

    /**
     * Measures some groups of a plan, one after the other.
     *
     * @param groups their numbers
     * @throws IOException if a tensor cannot be quantized, or a run fails twice; the copy equals the original then too, if
     *                     it can be written at all
     */
    public void run(MeasurePlan plan, List<Integer> groups, Watch watch) throws IOException {
        for (int number : groups) {
            MeasurePlan.Group group = plan.groups().get(number);
            KlDivergence result;
            try {
                for (GroupLoss.Member member : group.tensors()) {
                    TensorInfo tensor = model.tensor(member.tensor());
                    copy.patch(tensor, taker -> RoundTrip.of(model, tensor, member.type(), dialect, importance,
                            threads, taker));
                }
                result = program.compare(group.name(), copy.file(), base, timeout, watch::chunk);
            } finally {
                copy.restore();
            }
            watch.done(number, result);
        }
    }
}
