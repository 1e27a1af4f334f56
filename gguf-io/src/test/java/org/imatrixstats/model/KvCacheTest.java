package org.imatrixstats.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.gguf.GgufBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes of keys and values per token, worked out by hand or by testdata/inspect/models.json. */
class KvCacheTest {
    private static final Path MODELS = Path.of("../testdata/models");

    @TempDir
    Path folder;

    private static KvCache of(Path path) throws IOException {
        return found(path).orElseThrow();
    }

    private static Optional<KvCache> found(Path path) throws IOException {
        try (ModelFile model = ModelFile.open(path)) {
            return KvCache.of(model);
        }
    }

    private static void addMatrix(GgufBuilder builder, String name, long columns, long rows) {
        builder.tensor(name, List.of(columns, rows), new float[Math.toIntExact(columns * rows)]);
    }

    private static GgufBuilder model(String architecture, int layers) {
        return new GgufBuilder().text("general.architecture", architecture)
                .uint32(architecture + ".block_count", layers);
    }

    private Path write(GgufBuilder builder) throws IOException {
        return builder.write(folder.resolve("model.gguf"));
    }

    @ParameterizedTest
    @CsvSource({"llama-3-70b, 80, 327680", "llama-3.1-8b, 32, 131072", "qwen3-30b-a3b, 48, 98304",
        "qwen2.5-0.5b, 24, 12288"})
    void groupedQueriesShareKeysAndValues(String model, int layers, long bytes) throws IOException {
        KvCache kv = of(MODELS.resolve(model + ".gguf"));
        assertEquals(layers, kv.layers());
        assertEquals(bytes, kv.bytesPerToken());
        assertEquals(0, kv.windowedLayers());
        assertEquals(0, kv.without());
    }

    /** 27 layers of 512 + 64 values, which hold keys and values: half of what storing both would take. */
    @Test
    void latentAttentionStoresOneVectorPerLayer() throws IOException {
        KvCache kv = of(MODELS.resolve("deepseek-v2-lite.gguf"));
        assertTrue(kv.latent());
        assertEquals(31_104, kv.bytesPerToken());
    }

    /** Every sixth layer of Gemma 3 sees all tokens; the others keep 512 and a batch of 512, in steps of 256. */
    @Test
    void layersWithASlidingWindowKeepNoMoreThanTheWindowAndABatch() throws IOException {
        GgufBuilder builder = model("gemma3", 12).uint32("gemma3.attention.sliding_window", 512);
        for (int layer = 0; layer < 12; layer++) {
            addMatrix(builder, "blk." + layer + ".attn_k.weight", 8, 4);
            addMatrix(builder, "blk." + layer + ".attn_v.weight", 8, 4);
        }
        KvCache kv = of(write(builder));
        assertEquals(2, kv.layers());
        assertEquals(2 * 16, kv.bytesPerToken());
        assertEquals(10, kv.windowedLayers());
        assertEquals(10 * 16, kv.windowedPerToken());
        assertEquals(1024, kv.windowTokens());
        assertEquals(100 * (32 + 160), kv.bytes(100));
        assertEquals(5000 * 32 + 1024 * 160, kv.bytes(5000));
        assertEquals(100, kv.tokens(100 * (32 + 160)));
        assertEquals(5000, kv.tokens(5000 * 32 + 1024 * 160));
        assertEquals(0, kv.tokens(-1));
    }

    /** As Gemma 4 writes it, whose layers with a window have other heads. */
    @Test
    void theFileSaysWhichLayersSlide() throws IOException {
        GgufBuilder builder = model("gemma4", 3).uint32("gemma4.attention.sliding_window", 256)
                .array("gemma4.attention.sliding_window_pattern", GgufBuilder.BOOL, 3,
                        values -> values.raw((byte) 1, (byte) 1, (byte) 0));
        addMatrix(builder, "blk.0.attn_k.weight", 8, 2);
        addMatrix(builder, "blk.0.attn_v.weight", 8, 2);
        addMatrix(builder, "blk.1.attn_k.weight", 8, 2);
        addMatrix(builder, "blk.1.attn_v.weight", 8, 2);
        // Keys are the values too.
        addMatrix(builder, "blk.2.attn_k.weight", 8, 5);
        KvCache kv = of(write(builder));
        assertEquals(20, kv.bytesPerToken());
        assertEquals(16, kv.windowedPerToken());
    }

    /** Qwen3-Next: three layers of four are recurrent and have an attn_qkv too, which makes no keys that are kept. */
    @Test
    void recurrentLayersKeepNothingPerToken() throws IOException {
        GgufBuilder builder = model("qwen3next", 4);
        for (int layer = 0; layer < 3; layer++) {
            addMatrix(builder, "blk." + layer + ".attn_qkv.weight", 8, 24);
            addMatrix(builder, "blk." + layer + ".ssm_out.weight", 8, 8);
        }
        addMatrix(builder, "blk.3.attn_k.weight", 8, 4);
        addMatrix(builder, "blk.3.attn_v.weight", 8, 4);
        KvCache kv = of(write(builder));
        assertEquals(1, kv.layers());
        assertEquals(16, kv.bytesPerToken());
        assertEquals(3, kv.without());
    }

    /** Phi-3: queries, keys and values in one matrix; the header says how many are keys. */
    @Test
    void joinedQueriesKeysAndValuesGoByTheHeads() throws IOException {
        GgufBuilder builder = model("phi3", 1).uint32("phi3.embedding_length", 8)
                .uint32("phi3.attention.head_count", 4).uint32("phi3.attention.head_count_kv", 2);
        addMatrix(builder, "blk.0.attn_qkv.weight", 8, 16);
        assertEquals(2 * (2 + 2) * 2, of(write(builder)).bytesPerToken());
    }

    @Test
    void layersThatShareOrPredictFurtherTokensKeepNothing() throws IOException {
        GgufBuilder builder = model("glm4moe", 4).uint32("glm4moe.nextn_predict_layers", 1)
                .uint32("glm4moe.attention.shared_kv_layers", 1);
        for (int layer = 0; layer < 4; layer++) {
            addMatrix(builder, "blk." + layer + ".attn_k.weight", 8, 4);
            addMatrix(builder, "blk." + layer + ".attn_v.weight", 8, 4);
        }
        KvCache kv = of(write(builder));
        assertEquals(2, kv.layers());
        assertEquals(1, kv.without());
    }

    @Test
    void anEncoderHasNoCache() throws IOException {
        GgufBuilder builder = model("bert", 1);
        addMatrix(builder, "blk.0.attn_k.weight", 8, 4);
        assertTrue(found(write(builder)).isEmpty());
    }
}
