package org.imatrixstats.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgmlTypeTest {
    /** What llama.cpp itself says of its types: name, id, block size, bytes per block and more. */
    private static final Path REFERENCE = Path.of("../testdata/types-llama.cpp.tsv");

    @Test
    void hasTheTypesOfLlamaCppWithTheirSizes() throws IOException {
        List<String> expected = Files.readAllLines(REFERENCE).stream().skip(1).map(line -> line.split("\t"))
                .map(columns -> String.join(" ", columns[0], columns[1], columns[2], columns[3])).toList();
        List<String> actual = Arrays.stream(GgmlType.values()).map(type -> String.join(" ", type.ggmlName(),
                "" + type.id(), "" + type.blockSize(), "" + type.bytesPerBlock())).toList();
        assertEquals(expected, actual);
    }

    @Test
    void isFoundByItsIdentifier() {
        for (GgmlType type : GgmlType.values()) {
            assertEquals(type, GgmlType.ofId(type.id()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, 5, 31, 32, 33, 36, 37, 38, 43, 1L << 32, Long.MAX_VALUE})
    void isNotFoundByAnyOtherIdentifier(long id) {
        assertNull(GgmlType.ofId(id));
    }
}
