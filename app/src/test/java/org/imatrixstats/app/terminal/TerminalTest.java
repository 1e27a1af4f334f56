package org.imatrixstats.app.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;

import org.imatrixstats.app.terminal.Terminal.Color;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
    @Test
    void theLauncherTellsTheWidth() {
        assertEquals(new Terminal(123, true, false), Terminal.of(Map.of("IMATRIX_STATS_COLUMNS", "123"), false));
        assertEquals(Terminal.PIPE, Terminal.of(Map.of("IMATRIX_STATS_COLUMNS", "0"), false));
    }

    @Test
    void withoutTheLauncherTheEnvironmentOrEightyColumns() {
        assertEquals(new Terminal(101, true, false), Terminal.of(Map.of("COLUMNS", "101"), true));
        assertEquals(new Terminal(80, true, false), Terminal.of(Map.of(), true));
        assertEquals(Terminal.PIPE, Terminal.of(Map.of("COLUMNS", "101"), false), "a pipe gets everything");
    }

    @ParameterizedTest
    @CsvSource({"0, 80", "-5, 80", "wide, 80", "99999999999, 80", "7, 40", "'', 80"})
    void aWidthThatMakesNoSenseIsNotTaken(String columns, int width) {
        assertEquals(width, Terminal.of(Map.of("COLUMNS", columns), true).columns());
    }

    @ParameterizedTest
    @CsvSource({"NO_COLOR, 1, false", "NO_COLOR, '', true", "TERM, dumb, false", "TERM, xterm-256color, true"})
    void coloursAreForTerminalsThatHaveThem(String variable, String value, boolean colored) {
        assertEquals(colored, Terminal.of(Map.of(variable, value), true).colored());
    }

    @ParameterizedTest
    @CsvSource({"true, AUTO, true", "false, AUTO, false", "false, ALWAYS, true", "true, NEVER, false"})
    void theUserDecidesOnColours(boolean terminal, Color option, boolean colored) {
        assertEquals(colored, new Terminal(80, terminal, false).with(option, false).colored());
    }

    @Test
    void whatIsBlankIsNotStyled() {
        Terminal colored = new Terminal(80, true, false);
        assertEquals("\033[1mx\033[0m", colored.bold("x"));
        assertEquals("  ", colored.bold("  "));
        assertEquals("x", Terminal.PIPE.bold("x"));
    }
}
