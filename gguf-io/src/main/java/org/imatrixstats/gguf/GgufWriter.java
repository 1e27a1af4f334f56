package org.imatrixstats.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

import org.imatrixstats.ggml.GgmlType;

/**
 * Writes a GGUF file of version 3, little-endian, in the layout that {@link GgufParser} describes: the header at once, then
 * the data of the tensors in their order, block by block. Nothing but the header is held in memory.
 */
public final class GgufWriter {
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    /** A tensor to be written. Trailing dimensions of 1 are dropped, as ggml does. */
    public record NewTensor(String name, GgmlType type, List<Long> dims) {
        public NewTensor {
            int count = dims.size();
            while (count > 1 && dims.get(count - 1) == 1) {
                count--;
            }
            dims = List.copyOf(dims.subList(0, count));
        }

        long bytes() {
            long rows = dims.stream().skip(1).reduce(1L, Math::multiplyExact);
            return Math.multiplyExact(rows, type.rowBytes(dims.getFirst()));
        }
    }

    private final OutputStream out;
    private final List<NewTensor> tensors;
    private int tensor;
    private long written;

    /** Writes the header. */
    public GgufWriter(OutputStream out, SequencedMap<String, MetadataValue> metadata, List<NewTensor> tensors)
            throws IOException {
        this.out = out;
        this.tensors = List.copyOf(tensors);
        out.write(header(metadata, this.tensors));
    }

    /** Writes {@code length} bytes of the data of the tensor whose turn it is, which may end with them. */
    public void write(byte[] data, int length) throws IOException {
        // Nobody writes the data of a tensor that has none.
        while (tensor < tensors.size() && tensors.get(tensor).bytes() == 0) {
            tensor++;
        }
        if (tensor == tensors.size() || written + length > tensors.get(tensor).bytes()) {
            throw new IllegalStateException("more data than the tensors have");
        }
        out.write(data, 0, length);
        written += length;
        if (written == tensors.get(tensor).bytes()) {
            out.write(new byte[padding(written)]);
            tensor++;
            written = 0;
        }
    }

    /** The size of a header, which does not depend on the types of the tensors. */
    public static long headerBytes(SequencedMap<String, MetadataValue> metadata, List<NewTensor> tensors) {
        return header(metadata, tensors).length;
    }

    private static byte[] header(SequencedMap<String, MetadataValue> metadata, List<NewTensor> tensors) {
        Bytes bytes = new Bytes();
        bytes.raw("GGUF".getBytes(StandardCharsets.US_ASCII));
        bytes.int32(VERSION);
        bytes.int64(tensors.size());
        bytes.int64(metadata.size());
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            bytes.string(entry.getKey());
            bytes.int32(entry.getValue().type().ordinal());
            bytes.value(entry.getValue());
        }
        long offset = 0;
        for (NewTensor each : tensors) {
            bytes.string(each.name);
            bytes.int32(each.dims.size());
            each.dims.forEach(bytes::int64);
            bytes.int32(each.type.id());
            bytes.int64(offset);
            offset += each.bytes() + padding(each.bytes());
        }
        bytes.raw(new byte[padding(bytes.size())]);
        return bytes.toByteArray();
    }

    /** Bytes that follow data of this length, so that what comes next is aligned. */
    public static int padding(long length) {
        return (int) (-length & ALIGNMENT - 1);
    }

    private static final class Bytes extends ByteArrayOutputStream {
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

        void raw(byte[] bytes) {
            writeBytes(bytes);
        }

        void int32(int value) {
            number(value, Integer.BYTES);
        }

        void int64(long value) {
            number(value, Long.BYTES);
        }

        void string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int64(utf8.length);
            raw(utf8);
        }

        void value(MetadataValue value) {
            switch (value) {
                case MetadataValue.Int integer -> number(integer.value(), integer.type().bytes());
                case MetadataValue.Float real when real.type() == ValueType.FLOAT32 -> int32(
                        Float.floatToRawIntBits((float) real.value()));
                case MetadataValue.Float real -> int64(Double.doubleToRawLongBits(real.value()));
                case MetadataValue.Bool bool -> number(bool.value() ? 1 : 0, 1);
                case MetadataValue.Text text -> string(text.value());
                case MetadataValue.Texts texts -> {
                    int32(ValueType.STRING.ordinal());
                    int64(texts.values().size());
                    texts.values().forEach(this::string);
                }
                case MetadataValue.Stored stored -> raw(stored.bytes());
                case MetadataValue.LongText _, MetadataValue.Array _ -> throw new IllegalArgumentException("not held");
            }
        }

        private void number(long value, int width) {
            number.putLong(0, value);
            write(number.array(), 0, width);
        }
    }
}
