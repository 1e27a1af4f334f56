package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expectations from ECMA-262, third edition, and from the scanner and compiler of GNU's library (bits/regex_*.tcc). */
class EcmaScriptPatternTest {
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = { //
        "attn_q blk.0.attn_q.weight true", //
        "^attn_q blk.0.attn_q.weight false", //
        "^blk\\.0\\.attn_q\\.weight$ blk.0.attn_q.weight true", //
        "^blk\\.([0-3]|2[89]|30)\\.ffn_down\\.weight$ blk.29.ffn_down.weight true", //
        "^blk\\.([0-3]|2[89]|30)\\.ffn_down\\.weight$ blk.4.ffn_down.weight false", //
        "blk\\.\\d{1,2}\\.attn_v blk.17.attn_v.weight true", //
        "blk\\.\\d{3,}\\.attn_v blk.17.attn_v.weight false", //
        "[[:digit:]]+\\.attn blk.17.attn_v.weight true", //
        "[^[:alpha:]]attn blk.17.attn_v.weight true", //
        "blk.(?!17).*attn_v blk.17.attn_v.weight false", //
        "blk.(?!18)\\d+.attn_v blk.17.attn_v.weight true", //
        "(?:up|gate)_exps blk.3.ffn_gate_exps.weight true", //
        "(.)\\1 blk.11.x true", //
        "(.)\\1 blk.12.x false", //
        "a[^]b axb true", //
        "a[]b axb false", //
        "\\bffn blk.0.ffn_up true", //
        "\\bdown blk.0.ffn_down false", //
        "\\x62lk blk.0 true", //
        "\\u0062lk blk.0 true", //
        "[\\]] a]b true", //
        "a]b a]b true", //
        "a}b a}b true", //
        "[a-] x-y true", //
        "[\\w-] - true", //
        "x*? y true", //
        "(|a)b b true", //
        "[&&a] & true", //
        "[a&&b] b true", //
        "\\Aabc Aabc true", //
        "a++b aab true", //
        "\\cab cab true"})
    void findsWhatStdRegexFinds(String pattern, String name, boolean found) throws RefusedException {
        assertEquals(found, EcmaScriptPattern.of(pattern).occursIn(name));
    }

    @Test
    void emptyPatternIsFoundEverywhere() throws RefusedException {
        assertTrue(EcmaScriptPattern.of("").occursIn("x"));
    }

    @Test
    void dollarIsTheVeryEndAndTheDotNoLineEnd() throws RefusedException {
        assertFalse(EcmaScriptPattern.of("weight$").occursIn("weight\n"));
        assertFalse(EcmaScriptPattern.of("a.b").occursIn("a\nb"));
        assertFalse(EcmaScriptPattern.of("a.b").occursIn("a\rb"));
    }

    @Test
    void digitsAndWordsAreAscii() throws RefusedException {
        assertFalse(EcmaScriptPattern.of("\\d").occursIn("٣"));
        assertFalse(EcmaScriptPattern.of("^\\w$").occursIn("é"));
    }

    /** é has two bytes in UTF-8. */
    @Test
    void matchesByBytes() throws RefusedException {
        assertTrue(EcmaScriptPattern.of("^..$").occursIn("é"));
        assertFalse(EcmaScriptPattern.of("^.$").occursIn("é"));
        assertTrue(EcmaScriptPattern.of("é").occursIn("café"));
    }

    /** In Java a second plus would mean possessive, and nothing would be left for the last a. */
    @Test
    void secondQuantifierRepeatsTheFirst() throws RefusedException {
        EcmaScriptPattern pattern = EcmaScriptPattern.of("^a++a$");
        assertTrue(pattern.occursIn("aaa"));
        assertEquals(1, pattern.notes().size());
    }

    @Test
    void notesEscapesThatAreNone() throws RefusedException {
        assertEquals(
                List.of("'\\A' is not an escape in std::regex: GNU's library takes it for the letter A, others refuse"
                        + " it"),
                EcmaScriptPattern.of("\\Ablk").notes());
        assertEquals(List.of(), EcmaScriptPattern.of("^blk\\.0\\.[\\w.]+$").notes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = { //
        "(?<=x)a look-behind", //
        "(?<!x)a look-behind", //
        "(?<n>a) names", //
        "(?P<n>a) names", //
        "(?i)a flags", //
        "(?>a) known", //
        "(? known", //
        "(a not_closed", //
        "a) mismatched", //
        "[a not_closed", //
        "[z-a] range", //
        "[a-\\d] range", //
        "[[:foo:]] unknown_class", //
        "[[:alpha] not_closed", //
        "[\\1] back-reference", //
        "*a repeats_nothing", //
        "a|+ repeats_nothing", //
        "^* repeats_nothing", //
        "{1} repeats_nothing", //
        "a{ number", //
        "a{x} number", //
        "a{,3} number", //
        "a{1 not_closed", //
        "a{3,2} range", //
        "a{9999999} too_large", //
        "(a{1000}){1000} too_large", //
        "\\ end", //
        "\\x6 hexadecimal", //
        "\\u123 hexadecimal", //
        "\\1 group", //
        "(a\\1) group", //
        "(a)\\2 group"})
    void refusesWhatStdRegexRefuses(String pattern, String reason) {
        RefusedException refused = assertThrows(RefusedException.class, () -> EcmaScriptPattern.of(pattern));
        assertTrue(refused.getMessage().startsWith("not a regular expression of std::regex: "));
        assertTrue(refused.getMessage().contains(reason.replace('_', ' ')), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*)*x", "(a*)*b", "(.+.+)+y"})
    void patternThatNeverEndsIsGivenUp(String pattern) throws RefusedException {
        EcmaScriptPattern compiled = EcmaScriptPattern.of(pattern);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            try {
                compiled.occursIn("a".repeat(63) + "!");
            } catch (RefusedException e) {
                assertTrue(e.getMessage().contains("takes forever"), e.getMessage());
            }
        });
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "(".repeat(100_000) + "a" + ")".repeat(100_000);
        assertTrue(assertThrows(RefusedException.class, () -> EcmaScriptPattern.of(deep)).getMessage()
                .contains("groups more than 200 deep"));
    }
}
