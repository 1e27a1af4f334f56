package org.imatrixstats.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.imatrix.Remedy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalTest {
    private static final JournalKind KIND = new JournalKind("things", 2, "count");

    @TempDir
    Path folder;
    private Path file;
    /** A header, two lines of the head, three results. */
    private String whole;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("journal");
        try (JournalWriter journal = JournalWriter.create(file, KIND, "c0ffee", 1, List.of("inputs a", "item b"))) {
            for (int i = 0; i < 3; i++) {
                journal.add(i + " result");
            }
        }
        whole = Files.readString(file);
    }

    private boolean holdsResults(String text) throws IOException {
        Files.writeString(file, text);
        return JournalReader.holdsResults(file, KIND);
    }

    private int results() throws IOException {
        try (JournalReader lines = new JournalReader(file)) {
            assertEquals(new JournalReader.Header("c0ffee", 1), lines.header(KIND));
            lines.fields("inputs", 2);
            lines.fields("item", 2);
            int count = 0;
            while (lines.next() != null) {
                count++;
            }
            assertNull(lines.next());
            return count;
        }
    }

    @Test
    void holdsResultsFromTheFirstWholeOneOn() throws IOException {
        int secondResult = whole.indexOf("1 result");
        for (int end = 0; end <= whole.length(); end++) {
            assertEquals(end >= secondResult, holdsResults(whole.substring(0, end)), "cut at " + end);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "s/c0ffee 1/c0ffee x/ | line 1 is damaged | JOURNAL_HEAD",
        "s/inputs a/inputs b/ | line 2 is damaged | JOURNAL_HEAD",
        "s/item b/item c/ | line 3 is damaged | JOURNAL_HEAD",
        "s/0 result/0 reSult/ | line 4 is damaged | JOURNAL_LINE",
        "s/things 2/things 3/ | is a journal or part file of 'imatrix-stats count', of another version of imatrix-stats"
                + " | JOURNAL_VERSION",
        "s/things/errors/ | is not a journal or part file of 'imatrix-stats count' | OTHER_FILE",
        "s/imatrix-stats things 2/tensor,type/ | is not a journal or part file of 'imatrix-stats count' | OTHER_FILE"})
    void anythingElseThanAJournalThatJustBeganIsNamed(String change, String expected, Remedy remedy)
            throws IOException {
        String[] parts = change.split("/");
        Files.writeString(file, whole.replace(parts[1], parts[2]));
        JournalException e = assertThrows(JournalException.class, () -> JournalReader.holdsResults(file, KIND));
        assertEquals(file + ": " + expected, e.getMessage());
        assertEquals(remedy, e.remedy());
    }

    @Test
    void aFirstLineThatIsLostIsAnotherFile() throws IOException {
        Files.writeString(file, whole.substring(5));
        assertEquals(Remedy.OTHER_FILE,
                assertThrows(JournalException.class, () -> JournalReader.holdsResults(file, KIND)).remedy());
    }

    /** Such as a model that was named by mistake. */
    @Test
    void ofAFileWithoutLinesOnlyTheBeginningIsRead() throws IOException {
        Files.write(file, new byte[1 << 20]);
        assertThrows(JournalException.class, () -> JournalReader.holdsResults(file, KIND));
        Files.writeString(file, "imatrix-stats things 2 " + "a".repeat(1 << 20));
        assertThrows(JournalException.class, () -> JournalReader.holdsResults(file, KIND));
    }

    @Test
    void goesOnAfterTheLastWholeLineWhereverTheFileWasCut() throws IOException {
        int lastResult = whole.indexOf("2 result");
        for (int end = lastResult; end < whole.length(); end++) {
            Files.writeString(file, whole.substring(0, end));
            try (JournalReader lines = new JournalReader(file)) {
                lines.header(KIND);
                while (lines.next() != null) {
                    // To the last.
                }
                assertEquals(lastResult, lines.end(), "cut at " + end);
            }
            try (JournalWriter journal = JournalWriter.append(file, lastResult)) {
                journal.add("2 result");
            }
            assertEquals(whole, Files.readString(file));
        }
    }

    @Test
    void aLineThatWasRemovedWithAnEditorIsTheOnlyOneMissing() throws IOException {
        String without = whole.replaceAll("(?m)^1 result.*\n", "").replace("\n", "\r\n");
        Files.writeString(file, without);
        assertEquals(2, results());
        try (JournalReader lines = new JournalReader(file)) {
            lines.header(KIND);
            while (lines.next() != null) {
                // To the last.
            }
            assertEquals(without.length(), lines.end());
        }
    }

    @Test
    void onlyOneMeasurementWritesAJournal() throws IOException {
        byte[] before = Files.readAllBytes(file);
        try (JournalWriter _ = JournalWriter.append(file, before.length)) {
            for (IOException e : List.of(
                    assertThrows(IOException.class, () -> JournalWriter.create(file, KIND, "0", 0, List.of())),
                    assertThrows(IOException.class, () -> JournalWriter.append(file, 0)))) {
                assertEquals(file + ": is written by another measurement that is still running", e.getMessage());
            }
        }
        assertArrayEquals(before, Files.readAllBytes(file));
        JournalWriter.append(file, before.length).close();
    }

    @Test
    void aFullDiskIsSaidWithTheNameOfTheFile() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        IOException e = assertThrows(IOException.class,
                () -> JournalWriter.create(full, KIND, "0", 0, List.of("a b")));
        assertEquals("/dev/full: could not be written: No space left on device", e.getMessage());
    }

    @Test
    void anEmptyFileIsNamedWhereAJournalIsRead() throws IOException {
        assertFalse(holdsResults(""));
        try (JournalReader lines = new JournalReader(file)) {
            assertEquals(file + ": is empty, expected a journal or part file of 'imatrix-stats count'",
                    assertThrows(JournalException.class, () -> lines.header(KIND)).getMessage());
        }
    }
}
