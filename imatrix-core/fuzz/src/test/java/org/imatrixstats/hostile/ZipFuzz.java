package org.imatrixstats.hostile;

import java.io.IOException;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PyTorch checkpoints as they are: the zip directory, and the older layout. */
class ZipFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] bytes) throws IOException {
        WholeTool.takesAsCheckpoint(bytes);
    }

    static Stream<byte[]> sound() throws IOException {
        return SmallFiles.checkpoints().stream();
    }
}
