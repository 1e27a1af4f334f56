package org.imatrixstats.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A position in a file from which numbers and strings are read in order. Every read is checked against the bytes that
 * remain, before anything is allocated; a failure names the offset of what was being read. Callers say what they read by an object,
 * whose text is made only for an error.
 */
public final class ByteCursor {
    private static final int WINDOW = 1 << 13;
    /** Limit for all texts that are kept: far more than the names of any model, far less than the memory of any machine. */
    private static final int MAX_TEXT_BYTES = 1 << 23;

    private final ByteSource source;
    private final byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;
    private long position;
    private long textBytes;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private CharBuffer ignored;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    public ByteCursor(ByteSource source) {
        this.source = source;
    }

    public long position() {
        return position;
    }

    public long remaining() {
        return source.size() - position;
    }

    public ByteOrder order() {
        return order;
    }

    public void order(ByteOrder order) {
        this.order = order;
    }

    /** An error at the current position. */
    public FormatException fail(String reason) {
        return failAt(position, reason);
    }

    /** An error at an earlier position. */
    public FormatException failAt(long offset, String reason) {
        return new FormatException(source.name(), offset, reason);
    }

    /** Passes over {@code count} bytes, which must be there. */
    public void skip(long count, String what) throws FormatException {
        require(count, what);
        position += count;
    }

    public int u8(String what) throws FormatException {
        int at = load(1, what);
        position += 1;
        return window[at] & 0xff;
    }

    public int uint16(String what) throws FormatException {
        int at = load(2, what);
        position += 2;
        int low = window[order == ByteOrder.LITTLE_ENDIAN ? at : at + 1] & 0xff;
        int high = window[order == ByteOrder.LITTLE_ENDIAN ? at + 1 : at] & 0xff;
        return high << 8 | low;
    }

    public int int32(Object what) throws FormatException {
        int at = load(4, what);
        position += 4;
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | window[order == ByteOrder.LITTLE_ENDIAN ? at + 3 - i : at + i] & 0xff;
        }
        return value;
    }

    public long uint32(Object what) throws FormatException {
        return Integer.toUnsignedLong(int32(what));
    }

    /** Eight bytes as a signed number: a uint64 of 2^63 and more comes out negative. */
    public long int64(Object what) throws FormatException {
        int at = load(8, what);
        position += 8;
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | window[order == ByteOrder.LITTLE_ENDIAN ? at + 7 - i : at + i] & 0xff;
        }
        return value;
    }

    /** {@code length} bytes of UTF-8, as a string. */
    public String utf8(long length, String what) throws FormatException {
        long start = position;
        require(length, what);
        if (length > MAX_TEXT_BYTES - textBytes) {
            throw failAt(start, what + " has " + length + " bytes, which makes more than the " + MAX_TEXT_BYTES
                    + " bytes of names and texts that a file may have");
        }
        textBytes += length;
        try {
            return utf8.decode(bytes((int) length, what)).toString();
        } catch (CharacterCodingException e) {
            throw failAt(start, what + " is not valid UTF-8");
        }
    }

    /** Passes over {@code length} bytes, which must be UTF-8. */
    public void skipUtf8(long length, String what) throws FormatException {
        long start = position;
        require(length, what);
        ignored = ignored == null ? CharBuffer.allocate(WINDOW) : ignored;
        for (long left = length; left > 0;) {
            // A character that does not end within the window is read again with the next one.
            ByteBuffer bytes = bytes((int) Math.min(left, WINDOW), what);
            int count = bytes.remaining();
            boolean invalid = utf8.reset().decode(bytes, ignored.clear(), count == left).isError();
            if (invalid || bytes.remaining() == count) {
                throw failAt(start, what + " is not valid UTF-8");
            }
            position -= bytes.remaining();
            left -= count - bytes.remaining();
        }
    }

    private ByteBuffer bytes(int count, String what) throws FormatException {
        byte[] bytes = window;
        int at = 0;
        if (count <= WINDOW) {
            at = load(count, what);
        } else {
            bytes = new byte[count];
            source.copy(position, bytes, 0, count);
        }
        position += count;
        return ByteBuffer.wrap(bytes, at, count);
    }

    private void require(long count, Object what) throws FormatException {
        if (count < 0 || count > remaining()) {
            throw fail(what + " needs " + Long.toUnsignedString(count) + " bytes, " + remaining() + " remain");
        }
    }

    /** Makes sure that the next {@code count} bytes are in the window; returns where in it they start. */
    private int load(int count, Object what) throws FormatException {
        if (position < windowStart || position + count > windowStart + windowLength) {
            require(count, what);
            windowStart = position;
            windowLength = (int) Math.min(WINDOW, remaining());
            source.copy(windowStart, window, 0, windowLength);
        }
        return (int) (position - windowStart);
    }
}
