package org.imatrixstats.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkingCopyTest {
    private static final TensorInfo TENSOR = new TensorInfo("t", List.of(8L, 2L), GgmlType.F16, 0, 100, 32);

    @TempDir
    Path folder;
    private Path model;
    private Path file;
    private final byte[] bytes = new byte[1000];

    @BeforeEach
    void model() throws IOException {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
        }
        model = Files.write(folder.resolve("model.gguf"), bytes);
        file = folder.resolve("copy.gguf");
    }

    @Test
    void aPatchIsInTheCopyAloneAndGoesAgain() throws IOException {
        try (WorkingCopy copy = WorkingCopy.open(model, file, _ -> {
        })) {
            copy.patch(TENSOR, taker -> {
                taker.take(new byte[20]);
                taker.take(new byte[12]);
            });
            byte[] expected = bytes.clone();
            Arrays.fill(expected, 100, 132, (byte) 0);
            assertArrayEquals(expected, Files.readAllBytes(file));
            copy.restore();
            assertArrayEquals(bytes, Files.readAllBytes(file));
        }
        assertArrayEquals(bytes, Files.readAllBytes(model));
    }

    @Test
    void whatAnInterruptedMeasurementLeftIsPutRight() throws IOException {
        WorkingCopy killed = WorkingCopy.open(model, file, _ -> {
        });
        killed.patch(TENSOR, taker -> taker.take(new byte[32]));
        killed.close();
        try (WorkingCopy copy = WorkingCopy.open(model, file, _ -> {
        })) {
            assertTrue(copy.repaired() > 25, copy.repaired() + " bytes");
            assertArrayEquals(bytes, Files.readAllBytes(file));
        }
        // A copy that was not finished is made again.
        Files.write(file, new byte[10]);
        try (WorkingCopy copy = WorkingCopy.open(model, file, _ -> {
        })) {
            assertEquals(0, copy.repaired());
            assertArrayEquals(bytes, Files.readAllBytes(file));
        }
    }

    @Test
    void theModelItselfIsNeverTheCopy() {
        IOException e = assertThrows(IOException.class, () -> WorkingCopy.open(model, model, _ -> {
        }));
        assertTrue(e.getMessage().endsWith("is the model itself, which is never written"), e.getMessage());
    }

    @Test
    void aFolderServesOneMeasurementAtATime() throws IOException {
        Path work = folder.resolve("work");
        try (WorkFolder first = WorkFolder.open(work)) {
            IOException e = assertThrows(IOException.class, () -> WorkFolder.open(work));
            assertTrue(e.getMessage().endsWith("is used by another measurement that is still running"), e.getMessage());
            Files.writeString(first.quantized(1), "left behind");
        }
        try (WorkFolder second = WorkFolder.open(work)) {
            assertTrue(Files.notExists(second.quantized(1)));
            second.clear();
        }
        assertTrue(Files.notExists(work));
    }

    /** Names such as these are deleted in a work folder. */
    @ParameterizedTest
    @ValueSource(strings = {"quantized-7b.gguf", "base-7b.gguf", "model.gguf.part", "copy.gguf"})
    void aFolderWithOtherFilesIsRefused(String name) throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Path file = Files.writeString(models.resolve(name), "precious");
        IOException e = assertThrows(IOException.class, () -> WorkFolder.open(models));
        assertTrue(e.getMessage().contains("it holds other files"), e.getMessage());
        assertEquals("precious", Files.readString(file));
    }
}
