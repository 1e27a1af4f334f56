package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Recipes for models that are quantized already, that have encoders, or layers that share the K and V of others. */
class RecipeCasesTest {
    private static final Path GPT_OSS = ReferenceFiles.testdata("cases/quantized-source/gptoss.gguf");
    private static final Path T5 = ReferenceFiles.testdata("cases/t5/t5-model.gguf");
    private static final Path SHARED_KV = ReferenceFiles.testdata("cases/shared-kv/g.gguf");
    private static final Path SHARED_KV_MODEL = ReferenceFiles.testdata("cases/shared-kv/gemma3n.gguf");
    private static final Path T5_ENCODER = ReferenceFiles.testdata("cases/t5/t5enc-model.gguf");

    private static Map<String, JsonNode> recipe(Object... arguments) {
        return Json.by("name", Json.parse(CliRun.outputOf(arguments)).get("tensors"));
    }

    @ParameterizedTest
    @CsvSource({"llama.cpp, 4.4", "llama.cpp, 12", "ik_llama.cpp, 4.4", "ik_llama.cpp, 12"})
    void expertsThatAreMxfp4StayMxfp4(String dialect, String bpw) {
        Map<String, JsonNode> tensors = recipe("recipe", "--model", GPT_OSS, "--target-bpw", bpw, "--dialect", dialect,
                "--emit", "json");
        for (String name : tensors.keySet()) {
            if (name.endsWith("_exps.weight")) {
                assertEquals("mxfp4", tensors.get(name).get("type").asString(), name);
                assertEquals(0, tensors.get(name).get("loss").asDouble(), name);
                // 4 experts of 2880 rows of 90 blocks of 17 bytes, as in the model.
                assertEquals(4 * 2880 * 90 * 17, tensors.get(name).get("bytes").asLong(), name);
            }
        }
        assertFalse(CliRun.outputOf("recipe", "--model", GPT_OSS, "--target-bpw", bpw, "--dialect", dialect)
                .contains("--allow-requantize"));
    }

    @Test
    void theUserMayStillWantAnotherType() {
        Map<String, JsonNode> tensors = recipe("recipe", "--model", GPT_OSS, "--target-bpw", "6", "--pin",
                "ffn_down_exps=q8_0", "--emit", "json");
        assertEquals("q8_0", tensors.get("blk.0.ffn_down_exps.weight").get("type").asString());
    }

    @Test
    void aPlanSaysThatALargerTypeGainsNothing() {
        String plan = CliRun.outputOf("plan", GPT_OSS, "--base", "Q4_K_M");
        assertTrue(plan.contains("9 of them become larger"), plan);
    }

    @Test
    void rolesGoByTheLastPartOfTheName() {
        Map<String, JsonNode> tensors = recipe("recipe", "--model", T5, "--target-bpw", "4.5", "--emit", "json");
        for (String name : tensors.keySet()) {
            double role = name.contains("attn_v") || name.contains("ffn_down")
                    ? 3.5
                    : name.contains("attn_o.") ? 1.6 : name.equals("output.weight") ? 18 : 1;
            if (tensors.get(name).get("quantized").asBoolean()) {
                assertEquals(role, tensors.get(name).get("weight").asDouble(), name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama.cpp", "ik_llama.cpp"})
    void theTokenEmbeddingsOfAnEncoderAreNoOutput(String dialect) {
        Map<String, JsonNode> tensors = recipe("recipe", "--model", T5_ENCODER, "--target-bpw", "4.5", "--dialect",
                dialect, "--emit", "json");
        assertEquals(1, tensors.get("token_embd.weight").get("weight").asDouble());
        assertFalse(CliRun.outputOf("plan", T5_ENCODER, "--base", "Q4_K_M").contains("tied"));
        assertTrue(CliRun.outputOf("plan", ReferenceFiles.testdata("models/qwen2.5-0.5b.gguf"), "--base", "Q4_K_M")
                .contains("tied embeddings"));
    }

    @ParameterizedTest
    @CsvSource({"llama.cpp, q2_K", "ik_llama.cpp, iq2_ks"})
    void keysAndValuesThatAreNeverComputedGetTheSmallestType(String dialect, String smallest) {
        Map<String, JsonNode> tensors = recipe("recipe", SHARED_KV, "--model", SHARED_KV_MODEL, "--target-bpw", "5",
                "--dialect", dialect, "--emit", "json");
        for (int layer = 0; layer < 12; layer++) {
            for (String kind : List.of("attn_k", "attn_v")) {
                JsonNode tensor = tensors.get("blk." + layer + "." + kind + ".weight");
                assertEquals(layer >= 7, tensor.get("type").asString().equals(smallest), tensor.toString());
                assertEquals(layer >= 7, tensor.get("weight").asDouble() == 0, tensor.toString());
            }
        }
    }

    @Test
    void layersThatShareKeysAndValuesAreNoLoss() {
        for (CliRun run : List.of(CliRun.of("check", SHARED_KV), CliRun.of("check", SHARED_KV, "--model",
                SHARED_KV_MODEL))) {
            String out = run.succeeded().out();
            assertTrue(out.contains("attn_k and attn_v of layers 7-11 have no entry"), out);
            assertTrue(out.contains("ready for quantizing: 3 notes"), out);
            assertFalse(out.contains("matrix anew"), out);
        }
    }

    /** Without an entry, these types crash llama-quantize at the output and the embeddings, which need none otherwise. */
    @Test
    void aTypeThatCrashesWithoutAnEntryIsNeverChosen(@TempDir Path folder) throws IOException {
        Path table = Files.writeString(folder.resolve("distortion.csv"), "type,value\niq2_xs,0.0001\nq8_0,0.1\n");
        Map<String, JsonNode> tensors = recipe("recipe", ReferenceFiles.testdata("cases/experts-unreached/m.gguf"),
                "--model", ReferenceFiles.testdata("cases/experts-unreached/model.gguf"), "--target-bpw", "9",
                "--types",
                "iq2_xs,q8_0", "--distortion", table, "--emit", "json");
        assertEquals("iq2_xs", tensors.get("blk.0.attn_q.weight").get("type").asString());
        assertEquals("q8_0", tensors.get("output.weight").get("type").asString());
        assertEquals("q8_0", tensors.get("token_embd.weight").get("type").asString());
    }
}
