package org.imatrixstats.recipe.residual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which tensors write the residual stream, architecture by architecture. Each model has embedding rows of energy 4 (times 4
 * columns of 1), and matrices of ones with 4 rows: of an input with E[x²] = e in each of its c columns they write 4·c·e.
 */
class ResidualStreamTest {
    private static final int WIDTH = 4;

    @TempDir
    Path folder;

    private final GgufBuilder model = new GgufBuilder();
    private final GgufImatrixBuilder imatrix = new GgufImatrixBuilder().keys(List.of("text"), 1, 512);

    private void start(String architecture, int layers) {
        model.text("general.architecture", architecture).uint32(architecture + ".block_count", layers);
        add("token_embd.weight", 2);
    }

    /** A matrix of ones with this many rows and four columns. */
    private void add(String name, int rows) {
        float[] ones = new float[rows * WIDTH];
        Arrays.fill(ones, 1);
        model.tensor(name, List.of((long) WIDTH, (long) rows), ones);
    }

    /** A matrix that writes the stream, and E[x²] of its inputs. */
    private void addWriter(String name, float energy) {
        add(name, WIDTH);
        float[] sums = new float[WIDTH];
        Arrays.fill(sums, 10 * energy);
        imatrix.entry(name, new float[]{10}, sums);
    }

    private void addNorm(String name, float gain) {
        float[] gains = new float[WIDTH];
        Arrays.fill(gains, gain);
        model.tensor(name, List.of((long) WIDTH), gains);
    }

    private Optional<ResidualShare> share() throws IOException {
        try (ModelFile file = ModelFile.open(model.write(folder.resolve("model.gguf")));
                Imatrix matrix = ImatrixReader.open(imatrix.write(folder))) {
            return ResidualShare.of(file.asGguf(), Model.of(file), file.config(), matrix, ResidualShare.Reading.PLAIN);
        }
    }

    private void assertUnknown(String why) throws IOException {
        assertTrue(share().isEmpty());
        try (ModelFile file = ModelFile.open(model.write(folder.resolve("model.gguf")));
                Imatrix matrix = ImatrixReader.open(imatrix.write(folder))) {
            assertEquals(Optional.of(why),
                    ResidualShare.missing(file.asGguf().tensors(), Model.of(file), file.config(), matrix));
        }
    }

    private void assertShares(double attention, double ffn) throws IOException {
        LayerShare layer = share().orElseThrow().layers().getFirst();
        assertEquals(attention, layer.attention(), 1e-12);
        assertEquals(ffn, layer.ffn(), 1e-12);
    }

    /** R = 4; the attention writes 4·4·1 = 16, the FFN 4·4·2 = 32. */
    @Test
    void llamaAndPhiWriteThroughAttnOutputAndFfnDown() throws IOException {
        start("phi3", 1);
        addWriter("blk.0.attn_output.weight", 1);
        addWriter("blk.0.ffn_down.weight", 2);
        assertShares(16.0 / 20, 32.0 / 52);
    }

    /** Embeddings times √4, and what is added has the energy of the gains of the norms: 4·0.5² and 4·1². */
    @Test
    void gemmaScalesEmbeddingsAndNormalisesWhatItAdds() throws IOException {
        start("gemma2", 1);
        addWriter("blk.0.attn_output.weight", 1);
        addWriter("blk.0.ffn_down.weight", 2);
        addNorm("blk.0.ffn_norm.weight", 1);
        addNorm("blk.0.post_attention_norm.weight", 0.5f);
        addNorm("blk.0.post_ffw_norm.weight", 1);
        assertShares(1.0 / 17, 4.0 / 21);
    }

    /** In Qwen3-Next the norm of that name stands before the FFN: nothing behind the attention is normalised. */
    @Test
    void qwenHybridsWriteThroughSsmOutAndNormaliseNothingBehindIt() throws IOException {
        start("qwen3next", 1);
        add("blk.0.attn_qkv.weight", 8);
        addWriter("blk.0.ssm_out.weight", 1);
        addWriter("blk.0.ffn_down.weight", 2);
        addNorm("blk.0.post_attention_norm.weight", 0.5f);
        assertShares(16.0 / 20, 32.0 / 52);
    }

    /** Latent attention writes through attn_output; the shared expert adds to what the others write. */
    @Test
    void deepseekAddsItsSharedExperts() throws IOException {
        start("deepseek2", 1);
        add("blk.0.attn_kv_a_mqa.weight", 8);
        addWriter("blk.0.attn_output.weight", 1);
        addWriter("blk.0.ffn_down_shexp.weight", 2);
        addExperts();
        // Two experts, one used, each by half of the tokens: 1.2 · (0.5 · 16 + 0.5 · 48).
        double ffn = 32 + 1.2 * (0.5 * 16 + 0.5 * 48);
        assertShares(16.0 / 20, ffn / (20 + ffn));
        // The shared expert and the others divide the share of the FFN.
        Map<String, Double> writers = share().orElseThrow().layers().getFirst().writers();
        assertEquals(32 / (20 + ffn), writers.get("blk.0.ffn_down_shexp.weight"), 1e-12);
        assertEquals((ffn - 32) / (20 + ffn), writers.get("blk.0.ffn_down_exps.weight"), 1e-12);
    }

    private void addExperts() {
        float[] ones = new float[2 * WIDTH * WIDTH];
        Arrays.fill(ones, 1);
        model.tensor("blk.0.ffn_down_exps.weight", List.of((long) WIDTH, (long) WIDTH, 2L), ones);
        imatrix.entry("blk.0.ffn_down_exps.weight", new float[]{5, 5}, 5, 5, 5, 5, 15, 15, 15, 15);
    }

    /** A layer that predicts further tokens is in no matrix, and nobody reads what it writes. */
    @Test
    void layersThatPredictFurtherTokensAreLeftOut() throws IOException {
        start("glm4", 2);
        model.uint32("glm4.nextn_predict_layers", 1);
        addWriter("blk.0.attn_output.weight", 1);
        addWriter("blk.0.ffn_down.weight", 2);
        add("blk.1.attn_output.weight", WIDTH);
        add("blk.1.ffn_down.weight", WIDTH);
        ResidualShare share = share().orElseThrow();
        assertEquals(1, share.layers().size());
        assertTrue(share.weights().get("blk.1.ffn_down.weight") > 0);
    }

    @Test
    void aBlockWhoseWriterIsNotKnownMakesTheModelUnknown() throws IOException {
        start("llama", 1);
        addWriter("blk.0.attn_output.weight", 1);
        // A matrix per expert, as old Mixtral files have it.
        addWriter("blk.0.ffn_down.0.weight", 2);
        assertUnknown("it is not known which tensor writes what the FFN of layer 0 computes");
    }

    @Test
    void architecturesThatScaleWhatTheyAddAreUnknown() throws IOException {
        start("granite", 1);
        addWriter("blk.0.attn_output.weight", 1);
        addWriter("blk.0.ffn_down.weight", 2);
        assertUnknown("it is not known what writes the residual stream of granite models");
    }
}
