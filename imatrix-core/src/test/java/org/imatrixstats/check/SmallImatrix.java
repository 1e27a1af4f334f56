package org.imatrixstats.check;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;

/**
 * An importance matrix to be damaged: four layers with attention, four experts of 256 columns each, and the output, all
 * of them with data; and the model that belongs to it.
 */
final class SmallImatrix {
    static final int COLUMNS = 256;
    static final int EXPERTS = 4;
    static final String Q = "blk.1.attn_q.weight";
    static final String EXPS = "blk.1.ffn_up_exps.weight";

    private static final long TOKENS = 100;

    /** What is written for a tensor; {@code inSum} is null where there are none. */
    static final class Entry {
        final float[] counts;
        final float[] inSum2;
        float[] inSum;

        Entry(int experts, int columns) {
            counts = new float[experts];
            Arrays.fill(counts, TOKENS);
            inSum2 = new float[experts * columns];
            for (int i = 0; i < inSum2.length; i++) {
                inSum2[i] = 1 + i;
            }
        }
    }

    final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    final SequencedMap<String, List<Long>> model = new LinkedHashMap<>();
    final Map<String, Integer> modelKeys = new LinkedHashMap<>();
    final Map<String, Object> keys = new LinkedHashMap<>(Map.of("imatrix.datasets", List.of("prose.txt"),
            "imatrix.chunk_count", 2, "imatrix.chunk_size", 50));
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    final SequencedMap<String, float[]> extraTensors = new LinkedHashMap<>();

    SmallImatrix() {
        for (int layer = 0; layer < 4; layer++) {
            String block = "blk." + layer + ".";
            add(block + "attn_k.weight", 1);
            add(block + "attn_q.weight", 1);
            add(block + "ffn_gate_inp.weight", 1);
            add(block + "ffn_up_exps.weight", EXPERTS);
        }
        add("output.weight", 1);
        add("token_embd.weight", 1);
    }

    /** An entry, and its tensor in the model. */
    Entry add(String name, int experts) {
        model.put(name, experts == 1 ? List.of(256L, 3L) : List.of(256L, 3L, (long) experts));
        Entry entry = new Entry(experts, COLUMNS);
        entries.put(name, entry);
        return entry;
    }

    SmallImatrix with(Consumer<SmallImatrix> change) {
        change.accept(this);
        return this;
    }

    Entry q() {
        return entries.get(Q);
    }

    Entry exps() {
        return entries.get(EXPS);
    }

    Path write(Path folder) throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder(order);
        keys.forEach(file::key);
        entries.forEach((name, entry) -> {
            file.entry(name, entry.counts, entry.inSum2);
            if (entry.inSum != null) {
                file.inSum(name, entry.counts.length, entry.inSum);
            }
        });
        extraTensors.forEach((name, values) -> file.tensor(name, new long[]{values.length}, values));
        return file.write(folder);
    }

    /** The same entries in the legacy container, whose counts are chunks, the same for all experts. */
    Path writeLegacy(Path folder) throws IOException {
        LegacyBuilder file = new LegacyBuilder();
        entries.forEach((name, entry) -> file.entry(name, (int) entry.counts[0], entry.inSum2));
        return file.write(folder);
    }

    Path writeModel(Path folder) throws IOException {
        GgufBuilder file = new GgufBuilder().text("general.architecture", "test");
        modelKeys.forEach(file::uint32);
        model.forEach((name, dims) -> file.tensor(GgufBuilder.Tensor.of(name, GgufBuilder.F32,
                new byte[4 * (int) (long) dims.stream().reduce(1L, (a, b) -> a * b)], dims)));
        return file.write(folder.resolve("model.gguf"));
    }
}
