package org.imatrixstats.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Small files of text that people write, such as rules and tables. */
public final class TextFile {
    private static final int MOST_MEBIBYTES = 16;

    private TextFile() {
    }

    /**
     * All of a file.
     *
     * @param expected what the file should hold, for messages
     * @throws FormatException if the file cannot be read, is too large, or not UTF-8
     */
    public static String read(ByteSource file, String expected) throws FormatException {
        if (file.size() > MOST_MEBIBYTES << 20) {
            throw new FormatException(file.name(), "has " + file.size() + " bytes, expected " + expected
                    + " of at most " + MOST_MEBIBYTES + " MiB");
        }
        byte[] bytes = new byte[(int) file.size()];
        file.copy(0, bytes, 0, bytes.length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file.name(), "is not UTF-8 text, expected " + expected, e);
        }
    }
}
