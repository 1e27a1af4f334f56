package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteCursorTest {
    private static final byte[] COUNTING = {(byte) 0xf1, 2, 3, 4, 5, 6, 7, (byte) 0xf8};

    @TempDir
    Path folder;
    private Path path;
    private MappedFile file;

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void readsNumbersOfLittleEndianFiles() throws IOException {
        assertEquals(0xf1, over(COUNTING).u8("it"));
        assertEquals(0x02f1, over(COUNTING).uint16("it"));
        assertEquals(0x040302f1, over(COUNTING).int32("it"));
        assertEquals(0xf8070605_040302f1L, over(COUNTING).int64("it"));
    }

    @Test
    void readsNumbersOfBigEndianFiles() throws IOException {
        assertEquals(0xf102, bigEndian(COUNTING).uint16("it"));
        assertEquals(0xf1020304, bigEndian(COUNTING).int32("it"));
        assertEquals(0xf1020304L, bigEndian(COUNTING).uint32("it"));
        assertEquals(0xf1020304_050607f8L, bigEndian(COUNTING).int64("it"));
    }

    @Test
    void readsOneAfterTheOther() throws IOException {
        ByteCursor cursor = over(COUNTING);
        cursor.u8("first");
        cursor.skip(1, "second");
        assertEquals(2, cursor.position());
        assertEquals(6, cursor.remaining());
        assertEquals(0x0403, cursor.uint16("third and fourth"));
        assertEquals(4, cursor.position());
    }

    @Test
    void readsFileLargerThanItsWindow() throws IOException {
        byte[] content = new byte[50_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i % 251);
        }
        ByteCursor cursor = over(content);
        cursor.u8("odd start, so that numbers lie across the borders of windows");
        for (int i = 1; i + 8 <= 20_000; i += 8) {
            long value = cursor.int64("it");
            assertEquals(i % 251, value & 0xff);
            assertEquals((i + 7) % 251, value >>> 56);
        }
        cursor.skip(20_000, "far ahead");
        assertEquals(cursor.position() % 251, cursor.u8("after the gap"));
    }

    @Test
    void readsStringsOfAnyLength() throws IOException {
        // ä takes two bytes, € three: 8192 bytes is the window, so these are below, at and above it.
        for (int repeats : new int[]{0, 1, 1638, 1639, 20_000}) {
            String text = "ä€".repeat(repeats);
            ByteCursor cursor = over((text + "after").getBytes(StandardCharsets.UTF_8));
            assertEquals(text, cursor.utf8(5L * repeats, "text"));
            assertEquals('a', cursor.u8("next"));
        }
    }

    @Test
    void readsEmptyStringAtTheEnd() throws IOException {
        ByteCursor cursor = over(new byte[8192]);
        cursor.utf8(8192, "all");
        assertEquals("", cursor.utf8(0, "nothing"));
    }

    @Test
    void rejectsInvalidUtf8() throws IOException {
        // Overlong, a surrogate, cut off in the middle of a character, beyond U+10FFFF.
        for (int[] invalid : new int[][]{{0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xe2, 0x82}, {0xf4, 0x90, 0x80, 0x80}}) {
            byte[] bytes = new byte[invalid.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) invalid[i];
            }
            ByteCursor cursor = over(bytes);
            assertFails("offset 0x0: name is not valid UTF-8", () -> cursor.utf8(bytes.length, "name"));
        }
    }

    @Test
    void rejectsReadsPastTheEnd() throws IOException {
        ByteCursor cursor = over(Arrays.copyOf(COUNTING, 3));
        cursor.skip(2, "start");
        assertFails("offset 0x2: it needs 2 bytes, 1 remain", () -> cursor.uint16("it"));
        assertFails("offset 0x2: it needs 4 bytes, 1 remain", () -> cursor.int32("it"));
        assertFails("offset 0x2: it needs 8 bytes, 1 remain", () -> cursor.int64("it"));
        assertFails("offset 0x2: it needs 9223372036854775807 bytes, 1 remain",
                () -> cursor.skip(Long.MAX_VALUE, "it"));
        assertFails("offset 0x2: it needs 18446744073709551615 bytes, 1 remain", () -> cursor.skip(-1, "it"));
        assertFails("offset 0x2: it needs 18446744073709551615 bytes, 1 remain", () -> cursor.utf8(-1, "it"));
        assertEquals(2, cursor.position());
        cursor.skip(1, "rest");
        assertFails("offset 0x3: it needs 1 bytes, 0 remain", () -> cursor.u8("it"));
    }

    private interface Reading {
        void run() throws FormatException;
    }

    private void assertFails(String message, Reading reading) {
        FormatException e = assertThrows(FormatException.class, reading::run);
        assertEquals(path + ": " + message, e.getMessage());
    }

    private ByteCursor bigEndian(byte[] content) throws IOException {
        ByteCursor cursor = over(content);
        cursor.order(ByteOrder.BIG_ENDIAN);
        return cursor;
    }

    private ByteCursor over(byte[] content) throws IOException {
        if (file != null) {
            file.close();
        }
        path = Files.write(folder.resolve("test.bin"), content);
        file = MappedFile.open(path);
        return new ByteCursor(file);
    }
}
