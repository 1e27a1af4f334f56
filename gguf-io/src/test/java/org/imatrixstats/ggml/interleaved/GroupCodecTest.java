package org.imatrixstats.ggml.interleaved;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Vectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interleaved types that are no permutation of another one, against what ik_llama.cpp makes of the input of the vectors. */
class GroupCodecTest {
    private static final Path TESTDATA = Path.of("../testdata/quantize");
    private static final Path INTERLEAVED = TESTDATA.resolve("interleaved-ik_llama.cpp");
    private static final int VALUES = 8 * 1024;

    @ParameterizedTest
    @CsvSource({"Q8_K_R8, q8_k_r8, 8", "Q8_K_R16, q8_k_r16, 16", "Q8_KV_R8, q8_KV_r8, 8", //
        "IQ1_S_R4, iq1_s_r4.plain, 8", "IQ1_S_R4, iq1_s_r4.imatrix, 8", //
        "IQ1_M_R4, iq1_m_r4.plain, 8", "IQ1_M_R4, iq1_m_r4.imatrix, 8"})
    void decodesLikeIkLlamaCpp(GgmlType type, String file, int rows) throws IOException {
        byte[] bytes = Files.readAllBytes(INTERLEAVED.resolve(file + ".bin"));
        assertEquals(-1, Codecs.of(type).invalidBlock(bytes, 0, rows, VALUES / rows));
        assertArrayEquals(Vectors.bits(Vectors.floats(INTERLEAVED.resolve(file + ".f32"))),
                Vectors.bits(decoded(type, bytes, rows)));
    }

    @ParameterizedTest
    @CsvSource({"Q8_K_R8, q8_k_r8, 8", "Q8_K_R16, q8_k_r16, 16", "Q8_KV_R8, q8_KV_r8, 8"})
    void encodesLikeIkLlamaCpp(GgmlType type, String file, int rows) throws IOException {
        byte[] expected = Files.readAllBytes(INTERLEAVED.resolve(file + ".bin"));
        assertArrayEquals(expected, encoded(type, file, rows, expected.length));
    }

    /** Rows 4 and 6 have equal or nearly equal values, for which several codes are as good; there the bytes differ. */
    @ParameterizedTest
    @CsvSource({"IQ1_S_R4, iq1_s_r4.plain", "IQ1_S_R4, iq1_s_r4.imatrix", //
        "IQ1_M_R4, iq1_m_r4.plain", "IQ1_M_R4, iq1_m_r4.imatrix"})
    void encodesTheFirstGroupOfRowsLikeIkLlamaCpp(GgmlType type, String file) throws IOException {
        byte[] expected = Files.readAllBytes(INTERLEAVED.resolve(file + ".bin"));
        byte[] bytes = encoded(type, file, 8, expected.length);
        assertArrayEquals(Arrays.copyOf(expected, expected.length / 2), Arrays.copyOf(bytes, bytes.length / 2));
        assertEquals(-1, Codecs.of(type).invalidBlock(bytes, 0, 8, VALUES / 8));
    }

    private static byte[] encoded(GgmlType type, String file, int rows, int length) throws IOException {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x55);
        float[] weights = file.endsWith("imatrix") ? weights() : null;
        Codec codec = Codecs.of(type);
        codec.quantize(input(), 0, rows, VALUES / rows, weights, bytes, 0);
        return bytes;
    }

    private static float[] decoded(GgmlType type, byte[] bytes, int rows) {
        float[] values = new float[VALUES];
        Codecs.of(type).dequantize(bytes, 0, rows, VALUES / rows, values, 0);
        return values;
    }

    private static float[] input() throws IOException {
        return Vectors.floats(TESTDATA.resolve("vectors/input.f32"));
    }

    private static float[] weights() throws IOException {
        return Vectors.floats(TESTDATA.resolve("vectors/imatrix.f32"));
    }
}
