package org.imatrixstats.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

class JournalTest {
    @Test
    void aFullDiskIsSaidWithTheNameOfTheFile() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        IOException e = assertThrows(IOException.class, () -> JournalWriter.create(full, "journal 1", List.of("a b")));
        assertEquals("/dev/full: could not be written: No space left on device", e.getMessage());
    }
}
