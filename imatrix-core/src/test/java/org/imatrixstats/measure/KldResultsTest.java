package org.imatrixstats.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.imatrixstats.io.BytesSource;
import org.junit.jupiter.api.Test;

class KldResultsTest {
    private static List<KldPoint> read(String text) throws IOException {
        return KldResults.read(new BytesSource("kld.csv", text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        List<KldPoint> points = List.of(
                new KldPoint("-my, \"recipe\"", "m.gguf", 123, 3.9,
                        new KlDivergence(-3e-7, 1e-7, 4.5, 0.1, 0.99, 0.001, 64, false), "t.txt", "ab", "cd"),
                new KldPoint("Q4_K_M", "", 0, Double.NaN, new KlDivergence(0.001, Double.NaN, Double.NaN, Double.NaN,
                        Double.NaN, Double.NaN, 0, false), "", "", ""));
        assertEquals(points, read(KldResults.text(points)));
    }

    @Test
    void aTableOfOthersNeedsANameAndADivergence() throws IOException {
        KldPoint point = read("Name,KLD,bpw,remark\nIQ3_M,0.02,3.66,by somebody\n").getFirst();
        assertEquals(0.02, point.result().kld());
        assertEquals(3.66, point.bitsPerWeight());
        IOException e = assertThrows(IOException.class, () -> read("name,bpw\na,3\n"));
        assertEquals("kld.csv: line 1: the columns are name,bpw, expected name,kld among them", e.getMessage());
        e = assertThrows(IOException.class, () -> read("name,kld\na,?\n"));
        assertEquals("kld.csv: line 2: kld is '?', expected a number", e.getMessage());
    }
}
