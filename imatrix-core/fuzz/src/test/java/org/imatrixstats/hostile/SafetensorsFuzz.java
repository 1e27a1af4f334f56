package org.imatrixstats.hostile;

import java.io.IOException;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files. */
class SafetensorsFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] bytes) throws IOException {
        WholeTool.takesAsCheckpoint(bytes);
    }

    static Stream<byte[]> sound() throws IOException {
        return SmallFiles.safetensors().stream();
    }
}
