package org.imatrixstats.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the rules of about_Quoting_Rules of PowerShell, and of cmd.exe and the argument parser of Microsoft's C library. */
class ShellTest {
    @ParameterizedTest
    @ValueSource(strings = {"plain", "with space", "it's", "a\"b", "$HOME", "`x`", "a\\", "a\nb", "(0|1)", "*", "~",
        "é", "%PATH%",
        "!", "-x", ""})
    void aPosixShellPassesAnyTextOn(String text) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", Shell.POSIX.command("printf", "%s|", text, "end")).start();
        assertEquals(text + "|end|", new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"model.gguf, model.gguf", "C:\\m\\a.gguf, C:\\m\\a.gguf",
        "my model.gguf, 'my model.gguf'", "it's, 'it''s'", "it’s, 'it’’s'", "@file, '@file'",
        "^a\\.b$=q6_K, '^a\\.b$=q6_K'", "%PATH%, '%PATH%'"})
    void powerShellTakesTextInSingleQuotesAsItIs(String text, String quoted) {
        assertEquals(quoted, Shell.POWERSHELL.command(text));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"model.gguf, model.gguf", "my model.gguf, \"my model.gguf\"",
        "^a\\.(0|1)$=q6_K, \"^a\\.(0|1)$=q6_K\"", "it's, \"it's\"", "my dir\\, \"my dir\\\\\"", "a&b, \"a&b\"",
        "50%, \"50\"^%\"\"", "d\\%A%, \"d\\\\\"^%\"A\"^%\"\"", "a\"b, \"a\"\"b\""})
    void theCommandPromptTakesDoubleQuotesAndPercentSignsOutsideOfThem(String text, String quoted) {
        assertEquals(quoted, Shell.CMD.command(text));
    }

    @Test
    void longCommandsGoOnInTheNextLine() {
        List<List<String>> lines = List.of(List.of("a"), List.of("--b", "c d"));
        assertEquals("a \\\n  --b 'c d'", Shell.POSIX.command(lines));
        assertEquals("a `\n  --b 'c d'", Shell.POWERSHELL.command(lines));
        assertEquals("a ^\n  --b \"c d\"", Shell.CMD.command(lines));
    }

    @Test
    void aSecondCommandIsRunIfTheFirstSucceeds() {
        assertEquals("a &&\nb", Shell.POSIX.inTurn(List.of("a", "b")));
        // Windows PowerShell 5.1 has no &&.
        assertEquals("a\nif ($LASTEXITCODE -eq 0) {\nb\n}", Shell.POWERSHELL.inTurn(List.of("a", "b")));
        assertEquals("a && ^\nb", Shell.CMD.inTurn(List.of("a", "b")));
    }

    @Test
    void theCommandPromptCannotQuoteTheEndOfALine() {
        assertFalse(Shell.CMD.canQuote("a\nb"));
        assertTrue(Shell.POSIX.canQuote("a\nb"));
        assertTrue(Shell.POWERSHELL.canQuote("a\nb"));
    }
}
