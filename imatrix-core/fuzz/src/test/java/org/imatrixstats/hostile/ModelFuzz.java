package org.imatrixstats.hostile;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The headers of models, and their strings. */
class ModelFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] file) throws IOException {
        WholeTool.takesAsModel(file);
    }

    static Stream<byte[]> sound() {
        return Stream.of(SmallFiles.gguf(ByteOrder.LITTLE_ENDIAN), SmallFiles.gguf(ByteOrder.BIG_ENDIAN));
    }
}
