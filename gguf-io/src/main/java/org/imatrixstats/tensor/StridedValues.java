package org.imatrixstats.tensor;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/**
 * Values of a storage, picked by a view.
 *
 * @param name    of the tensor, for messages
 * @param storage the bytes of all elements of the storage
 */
public record StridedValues(String name, ByteSource storage, DType type, ByteOrder order, View view)
        implements
            TensorValues {
    /** Bytes that are decoded at a time. */
    private static final int BLOCK = 1 << 18;

    @Override
    public void readRows(long firstRow, int rows, float[] into, int at) throws FormatException {
        if (!type.isReadable()) {
            throw new FormatException(storage.name(), name, "values of type " + type + " cannot be decoded");
        }
        int columns = Math.toIntExact(view.columns());
        if (view.isContiguous()) {
            read(view.offset() + firstRow * columns, 1, Math.multiplyExact(rows, columns), into, at);
            return;
        }
        for (int row = 0; row < rows; row++) {
            read(view.rowStart(firstRow + row), view.columnStride(), columns, into, at + row * columns);
        }
    }

    /** Reads elements of the storage that are {@code stride} apart. */
    private void read(long start, long stride, int count, float[] into, int at) throws FormatException {
        int width = type.bytesPerBlock();
        int most = (int) Math.max(1, BLOCK / width / Math.max(1, stride));
        byte[] bytes = new byte[0];
        for (int done = 0; done < count;) {
            int step = stride == 0 ? count : Math.min(count - done, most);
            long first = start + done * stride;
            // Two elements of four bits share a byte.
            int before = (int) (first % type.blockSize());
            int span = Math.toIntExact((step - 1) * stride + 1) + before;
            int length = (span + type.blockSize() - 1) / type.blockSize() * width;
            bytes = bytes.length < length ? new byte[length] : bytes;
            storage.copy((first - before) / type.blockSize() * width, bytes, 0, length);
            decode(bytes, before, (int) Math.min(stride, span), step, into, at + done);
            done += step;
        }
    }

    private void decode(byte[] bytes, int first, int stride, int count, float[] into, int at) {
        if (stride == 1) {
            switch (type) {
                case F32 -> Floats.f32(bytes, 0, order, into, at, count);
                case F16 -> Floats.f16(bytes, 0, order, into, at, count);
                case BF16 -> Floats.bf16(bytes, 0, order, into, at, count);
                case F64 -> Floats.f64(bytes, 0, order, into, at, count);
                default -> decodeAny(bytes, first, stride, count, into, at);
            }
        } else {
            decodeAny(bytes, first, stride, count, into, at);
        }
    }

    private void decodeAny(byte[] bytes, int first, int stride, int count, float[] into, int at) {
        if (order == ByteOrder.BIG_ENDIAN) {
            type.swapBytes(bytes, 0, (count - 1) * stride + 1);
        }
        for (int i = 0; i < count; i++) {
            into[at + i] = (float) type.real(bytes, 0, first + i * stride);
        }
    }

    @Override
    public List<Value> first(int count) throws FormatException {
        if (!type.isReadable()) {
            return null;
        }
        int width = type.bytesPerBlock();
        byte[] bytes = new byte[width];
        List<Value> values = new ArrayList<>();
        long columns = view.columns();
        for (long i = 0; i < Math.min(count, view.elements()); i++) {
            long element = view.rowStart(i / columns) + i % columns * view.columnStride();
            storage.copy(element / type.blockSize() * width, bytes, 0, width);
            if (order == ByteOrder.BIG_ENDIAN) {
                type.swapBytes(bytes, 0, 1);
            }
            values.add(type.value(bytes, 0, (int) (element % type.blockSize())));
        }
        return values;
    }
}
