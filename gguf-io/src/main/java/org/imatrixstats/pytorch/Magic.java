package org.imatrixstats.pytorch;

import java.util.Arrays;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/** The first bytes of a file. */
final class Magic {
    private Magic() {
    }

    static boolean isAt(ByteSource file, long offset, byte... magic) throws FormatException {
        if (file.size() < offset + magic.length) {
            return false;
        }
        byte[] found = new byte[magic.length];
        file.copy(offset, found, 0, found.length);
        return Arrays.equals(found, magic);
    }
}
