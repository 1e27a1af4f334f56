package org.imatrixstats.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureCacheTest {
    private static final double[][] ARRAYS = {{1, Double.NaN, -0.0}, {}, {3}};

    @TempDir
    Path folder;

    @Test
    void whatWasKeptIsReadAgain() {
        FigureCache cache = new FigureCache(folder.resolve("new"), "spectrum");
        cache.write("a", ARRAYS);
        double[][] read = cache.read("a");
        for (int i = 0; i < ARRAYS.length; i++) {
            assertArrayEquals(ARRAYS[i], read[i]);
        }
        assertNull(cache.read("b"));
    }

    @Test
    void aDamagedOrShortFileIsNotUsed() throws IOException {
        FigureCache cache = new FigureCache(folder, "spectrum");
        cache.write("a", ARRAYS);
        Path file = folder.resolve("spectrum-a.bin");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertNull(cache.read("a"), "byte " + i);
        }
        Files.write(file, new byte[5]);
        assertNull(cache.read("a"));
    }

    @Test
    void aFolderThatCannotBeMadeIsNoError() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        FigureCache cache = new FigureCache(file.resolve("folder"), "spectrum");
        cache.write("a", ARRAYS);
        assertNull(cache.read("a"));
    }
}
