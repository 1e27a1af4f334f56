package org.imatrixstats.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        for (String name : List.of("output.weight", "token_embd.weight", "blk.x.attn_q.weight",
                "blk.3", "blk.-1.q.weight", "mm.0.weight", "3.q.weight", "v.patch_embd.weight.1", "a.conv1d.2.bias")) {
            assertFalse(TensorName.of(name).hasLayer(), name);
        }
        assertEquals("output", TensorName.of("output.weight").kind());
        assertEquals("mm.0", TensorName.of("mm.0.weight").kind());
    }

    @ParameterizedTest
    @CsvSource({"blk.3.ffn_down.weight, '', 3, ffn_down", "enc.blk.0.attn_v.weight, enc, 0, enc.attn_v",
        "dec.blk.0.cross_attn_o.weight, dec, 0, dec.cross_attn_o", "v.blk.11.attn_out.weight, v, 11, v.attn_out",
        "double_blocks.3.img_attn.proj.weight, double_blocks, 3, double_blocks.img_attn.proj",
        "model.diffusion_model.single_blocks.17.linear1.weight, model.diffusion_model.single_blocks, 17,"
                + " model.diffusion_model.single_blocks.linear1",
        "model.layers.3.mlp.down_proj.weight, model.layers, 3, model.layers.mlp.down_proj",
        "input_blocks.4.1.transformer_blocks.0.attn1.to_q.weight, input_blocks, 4,"
                + " input_blocks.1.transformer_blocks.0.attn1.to_q",
        "blk.0.ffn_down.7.weight, '', 0, ffn_down.7", "sblk.3.q.weight, sblk, 3, sblk.q"})
    void everyStackHasLayersOfItsOwn(String name, String stack, int number, String kind) {
        assertEquals(new Layer(stack, number), TensorName.of(name).inStack());
        assertEquals(kind, TensorName.of(name).kind());
    }

    @Test
    void onlyNamesThatStartWithABlockHaveTheNumberThatQuantizersRead() {
        assertEquals(3, TensorName.of("blk.3.ffn_down.weight").block());
        assertEquals(TensorName.NO_LAYER, TensorName.of("enc.blk.3.ffn_down.weight").block());
        assertEquals(TensorName.NO_LAYER, TensorName.of("blk.x.layers.3.ffn_down.weight").block());
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
