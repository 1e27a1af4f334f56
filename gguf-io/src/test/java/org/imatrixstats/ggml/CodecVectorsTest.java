package org.imatrixstats.ggml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every codec against bytes and floats that ggml made of 8 rows of very different distributions. */
class CodecVectorsTest {
    private static final Path VECTORS = Path.of("../testdata/quantize/vectors");
    private static final int ROWS = 8;
    private static final int COLUMNS = 1024;

    static Stream<GgmlType> types() {
        return Arrays.stream(GgmlType.values())
                .filter(type -> Codecs.has(type) && Files.exists(file(type, "imatrix", "bin")));
    }

    @Test
    void coversEveryTypeThatLlamaCppQuantizesTo() throws IOException {
        List<String> names = Files.readAllLines(VECTORS.resolve("index.jsonl")).stream()
                .map(line -> line.replaceAll(".*\"type\":\"([^\"]*)\".*", "$1")).distinct().sorted().toList();
        assertEquals(27, names.size());
        assertEquals(names, types().map(GgmlType::ggmlName).sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("types")
    void quantizesWithoutWeights(GgmlType type) throws IOException {
        assertEquals(!Codecs.of(type).requiresWeights(), Files.exists(file(type, "plain", "bin")));
        assumeTrue(!Codecs.of(type).requiresWeights(), "needs weights");
        assertBytes(type, "plain", null);
    }

    @ParameterizedTest
    @MethodSource("types")
    void quantizesWithWeights(GgmlType type) throws IOException {
        assertBytes(type, "imatrix", floats(VECTORS.resolve("imatrix.f32")));
    }

    @ParameterizedTest
    @MethodSource("types")
    void dequantizes(GgmlType type) throws IOException {
        for (String kind : new String[]{"plain", "imatrix"}) {
            if (Files.exists(file(type, kind, "bin"))) {
                byte[] bytes = Files.readAllBytes(file(type, kind, "bin"));
                float[] decoded = new float[ROWS * COLUMNS];
                Codecs.of(type).dequantize(bytes, 0, ROWS, COLUMNS, decoded, 0);
                assertArrayEquals(bits(floats(file(type, kind, "f32"))), bits(decoded), type + " " + kind);
                assertEquals(-1, Codecs.of(type).invalidBlock(bytes, 0, ROWS, COLUMNS));
            }
        }
    }

    private static void assertBytes(GgmlType type, String kind, float[] weights) throws IOException {
        byte[] expected = Files.readAllBytes(file(type, kind, "bin"));
        byte[] bytes = new byte[expected.length];
        Arrays.fill(bytes, (byte) 0x55); // A codec must write every bit.
        Codecs.of(type).quantize(floats(VECTORS.resolve("input.f32")), 0, ROWS, COLUMNS, weights, bytes, 0);
        int rowBytes = expected.length / ROWS;
        for (int row = 0; row < ROWS; row++) {
            int difference = Arrays.mismatch(bytes, row * rowBytes, (row + 1) * rowBytes, expected, row * rowBytes,
                    (row + 1) * rowBytes);
            assertFalse(difference >= 0, type + " " + kind + ": row " + row + " differs from byte " + difference
                    + " on, block " + difference / type.bytesPerBlock());
        }
    }

    private static Path file(GgmlType type, String kind, String extension) {
        return VECTORS.resolve(type.ggmlName() + "." + kind + "." + extension);
    }

    private static float[] floats(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        float[] floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /** Bits tell -0 from 0. */
    private static int[] bits(float[] floats) {
        int[] bits = new int[floats.length];
        for (int i = 0; i < floats.length; i++) {
            bits[i] = Float.floatToRawIntBits(floats[i]);
        }
        return bits;
    }
}
