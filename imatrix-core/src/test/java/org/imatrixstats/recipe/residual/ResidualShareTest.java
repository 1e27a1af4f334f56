package org.imatrixstats.recipe.residual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Model;
import org.imatrixstats.stats.StreamShare;
import org.imatrixstats.tensor.TensorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidualShareTest {
    /** Layer, share of the attention, share of the FFN, f: by another program, with numpy. */
    private static final double[][] EXPECTED = {{0, 0.422987, 0.998250, 0.148032}, {1, 0.023555, 0.170409, 0.064956},
        {2, 0.059150, 0.025641, 0.278898}, {3, 0.027617, 0.023159, 0.261004}, {4, 0.067566, 0.018518, 0.724704},
        {5, 0.126560, 0.068409, 1}, {6, 0.113799, 0.164636, 1}, {7, 0.157295, 0.565588, 1}};

    private static final Path MODEL = ReferenceFiles.testdata("models/tiny-english-f16.gguf");
    private static final Path IMATRIX = ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf");

    @TempDir
    Path folder;

    private static ResidualShare share() throws IOException {
        return share(ResidualShare.Reading.PLAIN);
    }

    private static ResidualShare share(ResidualShare.Reading reading) throws IOException {
        try (ModelFile model = ModelFile.open(MODEL); Imatrix imatrix = ImatrixReader.open(IMATRIX)) {
            return ResidualShare.of(model.asGguf(), Model.of(model), model.config(), imatrix, reading).orElseThrow();
        }
    }

    @Test
    void sharesOfATrainedModel() throws IOException {
        ResidualShare share = share();
        assertEquals(EXPECTED.length, share.layers().size());
        for (int i = 0; i < EXPECTED.length; i++) {
            LayerShare layer = share.layers().get(i);
            assertEquals(EXPECTED[i][0], layer.layer());
            assertEquals(EXPECTED[i][1], layer.attention(), 1e-6);
            assertEquals(EXPECTED[i][2], layer.ffn(), 1e-6);
            assertEquals(EXPECTED[i][3], layer.carried(), 1e-6);
        }
    }

    @Test
    void weightsFollowFromTheShares() throws IOException {
        Map<String, Double> weights = share().weights();
        assertEquals(0.05 * 0.170409, weights.get("blk.1.ffn_down.weight"), 1e-7);
        assertEquals(0.05 * 0.170409 * 0.064956, weights.get("blk.1.ffn_gate.weight"), 1e-7);
        assertEquals(weights.get("blk.1.ffn_gate.weight"), weights.get("blk.1.ffn_up.weight"));
        double passes = 1 - 0.170409 + 0.170409 * 0.064956;
        assertEquals(0.05 * 0.023555 * passes, weights.get("blk.1.attn_v.weight"), 1e-7);
        assertEquals(0.28, weights.get("output.weight"));
        assertEquals(0.016, weights.get("token_embd.weight"));
    }

    /** A dense layer has one tensor for each block: it writes what the block writes. */
    @Test
    void eachTensorThatWritesHasItsShareOfTheStream() throws IOException {
        StreamShare down = share().of(TensorName.of("blk.1.ffn_down.weight"));
        assertEquals(0.170409, down.share(), 1e-6);
        assertEquals(0.05 * 0.170409, down.weight(), 1e-7);
        assertEquals(0.023555, down.attention(), 1e-6);
        assertEquals(0.170409, down.ffn(), 1e-6);
        assertEquals(0.064956, down.carried(), 1e-6);
        StreamShare up = share().of(TensorName.of("blk.1.ffn_up.weight"));
        assertEquals(Double.NaN, up.share());
        assertEquals(0.170409, up.ffn(), 1e-6);
        StreamShare output = share().of(TensorName.of("output.weight"));
        assertEquals(0.28, output.weight());
        assertEquals(Double.NaN, output.ffn());
    }

    @Test
    void sharesAreTheSameBitsOnAnyNumberOfThreadsAndFromTheCache() throws IOException {
        FigureCache cache = new FigureCache(folder, "stream");
        List<Long> read = new ArrayList<>();
        ResidualShare expected = share();
        assertEquals(expected, share(new ResidualShare.Reading(3, cache, values -> {
            read.add(values);
            return _ -> {
            };
        })));
        assertEquals(1, read.size());
        assertEquals(expected, share(new ResidualShare.Reading(2, cache, _ -> {
            throw new AssertionError("the values are read again");
        })));
    }

    @Test
    void aMatrixWithoutTheWritersSaysWhichIsMissing() throws IOException {
        try (ModelFile model = ModelFile.open(MODEL);
                Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("moe-prose.gguf"))) {
            assertTrue(ResidualShare.of(model.asGguf(), Model.of(model), model.config(), imatrix,
                    ResidualShare.Reading.PLAIN).isEmpty());
            assertEquals(Optional.of("the importance matrix has no entry that fits blk.0.ffn_down.weight"),
                    ResidualShare.missing(model.asGguf().tensors(), Model.of(model), model.config(), imatrix));
        }
    }
}
