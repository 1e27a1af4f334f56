package org.imatrixstats.ggml.interleaved;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interleaved rows against what the repacking routines of ik_llama.cpp make of the vectors of the packed type. */
class InterleavingTest {
    private static final Path INTERLEAVED = Path.of("../testdata/quantize/interleaved-ik_llama.cpp");
    private static final Path VECTORS = Path.of("../testdata/quantize/vectors-ik_llama.cpp");
    private static final Path BF16 = Path.of("../testdata/quantize/vectors/bf16.imatrix.bin");
    private static final int VALUES = 8 * 1024;

    static Stream<GgmlType> types() {
        return Arrays.stream(GgmlType.values()).filter(type -> Interleaving.packed(type) != null);
    }

    @Test
    void hasAllTypesThatAreOnlyInterleaved() {
        assertEquals(28, types().count());
    }

    @ParameterizedTest
    @MethodSource("types")
    void packsLikeIkLlamaCpp(GgmlType type) throws IOException {
        byte[] rows = rowByRow(type);
        byte[] packed = new byte[rows.length];
        Interleaving.of(type).pack(rows, 0, rowCount(type), columns(type), packed, 0);
        assertArrayEquals(Files.readAllBytes(INTERLEAVED.resolve(type.ggmlName() + ".bin")), packed);
    }

    @ParameterizedTest
    @MethodSource("types")
    void unpacksWhatIkLlamaCppPacked(GgmlType type) throws IOException {
        byte[] packed = Files.readAllBytes(INTERLEAVED.resolve(type.ggmlName() + ".bin"));
        byte[] rows = new byte[packed.length];
        Interleaving.of(type).unpack(packed, 0, rowCount(type), columns(type), rows, 0);
        assertArrayEquals(rowByRow(type), rows);
    }

    /** So each bit has one place, and none is lost, also where the vectors happen to have zeros. */
    @ParameterizedTest
    @MethodSource("types")
    void noiseComesBackInBothDirections(GgmlType type) {
        byte[] noise = new byte[VALUES / columns(type) * (int) type.rowBytes(columns(type))];
        new Random(15).nextBytes(noise);
        Interleaving interleaving = Interleaving.of(type);
        byte[] once = new byte[noise.length + 3];
        byte[] back = new byte[noise.length + 5];
        interleaving.pack(noise, 0, rowCount(type), columns(type), once, 3);
        interleaving.unpack(once, 3, rowCount(type), columns(type), back, 5);
        assertArrayEquals(noise, Arrays.copyOfRange(back, 5, back.length));
        interleaving.unpack(noise, 0, rowCount(type), columns(type), once, 3);
        interleaving.pack(once, 3, rowCount(type), columns(type), back, 5);
        assertArrayEquals(noise, Arrays.copyOfRange(back, 5, back.length));
    }

    @ParameterizedTest
    @MethodSource("types")
    void decodesToTheValuesOfThePackedType(GgmlType type) throws IOException {
        float[] expected = new float[VALUES];
        Codecs.of(Interleaving.packed(type)).dequantize(rowByRow(type), 0, rowCount(type), columns(type), expected, 0);
        byte[] packed = Files.readAllBytes(INTERLEAVED.resolve(type.ggmlName() + ".bin"));
        float[] values = new float[VALUES];
        Codecs.of(type).dequantize(packed, 0, rowCount(type), columns(type), values, 0);
        assertArrayEquals(Vectors.bits(expected), Vectors.bits(values));
        assertEquals(-1, Codecs.of(type).invalidBlock(packed, 0, rowCount(type), columns(type)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void takesWholeGroupsOfRowsOnly(GgmlType type) {
        Interleaving interleaving = Interleaving.of(type);
        byte[] rows = new byte[interleaving.rows() * (int) type.rowBytes(256)];
        int tooFew = interleaving.rows() - 1;
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class,
                () -> interleaving.pack(rows, 0, tooFew, 256, rows.clone(), 0));
        assertTrue(refusal.getMessage().contains("groups of " + interleaving.rows()));
        assertEquals(interleaving.rows(), Codecs.of(type).rowsPerGroup());
    }

    /** bf16_r16 takes 16 rows: the vector of 8 rows serves as 16 of half the length. */
    private static int rowCount(GgmlType type) {
        return type == GgmlType.BF16_R16 ? 16 : 8;
    }

    private static int columns(GgmlType type) {
        return VALUES / rowCount(type);
    }

    private static byte[] rowByRow(GgmlType type) throws IOException {
        if (type == GgmlType.BF16_R16) {
            return Files.readAllBytes(BF16);
        }
        // The first interleaved types were only made without importance matrices.
        boolean isFirst = type.id() < 40;
        String name = Interleaving.packed(type).ggmlName() + (isFirst ? ".plain.bin" : ".imatrix.bin");
        return Files.readAllBytes(VECTORS.resolve(name));
    }
}
