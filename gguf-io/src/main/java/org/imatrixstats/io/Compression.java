package org.imatrixstats.io;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/** Compressed files, told by their first bytes. Nothing of Commons Compress is loaded for a file that is not. */
enum Compression {
    GZIP(CompressorStreamFactory.GZIP, 0x1f, 0x8b, 0x08), //
    XZ(CompressorStreamFactory.XZ, 0xfd, '7', 'z', 'X', 'Z', 0x00), //
    ZSTD(CompressorStreamFactory.ZSTANDARD, 0x28, 0xb5, 0x2f, 0xfd), //
    BZIP2(CompressorStreamFactory.BZIP2, 'B', 'Z', 'h');

    /** Bytes that tell them all. */
    static final int MAGIC_BYTES = 6;
    /** What a decompressor may take for its dictionary, whose size the file states; xz -9 needs 65 MiB. */
    private static final long MEMORY_LIMIT = 128 << 20;

    private final String algorithm;
    private final int[] magic;

    Compression(String algorithm, int... magic) {
        this.algorithm = algorithm;
        this.magic = magic;
    }

    /** The compression of a file with these bytes at its start; null if there is none. */
    static Compression of(byte[] start) {
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

    /** The unpacked content of a stream, which ends in a {@link FormatException} where the packed data are damaged. */
    InputStream unpacked(Path path, InputStream packed) throws IOException {
        long memory = Math.min(MEMORY_LIMIT, Runtime.getRuntime().maxMemory() / 2);
        try {
            return new Unpacked(path, new CompressorStreamFactory(true, (int) (memory >> 10))
                    .createCompressorInputStream(algorithm, packed));
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
    }

    private FormatException damaged(Path path, Exception e) {
        return new FormatException(path, "could not be unpacked as " + algorithm + ": " + reason(e), e);
    }

    /** Of compressed data that end too early, most libraries say nothing but that; some trip over their own arrays. */
    private static String reason(Exception e) {
        return e.getMessage() == null || e instanceof EOFException || e instanceof CompressorException
                || e instanceof RuntimeException
                        ? "its data end too early or are damaged"
                        : e.getMessage();
    }

    private final class Unpacked extends FilterInputStream {
        private final Path path;

        Unpacked(Path path, InputStream content) {
            super(content);
            this.path = path;
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
                throw damaged(path, e);
            }
        }
    }
}
