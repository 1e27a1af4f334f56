package org.imatrixstats.ggml.plain;

/** Numbers of one to eight little-endian bytes. */
final class LittleEndian {
    private LittleEndian() {
    }

    /** Signed. */
    static long get(byte[] from, int offset, int bytes) {
        long value = from[offset + bytes - 1];
        for (int i = bytes - 2; i >= 0; i--) {
            value = value << 8 | from[offset + i] & 0xff;
        }
        return value;
    }
}
