package org.imatrixstats.packed;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/**
 * How a file is packed, recognized by its first bytes. Nothing of Commons Compress is loaded for a file that is not packed.
 */
public enum Compression {
    GZIP(CompressorStreamFactory.GZIP, 0x1f, 0x8b, 0x08), //
    XZ(CompressorStreamFactory.XZ, 0xfd, '7', 'z', 'X', 'Z', 0x00), //
    ZSTD(CompressorStreamFactory.ZSTANDARD, 0x28, 0xb5, 0x2f, 0xfd), //
    BZIP2(CompressorStreamFactory.BZIP2, 'B', 'Z', 'h');

    /** The first bytes of a file that {@link #of(byte[])} looks at. */
    public static final int MAGIC_BYTES = 6;
    /** Memory for the dictionary of a decompressor. The file states its size; xz -9 needs 65 MiB. */
    private static final long MEMORY_LIMIT = 128 << 20;

    private final String algorithm;
    private final int[] magic;

    Compression(String algorithm, int... magic) {
        this.algorithm = algorithm;
        this.magic = magic;
    }

    /** The compression of a file; null if it is not packed. */
    public static Compression of(ByteSource file) throws FormatException {
        byte[] start = new byte[(int) Math.min(MAGIC_BYTES, file.size())];
        file.copy(0, start, 0, start.length);
        return of(start);
    }

    /** The compression of a file with these bytes at its start; null if it is not packed. */
    public static Compression of(byte[] start) {
        for (Compression compression : values()) {
            if (compression.isMagicOf(start)) {
                return compression;
            }
        }
        return null;
    }

    private boolean isMagicOf(byte[] start) {
        if (start.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((start[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The content of a packed stream. Reading it throws a {@link FormatException} where the packed data are damaged.
     *
     * @param name of the stream, for messages
     */
    public InputStream unpacked(String name, InputStream packed) throws IOException {
        long memory = Math.min(MEMORY_LIMIT, Runtime.getRuntime().maxMemory() / 2);
        try {
            return new Unpacked(name, new CompressorStreamFactory(true, (int) (memory >> 10))
                    .createCompressorInputStream(algorithm, packed));
        } catch (IOException | RuntimeException e) {
            throw damaged(name, e);
        }
    }

    private FormatException damaged(String name, Exception e) {
        return new FormatException(name, "could not be unpacked as " + algorithm + ": " + reason(e), e);
    }

    /** For data that end too early, most libraries give no reason; some fail in their own arrays. */
    private static String reason(Exception e) {
        return e.getMessage() == null || e instanceof EOFException || e instanceof CompressorException
                || e instanceof RuntimeException
                        ? "its data end too early or are damaged"
                        : e.getMessage();
    }

    private final class Unpacked extends FilterInputStream {
        private final String name;

        Unpacked(String name, InputStream content) {
            super(content);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return super.read(into, from, length);
            } catch (IOException | RuntimeException e) {
                throw damaged(name, e);
            }
        }
    }
}
