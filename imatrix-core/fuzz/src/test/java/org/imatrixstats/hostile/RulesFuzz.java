package org.imatrixstats.hostile;

import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules for types of tensors, and their patterns. */
class RulesFuzz {
    @MethodSource("sound")
    @FuzzTest(maxDuration = "4m")
    void answersToAnything(byte[] file) {
        WholeTool.takesAsRules(file);
    }

    static Stream<byte[]> sound() {
        return SmallFiles.rules().stream();
    }
}
