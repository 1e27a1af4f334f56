package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** Every stack of layers has numbers of its own, and nothing is compared across the border of two stacks. */
class LayerCasesTest {
    private static final Path T5 = ReferenceFiles.testdata("cases/t5/t5.gguf");
    private static final Path MTP = ReferenceFiles.testdata("cases/mtp/with-mtp.gguf");
    private static final Path MTP_MODEL = ReferenceFiles.testdata("cases/mtp/glm-model.gguf");

    @TempDir
    private Path folder;

    @Test
    void encoderAndDecoderAreTwelveLayers() {
        JsonNode report = Json.report("stats", T5, "--format", "json");
        List<String> layers = new ArrayList<>();
        report.get("layers").forEach(layer -> layers.add(layer.get("stack").asString() + layer.get("layer")));
        assertEquals(List.of("dec0", "dec1", "dec2", "dec3", "dec4", "dec5", "enc0", "enc1", "enc2", "enc3", "enc4",
                "enc5"), layers);
        assertTrue(CliRun.outputOf("stats", T5).contains("108 tensors, 12 layers"));
        Map<String, JsonNode> tensors = Json.by("name", report.get("tensors"));
        assertTrue(tensors.get("dec.blk.0.attn_q.weight").get("previous").isNull());
        assertEquals("dec.blk.0.attn_q.weight",
                tensors.get("dec.blk.1.attn_q.weight").get("previous").asString());
        String plan = CliRun.outputOf("plan", ReferenceFiles.testdata("cases/t5/t5-model.gguf"), "--base", "Q4_K_M");
        assertTrue(plan.contains("t5, 12 layers"), plan);
    }

    @Test
    void theLayerOfAnotherStackIsNoOtherInput() throws IOException {
        Path file = Files.write(folder.resolve("two.gguf"), new GgufImatrixBuilder().keys(List.of("text"), 1, 1)
                .entry("enc.blk.0.attn_q.weight", new float[]{1}, 1, 2)
                .entry("dec.blk.0.attn_q.weight", new float[]{1}, 1, 2).build());
        Json.report("stats", file, "--format", "json").get("tensors")
                .forEach(tensor -> assertTrue(tensor.get("same_input_as").isNull(), tensor.toString()));
    }

    @Test
    void namesWithoutBlkHaveLayersToo() throws IOException {
        Path file = Files.write(folder.resolve("image.gguf"), new GgufImatrixBuilder().keys(List.of("text"), 1, 1)
                .entry("double_blocks.0.img_attn.qkv.weight", new float[]{1}, 1, 2)
                .entry("double_blocks.1.img_attn.qkv.weight", new float[]{1}, 2, 4).build());
        JsonNode report = Json.report("stats", file, "--format", "json");
        JsonNode second = Json.by("name", report.get("tensors")).get("double_blocks.1.img_attn.qkv.weight");
        assertEquals(1, second.get("layer").asInt());
        assertEquals("double_blocks.img_attn.qkv", second.get("kind").asString());
        assertEquals(1, second.get("cosine_similarity").asDouble(), 1e-12);
        assertEquals(2, report.get("layers").size());
    }

    @Test
    void aNextnLayerIsNotComparedWithTheLayerBefore() {
        Map<String, JsonNode> tensors = Json.by("name", Json.report("stats", MTP, "--format", "json").get("tensors"));
        for (String name : tensors.keySet()) {
            if (name.startsWith("blk.15.")) {
                assertTrue(tensors.get(name).get("previous").isNull(), name);
                assertTrue(tensors.get(name).get("cosine_similarity").isNull(), name);
                assertTrue(tensors.get(name).get("gain").isNull(), name);
            }
        }
        assertEquals("blk.13.attn_q.weight", tensors.get("blk.14.attn_q.weight").get("previous").asString());
    }

    @Test
    void checkSeesThatTheNextnLayerHasData() {
        String out = CliRun.of("check", MTP, "--model", MTP_MODEL).succeeded().out();
        assertFalse(out.contains("nextn-without-data"), out);
        assertTrue(out.contains("nextn-looked-up"), out);
        assertFalse(CliRun.of("check", MTP).succeeded().out().contains("nextn"));
    }
}
