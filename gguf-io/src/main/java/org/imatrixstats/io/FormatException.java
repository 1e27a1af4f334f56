package org.imatrixstats.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A file that is not what it should be. The message is one line: the file, where in it (byte offset, tensor), and what
 * was expected there.
 */
public class FormatException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private FormatException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Names come from the file and may hold anything, such as line ends and the escape sequences of terminals. */
    private static String oneLine(String message) {
        return CONTROL.matcher(message)
                .replaceAll(control -> String.format(Locale.ROOT, "\\\\u%04x", control.group().codePointAt(0)));
    }

    /** The file as a whole is at fault. */
    public FormatException(String source, String reason) {
        this(source + ": " + reason, (Throwable) null);
    }

    /** The file as a whole is at fault, as another exception found. */
    public FormatException(String source, String reason, Throwable cause) {
        this(source + ": " + reason, cause);
    }

    /** The file as a whole is at fault. */
    public FormatException(Path file, String reason) {
        this(file.toString(), reason, (Throwable) null);
    }

    /** The file as a whole is at fault, as another exception found. */
    public FormatException(Path file, String reason, Throwable cause) {
        this(file.toString(), reason, cause);
    }

    /** What stands at a byte offset is at fault. */
    public FormatException(String source, long offset, String reason) {
        this(source + ": offset 0x" + Long.toHexString(offset) + ": " + reason, (Throwable) null);
    }

    /** What stands at a byte offset and belongs to a tensor is at fault. */
    public FormatException(String source, long offset, String tensor, String reason) {
        this(source + ": offset 0x" + Long.toHexString(offset) + ", tensor '" + tensor + "': " + reason,
                (Throwable) null);
    }

    /** A tensor is at fault, not one place in the file. */
    public FormatException(String source, String tensor, String reason) {
        this(source + ": tensor '" + tensor + "': " + reason, (Throwable) null);
    }
}
