package org.imatrixstats.app.output;

import java.util.Locale;

import org.imatrixstats.app.terminal.Text;

import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;

/**
 * JSON allows all but 32 control characters as they are. A terminal obeys more of them, such as U+009B or those that
 * reverse the reading direction: they are escaped too.
 */
public class JsonEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
        int[] escapes = standardAsciiEscapesForJSON();
        escapes[0x7f] = ESCAPE_STANDARD;
        return escapes;
    }

    @Override
    public SerializableString getEscapeSequence(int c) {
        boolean half = Character.isSurrogate((char) c);
        return c > 0x7f && !half && Text.isUnsafe(c)
                ? new SerializedString(String.format(Locale.ROOT, "\\u%04x", c))
                : null;
    }
}
