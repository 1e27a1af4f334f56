package org.imatrixstats.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Small files of text that people write, such as rules and tables; packed ones and standard input as anywhere. */
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
    public static String read(Path path, String expected) throws IOException {
        try (ByteSource file = MappedFile.open(path)) {
            if (file.size() > MOST_MEBIBYTES << 20) {
                throw new FormatException(file.name(), "has " + file.size() + " bytes, expected " + expected
                        + " of at most " + MOST_MEBIBYTES + " MiB");
            }
            byte[] bytes = new byte[(int) file.size()];
            file.copy(0, bytes, 0, bytes.length);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(path, "is not UTF-8 text, expected " + expected, e);
        }
    }
}
