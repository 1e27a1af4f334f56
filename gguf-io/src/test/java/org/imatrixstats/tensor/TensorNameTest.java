package org.imatrixstats.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;

class TensorNameTest {
    @Test
    void readsLayerAndKind() {
        assertEquals(new TensorName("blk.3.ffn_down.weight", 3, "ffn_down"), TensorName.of("blk.3.ffn_down.weight"));
        assertEquals(new TensorName("blk.120.ffn_down_exps.weight", 120, "ffn_down_exps"),
                TensorName.of("blk.120.ffn_down_exps.weight"));
        assertEquals(new TensorName("blk.0.attn_q.bias", 0, "attn_q.bias"), TensorName.of("blk.0.attn_q.bias"));
    }

    @Test
    void findsTheBlockAfterAPrefix() {
        assertEquals(new TensorName("enc.blk.7.attn_q.weight", 7, "enc.attn_q"),
                TensorName.of("enc.blk.7.attn_q.weight"));
    }

    @Test
    void readsNamesWithoutALayer() {
        for (String name : List.of("output.weight", "token_embd.weight", "blk.x.attn_q.weight", "sblk.3.q.weight",
                "blk.3", "blk.-1.q.weight", "layers.3.mlp.weight")) {
            assertFalse(TensorName.of(name).hasLayer(), name);
        }
        assertEquals("output", TensorName.of("output.weight").kind());
        assertEquals("layers.3.mlp", TensorName.of("layers.3.mlp.weight").kind());
    }

    @Test
    void takesABlockNumberBeyondAnIntForPartOfTheName() {
        assertFalse(TensorName.of("blk.99999999999999999999.q.weight").hasLayer());
        assertEquals(999999999, TensorName.of("blk.999999999.q.weight").layer());
    }

    @Test
    void namesTheTensorInAnotherLayer() {
        assertEquals("blk.11.ffn_down.weight", TensorName.of("blk.3.ffn_down.weight").inLayer(11));
        assertEquals("enc.blk.0.blk.5.q", TensorName.of("enc.blk.4.blk.5.q").inLayer(0));
        assertThrows(IllegalArgumentException.class, () -> TensorName.of("output.weight").inLayer(0));
    }

    @Test
    void sortsByLayerAsANumberAndNamesWithoutALayerLast() {
        List<String> sorted = List.of("output.weight", "blk.10.a.weight", "blk.9.b.weight", "blk.9.a.weight").stream()
                .map(TensorName::of).sorted(TensorName.BY_LAYER).map(TensorName::name).toList();
        assertEquals(List.of("blk.9.a.weight", "blk.9.b.weight", "blk.10.a.weight", "output.weight"), sorted);
    }
}
