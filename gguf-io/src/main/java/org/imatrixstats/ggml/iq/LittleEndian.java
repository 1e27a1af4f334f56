package org.imatrixstats.ggml.iq;

/** Words in the bytes of a block. */
final class LittleEndian {
    private LittleEndian() {
    }

    static int getShort(byte[] from, int offset) {
        return from[offset] & 0xff | (from[offset + 1] & 0xff) << 8;
    }

    static int getInt(byte[] from, int offset) {
        return getShort(from, offset) | getShort(from, offset + 2) << 16;
    }

    static void putShort(byte[] into, int offset, int word) {
        into[offset] = (byte) word;
        into[offset + 1] = (byte) (word >> 8);
    }

    static void putInt(byte[] into, int offset, int word) {
        putShort(into, offset, word);
        putShort(into, offset + 2, word >> 16);
    }
}
