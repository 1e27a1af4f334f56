package org.imatrixstats.app.browse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.browse.Key.Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyDecoderTest {
    /** All keys of what a terminal sends at once. */
    private static List<Key> keys(String sent) throws IOException {
        int[] at = {0};
        KeyDecoder decoder = new KeyDecoder(_ -> at[0] < sent.length() ? sent.charAt(at[0]++) : KeyDecoder.TIMEOUT);
        List<Key> keys = new ArrayList<>();
        for (Key key = decoder.read(0); key != null; key = decoder.read(0)) {
            keys.add(key);
        }
        return keys;
    }

    @ParameterizedTest
    @CsvSource({"[A,UP", "OA,UP", "[B,DOWN", "OB,DOWN", "[C,RIGHT", "[D,LEFT", "[5~,PAGE_UP", "[6~,PAGE_DOWN",
        "[H,HOME",
        "[1~,HOME", "[7~,HOME", "OH,HOME", "[F,END", "[4~,END", "[8~,END", "OF,END", "[Z,BACK_TAB"})
    void knowsTheSequencesOfTerminals(String sequence, Name name) throws IOException {
        assertEquals(List.of(Key.of(name)), keys("\033" + sequence));
    }

    @Test
    void knowsCharactersOfAllSorts() throws IOException {
        assertEquals(List.of(Key.of('a'), Key.of(' '), Key.of('é'), Key.of(0x1f600)), keys("a é😀"));
    }

    @Test
    void knowsControlKeys() throws IOException {
        assertEquals(List.of(Key.of(Name.ENTER), Key.of(Name.ENTER), Key.of(Name.TAB), Key.of(Name.BACKSPACE),
                Key.of(Name.BACKSPACE), Key.control('C'), Key.control('Z'), Key.control('L')),
                keys("\r\n\t\b\u007f\u0003\u001a\f"));
    }

    @Test
    void escapeAloneIsAKeyAndDoesNotSwallowWhatFollows() throws IOException {
        assertEquals(List.of(Key.of(Name.ESCAPE)), keys("\033"));
        assertEquals(List.of(Key.of(Name.ESCAPE), Key.of(' '), Key.of('m')), keys("\033 m"));
        assertEquals(List.of(Key.of(Name.ESCAPE), Key.of(Name.ESCAPE)), keys("\033\033"));
        assertEquals(List.of(Key.of(Name.ESCAPE), Key.of(Name.UP)), keys("\033\033[A"));
    }

    @Test
    void unknownSequencesAreSwallowedWhole() throws IOException {
        assertEquals(List.of(Key.UNKNOWN, Key.of('x')), keys("\033[1;5Ax"));
        assertEquals(List.of(Key.UNKNOWN, Key.of('x')), keys("\033[200~x"));
    }

    @Test
    void noKeyInTimeIsNone() throws IOException {
        assertNull(new KeyDecoder(_ -> KeyDecoder.TIMEOUT).read(10));
    }

    @Test
    void aClosedTerminalIsAnError() {
        assertThrows(EOFException.class, () -> new KeyDecoder(_ -> KeyDecoder.END).read(10));
    }
}
