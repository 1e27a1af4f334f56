package org.imatrixstats.imatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedInputsTest {
    private static final float[] ONE_ROW = {1};

    @TempDir
    private Path folder;

    /** The entries that hold what another before them does, with the first that holds it. */
    private Map<String, String> shared(GgufImatrixBuilder file) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file.write(folder))) {
            SharedInputs inputs = SharedInputs.of(imatrix, 2);
            Map<String, String> shared = new TreeMap<>();
            imatrix.entries().values().stream().filter(entry -> inputs.firstOf(entry) != entry)
                    .forEach(entry -> shared.put(entry.name().name(), inputs.firstOf(entry).name().name()));
            return shared;
        }
    }

    @Test
    void findsTheFirstOfALayerThatHoldsTheSame() throws IOException {
        assertEquals(Map.of("blk.0.c", "blk.0.a", "blk.0.d", "blk.0.a", "blk.1.b", "blk.1.a"),
                shared(new GgufImatrixBuilder().entry("blk.0.d", ONE_ROW, 1, 2).entry("blk.0.c", ONE_ROW, 1, 2)
                        .entry("blk.0.b", ONE_ROW, 2, 1).entry("blk.0.a", ONE_ROW, 1, 2)
                        .entry("blk.1.a", ONE_ROW, 1, 2).entry("blk.1.b", ONE_ROW, 1, 2)));
    }

    @Test
    void otherValuesCountsSumsOrShapesAreNotTheSame() throws IOException {
        assertEquals(Map.of(), shared(new GgufImatrixBuilder().entry("blk.0.a", ONE_ROW, 1, 2)
                .entry("blk.0.value", ONE_ROW, 1, Math.nextUp(2f)).entry("blk.0.count", new float[]{2}, 1, 2)
                .entry("blk.0.shape", new float[]{1, 1}, 1, 2).entry("blk.0.longer", ONE_ROW, 1, 2, 3)
                .entry("blk.0.sums", ONE_ROW, 1, 2).inSum("blk.0.sums", 1, 1, 1)));
    }

    @Test
    void whatHasNoLayerOrNoDataSharesNothing() throws IOException {
        float[] noRow = {0};
        assertEquals(Map.of(), shared(new GgufImatrixBuilder().entry("a", ONE_ROW, 1, 2).entry("b", ONE_ROW, 1, 2)
                .entry("blk.0.a", noRow, 0, 0).entry("blk.0.b", noRow, 0, 0)));
    }

    @Test
    void tensorsOfExpertsShareWithTheirLikeAlone() throws IOException {
        assertEquals(Map.of("blk.0.ffn_up_exps.weight", "blk.0.ffn_gate_exps.weight"),
                shared(new GgufImatrixBuilder().entry("blk.0.ffn_gate.weight", ONE_ROW, 1, 2)
                        .entry("blk.0.ffn_gate_exps.weight", ONE_ROW, 1, 2)
                        .entry("blk.0.ffn_up_exps.weight", ONE_ROW, 1, 2)));
    }

    @Test
    void tensorsOfOtherInputsMayLieBetween() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder();
        for (int i = 0; i < 16; i++) {
            file.entry("blk.0." + (char) ('a' + i), ONE_ROW, 1, i);
        }
        assertEquals(Map.of("blk.0.z", "blk.0.a"), shared(file.entry("blk.0.z", ONE_ROW, 1, 0)));
    }
}
