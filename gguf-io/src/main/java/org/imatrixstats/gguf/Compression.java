package org.imatrixstats.gguf;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/** Compressed files, told by their first bytes. Nothing of Commons Compress is loaded for a file that is not. */
enum Compression {
    GZIP(CompressorStreamFactory.GZIP, 0x1f, 0x8b, 0x08), //
    XZ(CompressorStreamFactory.XZ, 0xfd, '7', 'z', 'X', 'Z', 0x00), //
    ZSTD(CompressorStreamFactory.ZSTANDARD, 0x28, 0xb5, 0x2f, 0xfd), //
    BZIP2(CompressorStreamFactory.BZIP2, 'B', 'Z', 'h');

    /** What a decompressor may take for its dictionary, whose size the file states; xz -9 needs 65 MiB. */
    private static final int MEMORY_LIMIT_KIB = 128 << 10;

    private final String algorithm;
    private final int[] magic;

    Compression(String algorithm, int... magic) {
        this.algorithm = algorithm;
        this.magic = magic;
    }

    /**
     * A channel on the unpacked content, which is a temporary file that goes when the channel is closed; the given
     * channel itself if the file is not compressed.
     */
    static FileChannel unpack(Path path, FileChannel channel) throws IOException {
        Compression compression = of(channel);
        return compression == null ? channel : compression.unpackToTemporaryFile(path, channel);
    }

    private static Compression of(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(6);
        channel.read(start, 0);
        for (Compression compression : values()) {
            if (compression.isMagicOf(start)) {
                return compression;
            }
        }
        return null;
    }

    private boolean isMagicOf(ByteBuffer start) {
        if (start.position() < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((start.get(i) & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private FileChannel unpackToTemporaryFile(Path path, FileChannel packed) throws IOException {
        Path temporary = Files.createTempFile("imatrix-stats-", ".unpacked");
        FileChannel unpacked = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try (InputStream raw = new BufferedInputStream(Channels.newInputStream(packed), 1 << 16);
                InputStream content = new CompressorStreamFactory(true, MEMORY_LIMIT_KIB)
                        .createCompressorInputStream(algorithm, raw)) {
            content.transferTo(Channels.newOutputStream(unpacked));
            return unpacked;
        } catch (IOException e) {
            unpacked.close();
            throw new FormatException(path, "could not be unpacked as " + algorithm + ": " + reason(e), e);
        }
    }

    /** Of compressed data that end too early, most libraries say nothing but that. */
    private static String reason(IOException e) {
        return e.getMessage() == null || e instanceof EOFException || e instanceof CompressorException
                ? "its data end too early or are damaged"
                : e.getMessage();
    }
}
