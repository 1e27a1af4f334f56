package org.imatrixstats.numeric;

import java.nio.ByteBuffer;

import org.imatrixstats.io.FormatException;

/**
 * How sums are written: the version in one byte, then fields of 8 bytes each, big-endian.
 *
 * @param what    the sums, for messages
 * @param version changes whenever the fields or their meaning do
 */
record SumBytes(String what, int version, int fields) {
    ByteBuffer write() {
        return ByteBuffer.allocate(size()).put((byte) version);
    }

    ByteBuffer read(byte[] bytes) throws FormatException {
        if (bytes.length == 0 || bytes[0] != version) {
            throw new FormatException(what,
                    "version " + (bytes.length == 0 ? "missing" : bytes[0]) + ", expected " + version);
        }
        if (bytes.length != size()) {
            throw new FormatException(what, bytes.length + " bytes, expected " + size());
        }
        return ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    }

    private int size() {
        return 1 + fields * Long.BYTES;
    }
}
