package org.imatrixstats.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    @TempDir
    Path folder;

    private Csv csv(String name, String text) throws IOException {
        try (MappedFile file = MappedFile.open(Files.writeString(folder.resolve(name), text))) {
            return Csv.read(file);
        }
    }

    private String refused(String name, String text) {
        String message = assertThrows(FormatException.class, () -> csv(name, text)).getMessage();
        String start = folder.resolve(name) + ": ";
        assertEquals(start, message.substring(0, start.length()));
        return message.substring(start.length());
    }

    // ---- numbers

    @ParameterizedTest
    @CsvSource({"1, 1", "-1, -1", "+1, 1", "0.25, 0.25", ".5, 0.5", "5., 5", "1e3, 1000", "1.5E-3, 0.0015", "2e+1, 20",
        "007, 7", "4.9e-324, 4.9e-324"})
    void aNumberIsWhatPeopleAndProgramsWrite(String text, double value) throws IOException {
        Csv csv = csv("x.csv", "tensor,kld\na," + text + "\n");
        assertEquals(value, csv.number(csv.rows().getFirst(), "kld"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1f", "1d", "2.5F", "0x1p3", "0x10", "NaN", "nan", "Infinity", "inf", "1e999", "1_000",
        "1 000",
        "5%", "-", ".", "e5", "1e", "null", "١", "--1", "q4_K"})
    void anythingElseIsRefusedWithItsLine(String text) throws IOException {
        Csv csv = csv("x.csv", "# measured\ntensor,kld\na,1\nb," + text + "\n");
        FormatException e = assertThrows(FormatException.class, () -> csv.number(csv.rows().getLast(), "kld"));
        assertEquals(folder.resolve("x.csv") + ": line 4: kld is '" + text + "', expected a number", e.getMessage());
    }

    @Test
    void countsAreWhole() throws IOException {
        Csv csv = csv("x.csv", "bytes\n1.2E+10\n1.5\n-1\n1e300\n");
        assertEquals(12_000_000_000L, csv.count(csv.rows().getFirst(), "bytes"));
        for (int i = 1; i < 4; i++) {
            Csv.Row row = csv.rows().get(i);
            FormatException e = assertThrows(FormatException.class, () -> csv.count(row, "bytes"));
            assertEquals(folder.resolve("x.csv") + ": line " + row.line() + ": bytes is '" + csv.text(row, "bytes")
                    + "', expected a whole number of at least 0", e.getMessage());
        }
    }

    // ---- separators

    @ParameterizedTest
    @ValueSource(strings = {"x.tsv", "X.TSV", "x.tab", "x.tsv.gz", "x.tsv.xz", "x.tsv.zst", "x.tsv.bz2", "x.csv",
        "x.txt"})
    void tabsSeparateInATableOfTabs(String name) throws IOException {
        Csv csv = csv(name, "# measured, once\nTensor\tkld\na,b\t1.5\n");
        assertEquals(List.of("tensor", "kld"), csv.columns());
        assertEquals("a,b", csv.text(csv.rows().getFirst(), "tensor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.csv", "x.csv.gz", "x.txt", "tsv", "x.tsv.csv"})
    void commasSeparateInAnyOther(String name) throws IOException {
        Csv csv = csv(name, "tensor,\tkld\n\"a\tb\",1.5\n");
        assertEquals(List.of("tensor", "kld"), csv.columns());
        assertEquals("a\tb", csv.text(csv.rows().getFirst(), "tensor"));
    }

    /** measure --results may name a file so. */
    @Test
    void aTableOfCommasMayBeNamedTsv() throws IOException {
        assertEquals(List.of("tensor", "kld"), csv("x.tsv", "tensor,kld\na,1\n").columns());
        assertEquals(List.of("a,b", "kld"), csv("y.tsv.gz", "a,b\tkld\na,1\t2\n").columns());
    }

    // ---- columns

    @Test
    void twoColumnsOfOneNameAreRefused() {
        assertEquals("line 2: two columns are named kld", refused("x.csv", "#\ntensor,KLD,kld\na,1,2\n"));
    }

    @Test
    void emptyNamesAreNobodysColumns() throws IOException {
        assertEquals(1, csv("x.csv", "tensor,kld,,\na,1,,\n").rows().size());
    }

    @Test
    void aLineOfOtherLengthIsNamed() {
        assertEquals("line 3: 1 value, but 2 columns: tensor,kld", refused("x.csv", "tensor,kld\na,1\nb\n"));
    }

    // ---- what people save

    @Test
    void semicolonsAreNamed() {
        assertEquals(
                "line 2: semicolons separate the columns, expected commas or tabs (and a point in numbers, as in 0.5):"
                        + " save the table so",
                refused("x.csv", "# measured\ntensor;kld\na;0,5\n"));
    }

    @Test
    void aMessageAboutColumnsNamesTheLineThatHasThem() throws IOException {
        Csv csv = csv("x.csv", "# measured\n\n# twice\nname,bpw\na,4\n");
        FormatException e = assertThrows(FormatException.class, () -> csv.requireAll(List.of("name", "kld")));
        assertEquals(folder.resolve("x.csv") + ": line 4: the columns are name,bpw, expected name,kld among them",
                e.getMessage());
    }

    @Test
    void aLastLineWithoutItsEndIsIncomplete() throws IOException {
        assertEquals("line 3: 1 value, but 2 columns: tensor,kld. The file ends within this line."
                + " If writing it was interrupted, remove the line", refused("x.csv", "tensor,kld\na,1\nb"));
        // Editors leave the end of a whole line away.
        assertEquals(2, csv("y.csv", "tensor,kld\na,1\nb,2").rows().size());
    }
}
