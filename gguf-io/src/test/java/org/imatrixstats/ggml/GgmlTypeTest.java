package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private record Stated(String name, long id, int blockSize, int bytesPerBlock, boolean crashesWithoutEntry,
            int bytesOf256, int bytesOf4096) {
        static Stated of(String line) {
            String[] columns = line.split("\t");
            return new Stated(columns[0], Long.parseLong(columns[1]), Integer.parseInt(columns[2]),
                    Integer.parseInt(columns[3]), columns[5].equals("1"), Integer.parseInt(columns[6]),
                    Integer.parseInt(columns[8]));
        }

        static Stated of(GgmlType type) {
            return new Stated(type.ggmlName(), type.id(), type.blockSize(), type.bytesPerBlock(),
                    type.crashesWithoutEntry(),
                    rowBytes(type, 256),
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
    void saysWhichProgramsHaveItAndByWhichName() throws IOException {
        for (Program program : Program.values()) {
            Map<Long, String> names = stated(program == Program.LLAMA_CPP ? "llama.cpp" : "ik_llama.cpp").stream()
                    .collect(Collectors.toMap(Stated::id, Stated::name));
            for (GgmlType type : GgmlType.values()) {
                assertEquals(names.containsKey((long) type.id()), type.isIn(program), type + " in " + program);
                assertEquals(names.getOrDefault((long) type.id(), type.ggmlName()), type.nameIn(program));
            }
        }
    }

    /** Their names end in the number of rows, but for the old ones for ARM. q8_k_r8 holds q8_0 in all but name. */
    @Test
    void saysWhatTheTypesOfSeveralRowsHold() {
        Pattern name = Pattern.compile("(.*)_r(\\d+)");
        for (GgmlType type : GgmlType.values()) {
            Matcher matcher = name.matcher(type.ggmlName());
            if (matcher.matches() && type != GgmlType.Q8_K_R16) {
                assertEquals(Integer.parseInt(matcher.group(2)), type.interleavedRows(), type.ggmlName());
                String plain = type == GgmlType.Q8_K_R8 ? "q8_0" : matcher.group(1);
                assertTrue(type.packed().ggmlName().equalsIgnoreCase(plain), type.ggmlName());
            } else if (!type.ggmlName().matches("q4_0_\\dx\\d")) {
                assertEquals(1, type.interleavedRows(), type.ggmlName());
                assertEquals(type, type.packed());
            }
        }
        assertEquals(8, GgmlType.Q4_0_8X8.interleavedRows());
        assertEquals(GgmlType.Q4_0, GgmlType.Q4_0_4X8.packed());
    }

    /** What takes its place must fit more rows, or it would be no way out. */
    @Test
    void fallsBackToATypeOfTheSameProgramWithSmallerBlocks() {
        for (Program program : Program.values()) {
            for (GgmlType type : GgmlType.values()) {
                GgmlType fallback = type.fallback(program);
                if (type.isIn(program) && fallback != null) {
                    assertTrue(fallback.isIn(program), type + " falls back to " + fallback);
                    assertTrue(fallback.blockSize() < type.blockSize() || type.blockSize() == 32, type.ggmlName());
                }
            }
        }
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
