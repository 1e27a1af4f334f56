package org.imatrixstats.tensor;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.io.FormatException;

/**
 * A tensor in parts that are joined along the first or the last dimension, such as the shards of a matrix or its experts.
 *
 * @param parts   at least one
 * @param shapes  their shapes, which differ in the joined dimension only
 * @param columns whether the rows are joined, not one after the other
 */
public record JoinedValues(List<TensorValues> parts, List<List<Long>> shapes, boolean columns) implements TensorValues {
    @Override
    public void readRows(long firstRow, int rows, float[] into, int at) throws FormatException {
        if (columns) {
            readColumns(firstRow, rows, into, at);
            return;
        }
        int width = Math.toIntExact(columnsOf(0));
        long start = 0;
        for (int i = 0; i < parts.size(); i++) {
            long partRows = rowsOf(i);
            long from = Math.max(firstRow, start);
            long to = Math.min(firstRow + rows, start + partRows);
            if (from < to) {
                parts.get(i).readRows(from - start, (int) (to - from), into, at + (int) (from - firstRow) * width);
            }
            start += partRows;
        }
    }

    private void readColumns(long firstRow, int rows, float[] into, int at) throws FormatException {
        int width = 0;
        for (int i = 0; i < parts.size(); i++) {
            width += Math.toIntExact(columnsOf(i));
        }
        int left = 0;
        for (int i = 0; i < parts.size(); i++) {
            int partWidth = (int) columnsOf(i);
            float[] values = new float[Math.multiplyExact(rows, partWidth)];
            parts.get(i).readRows(firstRow, rows, values, 0);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(values, row * partWidth, into, at + row * width + left, partWidth);
            }
            left += partWidth;
        }
    }

    private long columnsOf(int part) {
        return shapes.get(part).getLast();
    }

    private long rowsOf(int part) {
        return View.elements(shapes.get(part).subList(0, shapes.get(part).size() - 1));
    }

    @Override
    public List<Value> first(int count) throws FormatException {
        List<Value> values = new ArrayList<>();
        if (!columns) {
            for (int i = 0; i < parts.size() && values.size() < count; i++) {
                List<Value> part = parts.get(i).first(count - values.size());
                if (part == null) {
                    return null;
                }
                values.addAll(part);
            }
            return values;
        }
        List<Value> row = parts.getFirst().first((int) Math.min(count, columnsOf(0)));
        if (row == null || row.size() == count) {
            return row;
        }
        return firstOfColumns(count);
    }

    /** The parts are read as far as the last row that is wanted. */
    private List<Value> firstOfColumns(int count) throws FormatException {
        long width = 0;
        for (int i = 0; i < parts.size(); i++) {
            width += columnsOf(i);
        }
        int rows = (int) ((count + width - 1) / width);
        List<List<Value>> read = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            read.add(parts.get(i).first((int) (rows * columnsOf(i))));
        }
        List<Value> values = new ArrayList<>();
        for (int row = 0; row < Math.min(rows, rowsOf(0)); row++) {
            for (int i = 0; i < parts.size(); i++) {
                int wide = (int) columnsOf(i);
                values.addAll(read.get(i).subList(row * wide, (row + 1) * wide));
            }
        }
        return values.subList(0, Math.min(count, values.size()));
    }
}
