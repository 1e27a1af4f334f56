package org.imatrixstats.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Vectors;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tensor that is patched holds what llama.cpp decodes of the tensor that its own routines quantized: testdata/quantize. */
class RoundTripTest {
    private static final Path VECTORS = Path.of("../testdata/quantize/vectors");
    private static final int COLUMNS = 1024;

    /** The input of the vectors as a tensor of F32; the values are the same in a model of F16 or BF16 that it is rounded to. */
    private record Input(float[] values, GgmlType type) implements TensorSource {
        @Override
        public String name() {
            return "input";
        }

        @Override
        public List<TensorInfo> tensors() {
            long rows = values.length / COLUMNS;
            return List.of(new TensorInfo("blk.0.ffn_up.weight", List.of((long) COLUMNS, rows), type, 0, 0,
                    rows * type.rowBytes(COLUMNS)));
        }

        @Override
        public TensorInfo tensor(String name) {
            return tensors().getFirst();
        }

        @Override
        public void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) {
            System.arraycopy(values, (int) firstRow * COLUMNS, into, at, rows * COLUMNS);
        }

        @Override
        public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static byte[] patched(GgmlType own, GgmlType type, ImportanceWeights weights) throws IOException {
        Input input = new Input(Vectors.floats(VECTORS.resolve("input.f32")), own);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RoundTrip.of(input, input.tensors().getFirst(), type, Dialects.llamaCpp(), weights, 2, bytes::writeBytes);
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"q3_K", "q4_K", "q6_K", "q8_0", "q4_0", "iq4_xs", "iq3_s", "q2_K"})
    void thePatchIsWhatLlamaCppDecodes(String name) throws IOException {
        GgmlType type = Dialects.llamaCpp().types().stream().filter(each -> each.ggmlName().equals(name)).findFirst()
                .orElseThrow();
        float[] decoded = Vectors.floats(VECTORS.resolve(name + ".plain.f32"));
        ByteBuffer expected = ByteBuffer.allocate(4 * decoded.length).order(ByteOrder.LITTLE_ENDIAN);
        expected.asFloatBuffer().put(decoded);
        assertArrayEquals(expected.array(), patched(GgmlType.F32, type, ImportanceWeights.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"q3_K", "iq2_xxs", "iq4_xs", "q5_K"})
    void withAnImportanceMatrixAndRoundedToNearestEven(String name) throws IOException {
        GgmlType type = Dialects.llamaCpp().types().stream().filter(each -> each.ggmlName().equals(name)).findFirst()
                .orElseThrow();
        float[] importance = Vectors.floats(VECTORS.resolve("imatrix.f32"));
        float[] decoded = Vectors.floats(VECTORS.resolve(name + ".imatrix.f32"));
        byte[] half = patched(GgmlType.F16, type, _ -> importance);
        byte[] brain = patched(GgmlType.BF16, type, _ -> importance);
        ByteBuffer halves = ByteBuffer.wrap(half).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer brains = ByteBuffer.wrap(brain).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(2 * decoded.length, half.length);
        for (float value : decoded) {
            assertEquals(Float.floatToFloat16(value), halves.getShort());
            int bits = Float.floatToRawIntBits(value);
            assertEquals((short) (bits + 0x7fff + (bits >> 16 & 1) >> 16), brains.getShort());
        }
    }
}
