package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
    @TempDir
    Path folder;

    @Test
    void readsAText() throws IOException {
        Path file = Files.writeString(folder.resolve("rules"), "größe=q8_0\n");
        assertEquals("größe=q8_0\n", read(file));
        assertEquals("", read(Files.createFile(folder.resolve("empty"))));
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = Files.write(folder.resolve("bytes"), new byte[]{(byte) 0xc3, '('});
        assertEquals(file + ": is not UTF-8 text, expected rules", refusal(file));
        assertEquals(folder + ": is a directory, expected a file", refusal(folder));
        assertEquals(folder.resolve("none") + ": no such file", refusal(folder.resolve("none")));
    }

    @Test
    void refusesMoreThanAnybodyWrites() throws IOException {
        Path file = folder.resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength((16 << 20) + 1);
        }
        assertEquals(file + ": has 16777217 bytes, expected rules of at most 16 MiB", refusal(file));
    }

    /** To open a named pipe would wait for ever, a device may never end. */
    @Test
    void refusesPipesAndDevices() throws IOException, InterruptedException {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "there are no devices");
        String notRegular = ": is not a regular file";
        assertEquals(device + notRegular, refusal(device));
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(pipe + notRegular, refusal(pipe));
    }

    private static String read(Path file) throws IOException {
        try (MappedFile source = MappedFile.open(file)) {
            return TextFile.read(source, "rules");
        }
    }

    private static String refusal(Path file) {
        return assertThrows(FormatException.class, () -> read(file)).getMessage();
    }
}
