package org.imatrixstats.hostile;

import java.io.IOException;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pickle of a checkpoint that is sound otherwise. */
class PickleFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] bytes) throws IOException {
        WholeTool.takesAsPickle(bytes);
    }

    static Stream<byte[]> sound() throws IOException {
        return SmallFiles.pickles().stream();
    }
}
