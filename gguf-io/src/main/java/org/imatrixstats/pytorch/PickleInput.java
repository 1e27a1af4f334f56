package org.imatrixstats.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

import org.imatrixstats.io.FormatException;

/** The bytes of a pickle in order. Every read is checked against the bytes that remain. */
final class PickleInput {
    private static final int WINDOW = 1 << 13;

    private final String source;
    private final String what;
    private final long start;
    private final InputStream in;
    private final long length;
    private final byte[] window = new byte[WINDOW];
    private int at;
    private int end;
    /** Bytes before the window. */
    private long passed;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    /**
     * @param source   the file, for messages
     * @param what   which part of the file this is, for messages; empty if the positions count from its start
     * @param start  the position of the first byte, for messages
     * @param length how many bytes {@code in} has
     */
    PickleInput(String source, String what, long start, InputStream in, long length) {
        this.source = source;
        this.what = what;
        this.start = start;
        this.in = in;
        this.length = length;
    }

    /** How many bytes were read. */
    long position() {
        return passed + at;
    }

    long remaining() {
        return length - position();
    }

    /** An error at a position. */
    FormatException failAt(long position, String reason) {
        return what.isEmpty()
                ? new FormatException(source, start + position, reason)
                : new FormatException(source, what + ", offset 0x" + Long.toHexString(position) + ": " + reason);
    }

    /** Makes sure that {@code count} bytes, at most a window, are there; returns where in the window they start. */
    private int load(int count, String of) throws FormatException {
        require(count, of);
        if (end - at < count) {
            System.arraycopy(window, at, window, 0, end - at);
            passed += at;
            end -= at;
            at = 0;
            try {
                while (end < count) {
                    int read = in.read(window, end, WINDOW - end);
                    if (read < 0) {
                        throw failAt(position(), "ends in the middle of " + of);
                    }
                    end += read;
                }
            } catch (FormatException e) {
                throw e;
            } catch (IOException e) {
                throw new FormatException(source, "could not be read: " + e.getMessage(), e);
            }
        }
        int from = at;
        at += count;
        return from;
    }

    private void require(long count, String of) throws FormatException {
        if (count < 0 || count > remaining()) {
            throw failAt(position(),
                    of + " needs " + Long.toUnsignedString(count) + (count == 1 ? " byte, " : " bytes, ") + remaining()
                            + " remain");
        }
    }

    int u8(String of) throws FormatException {
        return window[load(1, of)] & 0xff;
    }

    /** A little-endian number of 1 to 8 bytes; signed if it has 8. */
    long integer(int bytes, String of) throws FormatException {
        int from = load(bytes, of);
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | window[from + i] & 0xff;
        }
        return value;
    }

    /** {@code count} bytes in reverse order, at most a window. */
    byte[] reversed(int count, String of) throws FormatException {
        int from = load(count, of);
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[count - 1 - i] = window[from + i];
        }
        return bytes;
    }

    void skip(long count, String of) throws FormatException {
        require(count, of);
        for (long left = count; left > 0;) {
            int step = (int) Math.min(left, WINDOW);
            load(step, of);
            left -= step;
        }
    }

    /** @param most the most bytes that the text may have */
    String utf8(long count, long most, String of) throws FormatException {
        long position = position();
        require(count, of);
        if (count > most) {
            throw failAt(position, of + " has " + count + " bytes, expected at most " + most);
        }
        byte[] bytes = new byte[(int) count];
        for (int done = 0; done < count;) {
            int step = (int) Math.min(count - done, WINDOW);
            System.arraycopy(window, load(step, of), bytes, done, step);
            done += step;
        }
        try {
            return utf8.decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw failAt(position, of + " is not valid UTF-8");
        }
    }

    /** Text up to a line end, which is read too. */
    String line(int most, String of) throws FormatException {
        long position = position();
        byte[] line = new byte[most];
        for (int count = 0; count < most; count++) {
            byte next = (byte) u8(of);
            if (next == '\n') {
                try {
                    return utf8.decode(ByteBuffer.wrap(line, 0, count)).toString();
                } catch (CharacterCodingException e) {
                    throw failAt(position, of + " is not valid UTF-8");
                }
            }
            line[count] = next;
        }
        throw failAt(position, of + " has more than " + most + " bytes");
    }
}
