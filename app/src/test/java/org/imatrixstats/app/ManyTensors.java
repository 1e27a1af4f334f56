package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

import org.imatrixstats.gguf.GgufBuilder;

/** An importance matrix of very many tensors: gate, up and down of each expert of each layer, of 64 columns. */
public final class ManyTensors {
    private static final int COLUMNS = 64;
    private static final float ROWS = 51_200;

    private ManyTensors() {
    }

    public static Path write(Path file, int layers, int experts) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        GgufBuilder builder = new GgufBuilder().text("general.type", "imatrix").texts("imatrix.datasets", "text")
                .uint32("imatrix.chunk_count", 100).uint32("imatrix.chunk_size", 512);
        for (int layer = 0; layer < layers; layer++) {
            for (String kind : List.of("gate", "up", "down")) {
                for (int expert = 0; expert < experts; expert++) {
                    String name = "blk." + layer + ".ffn_" + kind + "." + expert + ".weight";
                    float[] sums = new float[COLUMNS];
                    for (int i = 0; i < COLUMNS; i++) {
                        sums[i] = (float) (ROWS * Math.exp(1.5 * random.nextGaussian()));
                    }
                    builder.tensor(name + ".in_sum2", List.of((long) COLUMNS, 1L), sums)
                            .tensor(name + ".counts", List.of(1L, 1L), ROWS);
                }
            }
        }
        return builder.write(file);
    }
}
