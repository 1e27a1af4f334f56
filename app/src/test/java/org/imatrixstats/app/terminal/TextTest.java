package org.imatrixstats.app.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource({"'', 0", "abc, 3", "Σ E[x²], 7", "█│, 2", "▲, 1", "漢字, 4", "한글, 4", "カナ, 4", "ｆｕｌｌ, 8", "e\u0301, 1",
        "a\u0308\u0323, 1",
        "😀, 2", "é, 1", "−…, 2"})
    void widthIsInCellsOfATerminal(String text, int cells) {
        assertEquals(cells, Text.width(text));
    }

    @ParameterizedTest
    @CsvSource({"a\u001b[31m, a\\x1b[31m", "a\u0000b, a\\x00b", "\u009b, \\x9b", "\u00ad, \\xad", "\u202e, \\u{202e}",
        "\u2066, \\u{2066}", "\ufeff, \\u{feff}", "\ue000, \\u{e000}", "\udb40\udc41, \\u{e0041}",
        "\ud800, \\u{d800}", "漢字😀e\u0301, 漢字😀e\u0301"})
    void whatIsNotDrawnIsWrittenOut(String text, String printable) {
        assertEquals(printable, Text.printable(text));
    }

    @Test
    void linesAreBrokenAtSpacesAndAfterTheLastCharacterThatFits() {
        assertEquals(List.of("ab cd", "ef"), Text.wrapped("ab cd ef", 5));
        assertEquals(List.of("ab", "cd", "ef"), Text.wrapped("ab cd ef", 4));
        assertEquals(List.of("ab cd ef"), Text.wrapped("ab cd ef", 8));
        assertEquals(List.of(""), Text.wrapped("", 8));
    }

    @Test
    void aWordThatIsTooWideIsCut() {
        assertEquals(List.of("a", "bcde", "fg h"), Text.wrapped("a bcdefg h", 4));
        assertEquals(List.of("漢字", "漢"), Text.wrapped("漢字漢", 5));
    }

    @Test
    void unlimitedWidthIsOneLine() {
        assertEquals(List.of("a ".repeat(9999) + "b"), Text.wrapped("a ".repeat(9999) + "b", Terminal.UNLIMITED));
    }

    @Test
    void asciiHasALikenessOfOurSymbols() {
        assertEquals("sum E[x^2] mu sigma sqrt >= <= - ... ^ v # |", Text.ascii("Σ E[x²] μ σ √ ≥ ≤ − … ▲ ▼ █ │"));
        assertEquals("???", Text.ascii("漢é😀"));
        assertTrue(Text.ascii("Σ漢").chars().allMatch(c -> c < 0x80));
    }
}
