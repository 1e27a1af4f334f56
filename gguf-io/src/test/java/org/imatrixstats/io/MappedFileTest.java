package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedFileTest {
    /** A multiple of every usual page size. */
    private static final long READ_ALL = Long.MAX_VALUE;
    /** Also small files. */
    private static final long MAP_ALL = -1;
    private static final int PAGES = 1 << 16;

    @TempDir
    Path folder;

    @Test
    void rejectsMissingFile() {
        Path missing = folder.resolve("missing.gguf");
        assertEquals(missing + ": no such file", openFails(missing));
    }

    @Test
    void rejectsDirectory() {
        assertEquals(folder + ": is a directory, expected a file", openFails(folder));
    }

    @Test
    void rejectsDevice() {
        Path device = Path.of("/dev/null");
        assertEquals(device + ": is not a regular file",
                openFails(device));
    }

    @ParameterizedTest
    @ValueSource(longs = {READ_ALL, MAP_ALL})
    void holdsEmptyFile(long readUpTo) throws IOException {
        try (MappedFile file = MappedFile.open(write(), readUpTo)) {
            assertEquals(0, file.size());
            file.copy(0, new byte[0], 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {READ_ALL, MAP_ALL})
    void copiesBytesFromTheMiddle(long readUpTo) throws IOException {
        try (MappedFile file = MappedFile.open(write(1, 2, 3, 4, 5), readUpTo)) {
            byte[] into = {9, 9, 9};
            file.copy(2, into, 0, 2);
            assertArrayEquals(new byte[]{3, 4, 9}, into);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {READ_ALL, MAP_ALL})
    void copiesUnalignedFloatsInBothByteOrders(long readUpTo) throws IOException {
        // IEEE 754: 1.0 is 3f800000, -2.5 is c0200000; one byte stands before them.
        try (MappedFile file = MappedFile.open(write(7, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0), readUpTo)) {
            float[] into = new float[3];
            file.copy(1, ByteOrder.LITTLE_ENDIAN, into, 0, 2);
            assertArrayEquals(new float[]{1, -2.5f, 0}, into);
        }
        try (MappedFile file = MappedFile.open(write(7, 0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0), readUpTo)) {
            float[] into = new float[3];
            file.copy(1, ByteOrder.BIG_ENDIAN, into, 0, 2);
            assertArrayEquals(new float[]{1, -2.5f, 0}, into);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {READ_ALL, MAP_ALL})
    void comparesBytes(long readUpTo) throws IOException {
        try (MappedFile file = MappedFile.open(write(1, 2, 3, 1, 2, 4), readUpTo)) {
            assertTrue(file.sameBytes(0, 3, 2));
            assertFalse(file.sameBytes(0, 3, 3));
            assertTrue(file.sameBytes(0, 5, 0));
        }
    }

    /** Long blocks of a large file are read in pieces, beside the mapping. */
    @Test
    void copiesLongBlocks() throws IOException {
        byte[] content = new byte[5 * PAGES + 4];
        new Random(1).nextBytes(content);
        int floats = content.length / Float.BYTES - 1;
        float[] expected = new float[floats];
        ByteBuffer.wrap(content, 3, floats * Float.BYTES).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                .get(expected);
        try (MappedFile file = MappedFile.open(write(content), MAP_ALL)) {
            byte[] bytes = new byte[content.length + 1];
            file.copy(2, bytes, 1, content.length - 2);
            assertArrayEquals(Arrays.copyOfRange(content, 2, content.length),
                    Arrays.copyOfRange(bytes, 1, content.length - 1));
            float[] into = new float[floats + 1];
            file.copy(3, ByteOrder.LITTLE_ENDIAN, into, 1, floats);
            assertArrayEquals(expected, Arrays.copyOfRange(into, 1, floats + 1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.copy(5, bytes, 0, content.length - 4));
        }
    }

    @Test
    void comparesMoreBytesThanItTakesAtOnce() throws IOException {
        byte[] content = new byte[2 * 3 * PAGES];
        content[content.length - 1] = 1;
        try (MappedFile file = MappedFile.open(write(content))) {
            assertTrue(file.sameBytes(0, 3 * PAGES, 3 * PAGES - 1));
            assertFalse(file.sameBytes(0, 3 * PAGES, 3 * PAGES));
        }
    }

    enum Access {
        BYTES {
            @Override
            void from(MappedFile file, long offset) throws FormatException {
                file.copy(offset, new byte[COUNT], 0, COUNT);
            }
        },
        FLOATS {
            @Override
            void from(MappedFile file, long offset) throws FormatException {
                file.copy(offset, ByteOrder.LITTLE_ENDIAN, new float[COUNT], 0, COUNT);
            }
        },
        SWAPPED_FLOATS {
            @Override
            void from(MappedFile file, long offset) throws FormatException {
                file.copy(offset, ByteOrder.BIG_ENDIAN, new float[COUNT], 0, COUNT);
            }
        },
        LONG_BLOCK {
            @Override
            void from(MappedFile file, long offset) throws FormatException {
                file.copy(offset, new byte[2 * PAGES], 0, 2 * PAGES);
            }
        },
        COMPARISON {
            @Override
            void from(MappedFile file, long offset) throws FormatException {
                file.sameBytes(offset, offset + COUNT, COUNT);
            }
        };

        private static final int COUNT = 1000;

        abstract void from(MappedFile file, long offset) throws FormatException;
    }

    @ParameterizedTest
    @EnumSource
    void reportsFileCutShortWhileMapped(Access access) throws IOException {
        Path path = write(new byte[4 * PAGES]);
        try (MappedFile file = MappedFile.open(path, MAP_ALL)) {
            access.from(file, 2 * PAGES);
            truncate(path, PAGES);
            assertCutShort(path, () -> access.from(file, 2 * PAGES));
        }
    }

    /** The JVM reports a lost page to compiled code later than to interpreted code, which needs an answer of its own. */
    @ParameterizedTest
    @EnumSource
    void reportsFileCutShortToCompiledCode(Access access) throws IOException {
        Path path = write(new byte[4 * PAGES]);
        try (MappedFile file = MappedFile.open(path, MAP_ALL)) {
            for (int i = 0; i < 20_000; i++) {
                access.from(file, 2 * PAGES);
            }
            truncate(path, PAGES);
            for (int i = 0; i < 20; i++) {
                assertCutShort(path, () -> access.from(file, 2 * PAGES));
            }
        }
    }

    /** The rest of a file's last page can be read without an error of the system: it is all zeros. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void reportsFileCutShortWithinItsLastPage(int lost) throws IOException {
        Path path = write(new byte[1000]);
        try (MappedFile file = MappedFile.open(path, MAP_ALL)) {
            truncate(path, 1000 - lost);
            assertCutShort(path, () -> file.copy(0, new byte[1000], 0, 1000));
        }
    }

    private interface Reading {
        void run() throws FormatException;
    }

    private static void assertCutShort(Path path, Reading reading) {
        FormatException e = assertThrows(FormatException.class, reading::run);
        assertTrue(e.getMessage().startsWith(path + ": was cut short while it was read"), e.getMessage());
    }

    private static String openFails(Path path) {
        return assertThrows(FormatException.class, () -> MappedFile.open(path)).getMessage();
    }

    private static void truncate(Path path, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private Path write(int... content) throws IOException {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return write(bytes);
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("test.bin"), content);
    }
}
