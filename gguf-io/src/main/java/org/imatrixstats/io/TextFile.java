package org.imatrixstats.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Small files of text that people write, such as rules and tables. */
public final class TextFile {
    private static final int MOST_MEBIBYTES = 16;
    private static final String MARK = "\ufeff";

    private TextFile() {
    }

    /**
     * All of a file, without the byte order mark that spreadsheets and PowerShell write.
     *
     * @param expected what the file should hold, for messages
     * @throws FormatException if the file cannot be read, is too large, or neither UTF-8 nor UTF-16 with a byte order mark
     */
    public static String read(ByteSource file, String expected) throws FormatException {
        if (file.size() > MOST_MEBIBYTES << 20) {
            throw new FormatException(file.name(), "has " + file.size() + " bytes, expected " + expected
                    + " of at most " + MOST_MEBIBYTES + " MiB");
        }
        byte[] bytes = new byte[(int) file.size()];
        file.copy(0, bytes, 0, bytes.length);
        try {
            String text = charset(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        } catch (CharacterCodingException e) {
            throw new FormatException(file.name(), "is not UTF-8 text, expected " + expected, e);
        }
    }

    /** PowerShell writes UTF-16, with a byte order mark. */
    private static Charset charset(byte[] bytes) {
        boolean marked = bytes.length >= 2
                && ((bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe
                        || (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff);
        return marked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    }
}
