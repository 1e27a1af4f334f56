package org.imatrixstats.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** A model of 32-bit floats in memory. */
final class MemoryModel implements TensorSource {
    private final String name;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, float[]> values = new HashMap<>();

    MemoryModel(String name) {
        this.name = name;
    }

    MemoryModel with(String tensor, List<Long> dims, float... data) {
        tensors.put(tensor, new TensorInfo(tensor, dims, GgmlType.F32, 0, 0, 4L * data.length));
        values.put(tensor, data);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<TensorInfo> tensors() {
        return new ArrayList<>(tensors.values());
    }

    @Override
    public TensorInfo tensor(String tensor) {
        return tensors.get(tensor);
    }

    @Override
    public void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) {
        int columns = Math.toIntExact(tensor.ne0());
        System.arraycopy(values.get(tensor.name()), Math.toIntExact(firstRow * columns), into, at, rows * columns);
    }

    @Override
    public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
    }
}
