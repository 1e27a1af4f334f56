package org.imatrixstats.hostile;

import java.io.IOException;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reader of legacy importance matrices, and all that is done with one. */
class LegacyFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] file) throws IOException {
        WholeTool.takes(file);
    }

    static Stream<byte[]> sound() {
        return Stream.of(SmallFiles.legacy());
    }
}
