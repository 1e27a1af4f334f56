package org.imatrixstats.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Random;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The three ways to singular values against each other; against other programs: {@link SpectrumReferenceTest}. */
class SingularValuesTest {
    /** A matrix in memory. */
    private record Made(int rows, int columns, float[] values) implements TensorSource {
        TensorInfo info() {
            return new TensorInfo("made", List.of((long) columns, (long) rows), GgmlType.F32, 0, 0,
                    4L * rows * columns);
        }

        @Override
        public String name() {
            return "made";
        }

        @Override
        public List<TensorInfo> tensors() {
            return List.of(info());
        }

        @Override
        public TensorInfo tensor(String name) {
            return info();
        }

        @Override
        public void readRows(TensorInfo tensor, long firstRow, int count, float[] into, int at) {
            System.arraycopy(values, (int) firstRow * columns, into, at, count * columns);
        }

        @Override
        public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException {
            throw new FormatException("made", "has no bytes");
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        MatrixValues matrix() {
            return new MatrixValues(this, info(), 0);
        }

        /** As a square of zeros around it: that goes by the whole matrix. */
        double[] byWhole() throws IOException {
            double[] all = new double[values.length];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    all[rows >= columns ? i * columns + j : j * rows + i] = values[i * columns + j];
                }
            }
            return SingularValues.of(all, Math.max(rows, columns), Math.min(rows, columns), "made");
        }
    }

    @ParameterizedTest(name = "{0} × {1}, noise {2}")
    @CsvSource({"700, 130, 1", "130, 700, 1", "1025, 257, 1", "257, 1025, 1", "700, 130, 1e-6", "130, 700, 1e-6",
        "600, 120, 0", "300, 290, 1"})
    void everyWayGivesTheSame(int rows, int columns, double noise) throws IOException {
        Random random = new Random(3);
        float[] values = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            double scale = random.nextGaussian();
            for (int j = 0; j < columns; j++) {
                // Rank one and noise: ill-conditioned where the noise is small.
                values[i * columns + j] = (float) (scale * Math.sin(j) + noise * random.nextGaussian());
            }
        }
        Made made = new Made(rows, columns, values);
        double[] expected = made.byWhole();
        double[] actual = SingularValues.of(made.matrix());
        assertArrayEquals(expected, actual, 1e-12 * expected[0]);
        Spectrum spectrum = new Spectrum(rows, columns, actual);
        assertEquals(new Spectrum(rows, columns, expected).rank(), spectrum.rank());
    }
}
