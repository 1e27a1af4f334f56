package org.imatrixstats.error;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.scan.Parallel;

/** Quantizes the rows of tasks and compares them with what they were. One for each thread. */
public final class ErrorMeasure {
    /** Values that are quantized at a time, so that they stay in the processor's cache. */
    private static final int VALUES = 1 << 15;

    private final ErrorInputs inputs;

    public ErrorMeasure(ErrorInputs inputs) {
        this.inputs = inputs;
    }

    /**
     * Runs tasks on several threads.
     *
     * @param results receives what they give, as it comes
     */
    public static void run(ErrorInputs inputs, List<ErrorTask> tasks, int threads, ErrorResults results)
            throws IOException {
        Parallel.forEach(tasks.size(), threads, () -> new ErrorMeasure(inputs),
                (measure, i) -> results.add(tasks.get(i), measure.of(tasks.get(i))));
    }

    /**
     * The sums of a task, one for each of its types.
     *
     * @throws FormatException if values cannot be read, or are NaN or infinite
     */
    public List<ErrorSums> of(ErrorTask task) throws FormatException {
        int columns = Math.toIntExact(task.tensor().ne0());
        int from = task.matrix() * columns;
        Optional<ErrorInputs.Input> input = inputs.of(task.tensor());
        float[] weights = input.map(in -> Arrays.copyOfRange(in.weights(), from, from + columns)).orElse(null);
        double[] means = input.map(ErrorInputs.Input::means).map(all -> Arrays.copyOfRange(all, from, from + columns))
                .orElse(null);
        int most = Math.max(1, VALUES / columns);
        float[] values = new float[Math.min(most, task.rows()) * columns];
        float[] decoded = new float[values.length];
        List<ErrorSums> sums = new ArrayList<>(Collections.nCopies(task.types().size(), ErrorSums.EMPTY));
        for (int done = 0; done < task.rows(); done += most) {
            int rows = Math.min(most, task.rows() - done);
            read(task, done, rows, columns, values);
            for (int i = 0; i < sums.size(); i++) {
                quantize(task, i, values, rows, columns, weights, decoded);
                sums.set(i, sums.get(i).merge(ErrorSums.of(values, decoded, 0, rows, columns, weights, means)));
            }
        }
        return sums;
    }

    private void read(ErrorTask task, int first, int rows, int columns, float[] values) throws FormatException {
        for (int i = 0; i < rows;) {
            long row = task.row(first + i);
            int run = 1;
            while (i + run < rows && task.row(first + i + run) == row + run) {
                run++;
            }
            inputs.model().readRows(task.tensor(), row, run, values, i * columns);
            requireFinite(task, row, values, i * columns, run * columns);
            i += run;
        }
    }

    private void requireFinite(ErrorTask task, long row, float[] values, int at, int count) throws FormatException {
        for (int i = at; i < at + count; i++) {
            if (!Float.isFinite(values[i])) {
                long columns = task.tensor().ne0();
                throw new FormatException(inputs.model().name(), task.tensor().name(), "row "
                        + (row + (i - at) / columns) + ", column " + (i - at) % columns + " is " + values[i]
                        + ", expected a finite number");
            }
        }
    }

    private void quantize(ErrorTask task, int number, float[] values, int rows, int columns, float[] weights,
            float[] decoded) throws FormatException {
        GgmlType type = task.types().get(number);
        Codec codec = inputs.dialect().codec(type);
        byte[] bytes = new byte[Math.toIntExact(rows * type.rowBytes(columns))];
        try {
            codec.quantize(values, 0, rows, columns, weights, bytes, 0);
        } catch (ArithmeticException e) {
            throw new FormatException(inputs.model().name(), task.tensor().name(),
                    "its values are too large for " + type.ggmlName() + ": " + e.getMessage());
        }
        codec.dequantize(bytes, 0, rows, columns, decoded, 0);
    }
}
