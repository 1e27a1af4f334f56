package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.FormatException;
import org.junit.jupiter.api.Test;

/** Names of layers after pruning; the types that follow are in ArchitectureAnswersTest. */
class PruningTest {
    private static Model model(String name) throws IOException {
        return Model.read(ReferenceFiles.testdata("quantize/architectures/" + name + ".gguf"));
    }

    @Test
    void layersBehindAPrunedOneMoveUp() throws Exception {
        Pruning pruning = Pruning.of(model("moe4-tied"), Set.of(0, 3));
        assertEquals(8, pruning.layers());
        assertEquals("blk.1.attn_v.weight", pruning.former().get("blk.0.attn_v.weight"));
        assertEquals("blk.4.attn_v.weight", pruning.former().get("blk.2.attn_v.weight"));
    }

    /** llama-quantize takes {@code dec.blk.10} before {@code dec.blk.2} and numbers them in that order. */
    @Test
    void tenLayersInTwoStacksAreRefused() throws IOException {
        Model model = model("t5");
        FormatException refused = assertThrows(FormatException.class, () -> Pruning.of(model, Set.of(1)));
        assertTrue(refused.getMessage().contains("layer 10 before layer 2"), refused.getMessage());
    }
}
