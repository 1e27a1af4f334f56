package org.imatrixstats.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** Random files that are right, of both containers: the same figures as an independent program makes of them. */
class DifferentialTest {
    private static final int FILES_OF_EACH = 60;
    /** None of "nextn.": the layers that have one are a stack by themselves here, which the program does not know. */
    private static final List<String> KINDS = List.of("attn_q", "attn_k", "ffn_down", "ffn_up", "ssm_out", "重み");

    @TempDir
    private Path folder;

    @Test
    void agreesOnRandomFilesWithAnIndependentProgram() throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        for (int seed = 0; seed < FILES_OF_EACH; seed++) {
            files.add(Files.write(folder.resolve(seed + ".gguf"), gguf(new SplittableRandom(seed))));
            files.add(Files.write(folder.resolve(seed + ".dat"), legacy(new SplittableRandom(seed))));
        }
        List<JsonNode> answers = answers(files);
        assertEquals(files.size(), answers.size());
        for (int i = 0; i < files.size(); i++) {
            assertFalse(answers.get(i).get("tensors").isEmpty());
            ReferenceTest.assertAgrees(files.get(i), answers.get(i));
        }
    }

    private List<JsonNode> answers(List<Path> files) throws IOException, InterruptedException {
        Path out = ReferenceFiles.answers("reference_stats.py", files, folder);
        try (MappingIterator<JsonNode> answers = JsonMapper.builder().build().readerFor(JsonNode.class)
                .readValues(out.toFile())) {
            return answers.readAll();
        }
    }

    /** Some layers lack some tensors; some names have no layer. */
    private static TreeSet<String> names(SplittableRandom random) {
        TreeSet<String> names = new TreeSet<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            names.add("blk." + random.nextInt(5) + "." + KINDS.get(random.nextInt(KINDS.size())) + ".weight");
        }
        if (random.nextBoolean()) {
            names.add("output.weight");
        }
        return names;
    }

    private static byte[] gguf(SplittableRandom random) {
        GgufBuilder file = new GgufBuilder().version(random.nextInt(2, 4));
        file.order(random.nextInt(4) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (random.nextBoolean()) {
            file.alignment(1 << random.nextInt(8));
        }
        if (random.nextInt(4) > 0) {
            file.text("general.type", "imatrix").texts("imatrix.datasets", "a.txt", "größe", "")
                    .uint32("imatrix.chunk_count", random.nextInt(1000)).uint32("imatrix.chunk_size", 512);
        }
        file.key("other.float", GgufBuilder.FLOAT64, bytes -> bytes.float64(0.5)).array("other.bytes",
                GgufBuilder.UINT8,
                3, bytes -> bytes.raw(new byte[3]));
        List<Long> columnsOfKind = KINDS.stream().map(_ -> random.nextLong(3, 300)).toList();
        for (String name : names(random)) {
            int kind = Math.max(0, KINDS.indexOf(name.replaceAll("blk\\.\\d+\\.|\\.weight", "")));
            int columns = columnsOfKind.get(kind).intValue();
            int matrices = kind % 3 == 2 ? 4 : 1;
            float[] counts = new float[matrices];
            float[] inSum2 = new float[matrices * columns];
            float[] sums = new float[matrices * columns];
            for (int matrix = 0; matrix < matrices; matrix++) {
                counts[matrix] = matrix > 0 && random.nextInt(4) == 0 ? 0 : random.nextInt(1, 100_000);
                for (int i = matrix * columns; i < (matrix + 1) * columns; i++) {
                    inSum2[i] = (float) (counts[matrix] * mean(random));
                    sums[i] = (float) (counts[matrix] * (0.2 + random.nextDouble(-1, 1)));
                }
            }
            List<Long> shape = matrices == 1 && random.nextBoolean()
                    ? List.of((long) columns)
                    : List.of((long) columns, (long) matrices);
            file.tensor(name + ".in_sum2", shape, inSum2).tensor(name + ".counts", List.of(1L, (long) matrices),
                    counts);
            if (random.nextInt(3) == 0) {
                file.tensor(name + ".in_sum", shape, sums).tensor(name + ".stats", List.of(3L), 1, 2, 3);
            }
        }
        return file.build();
    }

    private static byte[] legacy(SplittableRandom random) {
        LegacyBuilder file = new LegacyBuilder();
        int columns = random.nextInt(3, 300);
        for (String name : names(random)) {
            float[] values = new float[columns];
            int chunks = random.nextInt(1, 300);
            for (int i = 0; i < columns; i++) {
                values[i] = (float) (chunks * mean(random));
            }
            file.entry(name, chunks, values);
        }
        switch (random.nextInt(3)) {
            case 0 -> file.chunks(random.nextInt(1000));
            case 1 -> file.chunks(7).dataset(random.nextBoolean() ? "größe.txt" : "");
            default -> {
                // Old files have no trailer.
            }
        }
        return file.build();
    }

    /** Log-normal, about, with some columns that are 0. */
    private static double mean(SplittableRandom random) {
        double[] uniform = random.doubles(4).toArray();
        return random.nextInt(20) == 0 ? 0 : Math.exp(3 * (Arrays.stream(uniform).sum() - 2));
    }
}
