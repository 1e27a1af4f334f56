package org.imatrixstats.ggml.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;

import org.imatrixstats.ggml.block.CodeBook.Levels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodeBookTest {
    static Stream<Levels> levels() {
        return Stream.of(CodeBook.IQ2, CodeBook.IQ3, CodeBook.IQ4, CodeBook.IQ5, CodeBook.IQ6)
                .flatMap(book -> Stream.of(book.levels(false), book.levels(true)));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void theNearestLevelIsTheNearestAndTheHigherOfTwo(Levels levels) {
        for (float x = -200; x < 200; x += 0.125f) {
            int expected = 0;
            for (int code = 1; code < levels.value.length; code++) {
                if (Math.abs(x - levels.value[code]) <= Math.abs(x - levels.value[expected])) {
                    expected = code;
                }
            }
            assertEquals(expected, levels.nearest(x), "x = " + x);
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void whatIsFarAwayGetsTheOutermostLevel(Levels levels) {
        assertEquals(0, levels.nearest(Float.NEGATIVE_INFINITY));
        assertEquals(0, levels.nearest(-1e30f));
        assertEquals(levels.value.length - 1, levels.nearest(1e30f));
        assertEquals(levels.value.length - 1, levels.nearest(Float.POSITIVE_INFINITY));
    }
}
