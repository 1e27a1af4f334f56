package org.imatrixstats.app.output;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBehindTest {
    private static final int BUFFER = 1 << 20;

    @TempDir
    private Path folder;

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** From less than a buffer to more than the system is told at a time to put on the disk. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 9 * BUFFER + 5, 130 * BUFFER})
    void writesAllBytesInOrder(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        try (FileChannel channel = open("file"); WriteBehind out = new WriteBehind(channel)) {
            int piece = 1 + size / 7;
            for (int from = 0; from < size; from += piece) {
                out.write(content, from, Math.min(piece, size - from));
            }
            out.flush();
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("file")));
            out.write(42);
            out.flush();
        }
        byte[] all = Files.readAllBytes(folder.resolve("file"));
        assertArrayEquals(new byte[]{42}, new byte[]{all[size]});
    }

    @Test
    void throwsWhatWritingThrew() throws IOException {
        FileChannel channel = open("closed");
        try (WriteBehind out = new WriteBehind(channel)) {
            channel.close();
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 20; i++) {
                    out.write(new byte[BUFFER], 0, BUFFER);
                }
                out.flush();
            });
            assertThrows(IOException.class, out::flush);
        }
    }
}
