package org.imatrixstats.ggml.iq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cases that random vectors do not have. The bytes are those of ggml. */
class EncodingTest {
    /** ggml leaves no place for a sub-block of zeros, so the decoded values are wrong. The bytes must be the same. */
    @Test
    void iq3_sMovesWhatFollowsASubBlockOfZeros() {
        float[] x = new float[256];
        for (int i = 32; i < 256; i++) {
            x[i] = (i * 37 % 101 - 50) / 50f;
        }
        assertArrayEquals(HexFormat.of().parseHex("9d1899063086f0aafbacb5e261ea6ac757a206308697acadc659e261ea6ac713"
                + "a254308697acadee59ea6197be99063086f0b7fbacade259ea68000000000000000000afea57f5ab7a5596b6b4a4a52d2d69"
                + "694b4b5ad2d29696b4b4a5252d6d69494b5adad200000000f0fefdef"), quantize(GgmlType.IQ3_S, x, null));
    }

    /** ggml ends the process. */
    @ParameterizedTest
    @EnumSource(names = {"IQ1_M", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S"})
    void valuesWhoseSquaresOverflowAreRefused(GgmlType type) {
        float[] x = new float[256];
        for (int i = 0; i < 256; i++) {
            x[i] = (i * 37 % 101 - 50) * 1e30f;
        }
        float[] weights = new float[256];
        Arrays.fill(weights, 1);
        assertThrows(ArithmeticException.class, () -> quantize(type, x, weights));
    }

    private static byte[] quantize(GgmlType type, float[] x, float[] weights) {
        Codec codec = Codecs.of(type);
        byte[] bytes = new byte[Math.toIntExact(type.rowBytes(x.length))];
        codec.quantize(x, 0, 1, x.length, weights, bytes, 0);
        return bytes;
    }
}
