package org.imatrixstats.hostile;

import java.io.IOException;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compressed files, of every kind that is unpacked. */
class PackedFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] file) throws IOException {
        WholeTool.takes(file);
    }

    static Stream<byte[]> sound() throws IOException {
        return Stream.of(SmallFiles.packed("gz", SmallFiles.legacy()), SmallFiles.packed("xz", SmallFiles.legacy()),
                SmallFiles.packed("zstd", SmallFiles.legacy()), SmallFiles.packed("bzip2", SmallFiles.legacy()));
    }
}
