package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgmlTypeTest {
    private static final Path TESTDATA = Path.of("../testdata");
    /** Of another size (q8_K) or by another name (q1_0) in ik_llama.cpp; never in a model file, the same bytes. */
    private static final Set<Long> LIKE_LLAMA_CPP = Set.of(15L, 41L);

    /** What the programs themselves say of a type, in a line of their table. */
    private record Stated(String name, long id, int blockSize, int bytesPerBlock, int bytesOf256, int bytesOf4096) {
        static Stated of(String line) {
            String[] columns = line.split("\t");
            return new Stated(columns[0], Long.parseLong(columns[1]), Integer.parseInt(columns[2]),
                    Integer.parseInt(columns[3]), Integer.parseInt(columns[6]), Integer.parseInt(columns[8]));
        }

        static Stated of(GgmlType type) {
            return new Stated(type.ggmlName(), type.id(), type.blockSize(), type.bytesPerBlock(), rowBytes(type, 256),
                    rowBytes(type, 4096));
        }

        private static int rowBytes(GgmlType type, int columns) {
            return Math.toIntExact(type.rowBytes(columns));
        }
    }

    private static List<Stated> stated(String program) throws IOException {
        return Files.readAllLines(TESTDATA.resolve("types-" + program + ".tsv")).stream().skip(1).map(Stated::of)
                .toList();
    }

    private static List<Stated> ofIkLlamaCppAlone() throws IOException {
        Set<Long> common = stated("llama.cpp").stream().map(Stated::id).collect(Collectors.toSet());
        return stated("ik_llama.cpp").stream().filter(type -> !common.contains(type.id)).toList();
    }

    @Test
    void hasTheTypesOfBothProgramsWithTheirSizes() throws IOException {
        List<Stated> expected = Stream.concat(stated("llama.cpp").stream(), ofIkLlamaCppAlone().stream()).toList();
        assertEquals(expected, Stream.of(GgmlType.values()).map(Stated::of).toList());
    }

    @Test
    void bothProgramsMeanTheSameByAnIdentifier() throws IOException {
        List<Stated> common = stated("ik_llama.cpp").stream()
                .filter(type -> type.id < 43 && !LIKE_LLAMA_CPP.contains(type.id))
                .toList();
        assertFalse(common.isEmpty());
        assertEquals(common, common.stream().map(type -> Stated.of(GgmlType.ofId(type.id))).toList());
    }

    @Test
    void isFoundByItsIdentifier() {
        for (GgmlType type : GgmlType.values()) {
            assertEquals(type, GgmlType.ofId(type.id()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, 5, 37, 38, 43, 96, 400, 1L << 32, Long.MAX_VALUE})
    void isNotFoundByAnyOtherIdentifier(long id) {
        assertNull(GgmlType.ofId(id));
    }
}
