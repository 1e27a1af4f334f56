package org.imatrixstats.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Builds GGUF files for tests, right ones and wrong ones. It shares nothing with the parser: numbers, types and lengths
 * are written as they are given, and every count can be made to lie.
 *
 * <p>The header without keys takes 24 bytes, so the first key, or the first tensor of a file without keys, stands at
 * offset 0x18.
 */
public final class GgufBuilder {
    public static final int UINT8 = 0;
    public static final int INT8 = 1;
    public static final int UINT16 = 2;
    public static final int INT16 = 3;
    public static final int UINT32 = 4;
    public static final int INT32 = 5;
    public static final int FLOAT32 = 6;
    public static final int BOOL = 7;
    public static final int STRING = 8;
    public static final int ARRAY = 9;
    public static final int UINT64 = 10;
    public static final int INT64 = 11;
    public static final int FLOAT64 = 12;

    /** The tensor type f32. */
    public static final int F32 = 0;

    private String magic = "GGUF";
    private int version = 3;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private OptionalLong tensorCount = OptionalLong.empty();
    private OptionalLong keyCount = OptionalLong.empty();
    private int alignment = 32;
    private final List<Consumer<Bytes>> keys = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();

    public GgufBuilder magic(String magic) {
        this.magic = magic;
        return this;
    }

    public GgufBuilder version(int version) {
        this.version = version;
        return this;
    }

    public GgufBuilder order(ByteOrder order) {
        this.order = order;
        return this;
    }

    /** What the header says, instead of the number of tensors. */
    public GgufBuilder tensorCount(long count) {
        tensorCount = OptionalLong.of(count);
        return this;
    }

    /** What the header says, instead of the number of keys. */
    public GgufBuilder keyCount(long count) {
        keyCount = OptionalLong.of(count);
        return this;
    }

    /** A key and whatever follows its type. */
    public GgufBuilder key(String key, int type, Consumer<Bytes> value) {
        return rawKey(bytes -> value.accept(bytes.string(key).int32(type)));
    }

    /** Whatever stands in the place of a key and its value. */
    public GgufBuilder rawKey(Consumer<Bytes> keyAndValue) {
        keys.add(keyAndValue);
        return this;
    }

    public GgufBuilder uint32(String key, int value) {
        return key(key, UINT32, bytes -> bytes.int32(value));
    }

    public GgufBuilder text(String key, String value) {
        return key(key, STRING, bytes -> bytes.string(value));
    }

    public GgufBuilder texts(String key, String... values) {
        return array(key, STRING, values.length, bytes -> List.of(values).forEach(bytes::string));
    }

    public GgufBuilder array(String key, int elementType, long count, Consumer<Bytes> values) {
        return key(key, ARRAY, bytes -> values.accept(bytes.int32(elementType).int64(count)));
    }

    /** Aligns the data, and says so under {@code general.alignment}. */
    public GgufBuilder alignment(int alignment) {
        this.alignment = alignment;
        return uint32("general.alignment", alignment);
    }

    public GgufBuilder tensor(Tensor tensor) {
        tensors.add(tensor);
        return this;
    }

    /** A tensor of type f32, in the byte order that was set before. */
    public GgufBuilder tensor(String name, List<Long> dims, float... values) {
        Bytes data = new Bytes(order);
        for (float value : values) {
            data.float32(value);
        }
        return tensor(Tensor.of(name, F32, data.toArray(), dims));
    }

    public byte[] build() {
        Bytes file = new Bytes(order);
        file.ascii(magic).int32(version);
        file.int64(tensorCount.orElse(tensors.size())).int64(keyCount.orElse(keys.size()));
        keys.forEach(key -> key.accept(file));
        Bytes data = new Bytes(order);
        for (Tensor tensor : tensors) {
            tensor.writeRow(file, data.size());
            data.raw(tensor.data).pad(alignment);
        }
        return tensors.isEmpty() ? file.toArray() : file.pad(alignment).raw(data.toArray()).toArray();
    }

    public Path write(Path path) throws IOException {
        return Files.write(path, build());
    }

    /**
     * A row of the tensor table and its data. What is empty is written as it should be.
     */
    public record Tensor(String name, OptionalLong nameLength, OptionalLong dimCount, List<Long> dims, int type,
            OptionalLong offset, byte[] data) {

        public static Tensor of(String name, int type, byte[] data, List<Long> dims) {
            return new Tensor(name, OptionalLong.empty(), OptionalLong.empty(), dims, type, OptionalLong.empty(), data);
        }

        public Tensor withNameLength(long length) {
            return new Tensor(name, OptionalLong.of(length), dimCount, dims, type, offset, data);
        }

        public Tensor withDimCount(long count) {
            return new Tensor(name, nameLength, OptionalLong.of(count), dims, type, offset, data);
        }

        public Tensor withOffset(long from) {
            return new Tensor(name, nameLength, dimCount, dims, type, OptionalLong.of(from), data);
        }

        private void writeRow(Bytes file, long rightOffset) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            file.int64(nameLength.orElse(utf8.length)).raw(utf8);
            file.int32((int) dimCount.orElse(dims.size()));
            dims.forEach(file::int64);
            file.int32(type).int64(offset.orElse(rightOffset));
        }
    }

    /** Bytes in the byte order of the file. */
    public static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteOrder order;

        public Bytes(ByteOrder order) {
            this.order = order;
        }

        public Bytes raw(byte... bytes) {
            out.writeBytes(bytes);
            return this;
        }

        public Bytes ascii(String text) {
            return raw(text.getBytes(StandardCharsets.US_ASCII));
        }

        public Bytes int8(int value) {
            return raw((byte) value);
        }

        public Bytes int16(int value) {
            return raw(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
        }

        public Bytes int32(int value) {
            return raw(ByteBuffer.allocate(4).order(order).putInt(value).array());
        }

        public Bytes int64(long value) {
            return raw(ByteBuffer.allocate(8).order(order).putLong(value).array());
        }

        public Bytes float32(float value) {
            return int32(Float.floatToRawIntBits(value));
        }

        public Bytes float64(double value) {
            return int64(Double.doubleToRawLongBits(value));
        }

        public Bytes string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return int64(utf8.length).raw(utf8);
        }

        public Bytes pad(int alignment) {
            while (out.size() % alignment != 0) {
                out.write(0);
            }
            return this;
        }

        public int size() {
            return out.size();
        }

        public byte[] toArray() {
            return out.toByteArray();
        }
    }
}
