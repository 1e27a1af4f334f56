package org.imatrixstats.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.tensor.TensorInfo;

/** A real file, damaged everywhere: the answer is always a {@link FormatException} that names the file. */
class GgufTruncationTest {
    private static final Path SOUND = Path.of("../testdata/moe-prose.gguf");

    @TempDir
    Path folder;
    private Path path;
    private byte[] sound;
    private int dataStart;

    @BeforeEach
    void copySoundFile() throws IOException {
        path = folder.resolve("damaged.gguf");
        sound = Files.readAllBytes(SOUND);
        Files.write(path, sound);
        try (MappedFile file = MappedFile.open(path)) {
            dataStart = (int) GgufFile.read(file).tensors().getFirst().offset();
        }
        // 64 rows of at least 33 bytes: if this fails, the sweeps below sweep over nothing.
        assertTrue(dataStart > 64 * 33, "data start at " + dataStart);
    }

    @Test
    void rejectsFileCutOffAnywhereInTheHeader() throws IOException {
        for (int length = dataStart; length >= 0; length--) {
            assertRejectedAtLength(length);
        }
    }

    @Test
    void rejectsFileCutOffInTheData() throws IOException {
        assertRejectedAtLength(sound.length - lastPadding() - 1);
        for (int length = sound.length - 4096; length > dataStart; length -= 4096) {
            assertRejectedAtLength(length);
        }
    }

    @Test
    void readsOrRejectsFileWithAnyByteOfTheHeaderChanged() throws IOException {
        int rejected = 0;
        // Mapped once: the mapping shows what is written to the file.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
                MappedFile file = MappedFile.open(path, -1)) {
            for (int at = 0; at < dataStart; at++) {
                for (int flip : new int[]{1, 0x80, 0xff}) {
                    put(channel, at, sound[at] ^ flip);
                    rejected += isRejected(file) ? 1 : 0;
                }
                put(channel, at, sound[at]);
            }
        }
        // A name may be changed into another one. Not so a length, a count, a type, an offset or the high bytes of names,
        // which are more than a third of what was tried.
        assertTrue(rejected > dataStart, rejected + " of " + 3 * dataStart + " rejected");
        assertEquals(-1, Files.mismatch(SOUND, path), "the sweep has left its own changes behind");
    }

    /** Bytes at the end that belong to no tensor. */
    private int lastPadding() throws IOException {
        Files.write(path, sound);
        try (MappedFile file = MappedFile.open(path)) {
            TensorInfo last = GgufFile.read(file).tensors().getLast();
            return (int) (sound.length - last.offset() - last.bytes());
        }
    }

    private void assertRejectedAtLength(int length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
        assertTrue(isRejected(), "cut off at " + length);
    }

    private boolean isRejected() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            return isRejected(file);
        }
    }

    private boolean isRejected(MappedFile file) throws IOException {
        try {
            GgufFile.read(file);
            return false;
        } catch (FormatException e) {
            assertTrue(e.getMessage().startsWith(path + ": offset 0x"), e.getMessage());
            return true;
        }
    }

    private static void put(FileChannel channel, int at, int value) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[]{(byte) value}), at);
    }
}
