package org.imatrixstats.ggml.iqk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** iq1_bn and iq2_bn, whose scale stands before the blocks of a row. */
class TernaryRowsTest {
    private static final Path VECTORS = Path.of("../testdata/quantize/vectors-ik_llama.cpp");
    private static final int ROWS = 8;
    private static final int COLUMNS = 1024;

    /**
     * The dequantize_row routines of ik_llama.cpp take the start of the row for the first block and apply no scale. Its
     * matrix products do not, nor does this codec. Read in that way the blocks give the floats of the vectors.
     */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "imatrix"})
    void theBlocksReadFromTheStartOfTheRowGiveTheFloatsOfTheRoutine(String kind) throws IOException {
        byte[] one = Files.readAllBytes(VECTORS.resolve("iq1_bn." + kind + ".bin"));
        byte[] two = Files.readAllBytes(VECTORS.resolve("iq2_bn." + kind + ".bin"));
        float[] ofOne = new float[ROWS * COLUMNS];
        float[] ofTwo = new float[ROWS * COLUMNS];
        for (int row = 0; row < ROWS; row++) {
            IQ1_BN.dequantizeBlocks(one, row * one.length / ROWS, COLUMNS, 1, ofOne, row * COLUMNS);
            IQ2_BN.dequantizeBlocks(two, row * two.length / ROWS, COLUMNS, 1, ofTwo, row * COLUMNS);
        }
        assertArrayEquals(Vectors.floats(VECTORS.resolve("iq1_bn." + kind + ".f32")), ofOne);
        assertArrayEquals(Vectors.floats(VECTORS.resolve("iq2_bn." + kind + ".f32")), ofTwo);
    }

    @Test
    void valuesOfThreeLevelsComeBackExactly() {
        float[] x = new float[256];
        for (int i = 0; i < x.length; i++) {
            x[i] = 0.25f * (i * 7 % 3 - 1);
        }
        byte[] bytes = new byte[(int) GgmlType.IQ1_BN.rowBytes(x.length)];
        float[] back = new float[x.length];
        new IQ1_BN().quantize(x, 0, 1, x.length, null, bytes, 0);
        new IQ1_BN().dequantize(bytes, 0, 1, x.length, back, 0);
        assertArrayEquals(x, back);
        bytes = new byte[(int) GgmlType.IQ2_BN.rowBytes(x.length)];
        new IQ2_BN().quantize(x, 0, 1, x.length, null, bytes, 0);
        new IQ2_BN().dequantize(bytes, 0, 1, x.length, back, 0);
        assertArrayEquals(x, back);
    }

    @Test
    void aRowWhoseScaleIsNoNumberIsInvalid() {
        byte[] row = new byte[(int) GgmlType.IQ1_BN.rowBytes(128)];
        assertEquals(-1, new IQ1_BN().invalidBlock(row, 0, 1, 128));
        row[1] = 0x7c;
        assertEquals(0, new IQ1_BN().invalidBlock(row, 0, 1, 128));
    }
}
