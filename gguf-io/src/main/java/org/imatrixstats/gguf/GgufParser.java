package org.imatrixstats.gguf;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.View;

/**
 * Reads the header of a GGUF file and checks it. The only class that knows the byte layout:
 *
 * <pre>
 * offset
 *   0  'G' 'G' 'U' 'F'
 *   4  uint32  version              2 or 3; low 16 bits 0: the file is of the other byte order
 *   8  uint64  n_tensors
 *  16  uint64  n_kv
 *  24  n_kv    × { string key; uint32 type; value }
 *      n_tensors × { string name; uint32 n_dims; uint64 dims[n_dims]; uint32 type; uint64 offset }
 *      padding to general.alignment
 *      data: tensor after tensor in the order of the table, each padded to general.alignment;
 *            "offset" counts from here
 *
 * string:  uint64 length; bytes (UTF-8, not terminated)
 * value:   0 uint8   1 int8   2 uint16  3 int16   4 uint32  5 int32  6 float32  7 bool
 *          8 string  9 array  10 uint64 11 int64  12 float64
 * array:   uint32 type; uint64 count; values (not arrays again)
 * </pre>
 *
 * Specification: <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">gguf.md</a>; where it is silent,
 * the reader in ggml's gguf.cpp decides.
 */
final class GgufParser {
    private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);
    private static final String ALIGNMENT_KEY = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_DIMS = 4;
    /** Keys are ASCII by the specification, which sets this limit. */
    private static final int MAX_KEY_LENGTH = 65535;
    /** ggml keeps names in arrays of 64 bytes with a terminating zero. */
    private static final int MAX_NAME_BYTES = 63;
    /** Many times what any file has. They are held in memory, and so limited by more than the size of the file. */
    private static final int MAX_KEYS = 1 << 16;
    private static final int MAX_TENSORS = 1 << 16;
    private static final int MAX_TEXTS = 1 << 16;
    /** Strings up to this length are held. A chat template has a tenth of it. */
    private static final int MAX_HELD_TEXT = 1 << 16;
    /** Limit for a value that is copied. The tokens of the largest vocabularies take some megabytes. */
    private static final long MAX_STORED = 1L << 28;
    /** Q4_2 until 2023; ollama writes its own mxfp4 (gpt-oss) under this number. */
    private static final int OLLAMAS_MXFP4 = 4;
    /** The shortest key/value: a length, one byte of key, a type, one byte of value. */
    private static final int MIN_KV_BYTES = 8 + 1 + 4 + 1;
    /** The shortest row of the tensor table: a length, one byte of name, n_dims, one dim, a type, an offset. */
    private static final int MIN_TENSOR_BYTES = 8 + 1 + 4 + 8 + 4 + 8;

    private final ByteSource source;
    private final ByteCursor cursor;
    private long alignment = DEFAULT_ALIGNMENT;

    GgufParser(ByteSource source) {
        this.source = source;
        this.cursor = new ByteCursor(source);
    }

    static boolean hasMagic(ByteSource source) throws FormatException {
        if (source.size() < MAGIC.length) {
            return false;
        }
        byte[] start = new byte[MAGIC.length];
        source.copy(0, start, 0, start.length);
        return Arrays.equals(start, MAGIC);
    }

    /** What a header holds, in the order of the file. */
    record Header(int version, ByteOrder order, SequencedMap<String, MetadataValue> metadata,
            SequencedMap<String, TensorInfo> tensors) {
    }

    /** @param dataDemanded whether the data of the tensors must all be there */
    Header parse(boolean dataDemanded) throws FormatException {
        if (!hasMagic(source)) {
            throw cursor.fail("the magic 'GGUF' is missing");
        }
        cursor.skip(MAGIC.length, "magic");
        int version = version();
        long tensorCount = count("n_tensors", MIN_TENSOR_BYTES, MAX_TENSORS);
        long kvCount = count("n_kv", MIN_KV_BYTES, MAX_KEYS);
        SequencedMap<String, MetadataValue> metadata = metadata(kvCount);
        SequencedMap<String, TensorInfo> tensors = tensors(tensorCount, dataDemanded);
        return new Header(version, cursor.order(), metadata, tensors);
    }

    private int version() throws FormatException {
        long start = cursor.position();
        int version = cursor.int32("version");
        if ((version & 0xffff) == 0) {
            version = Integer.reverseBytes(version);
            cursor.order(ByteOrder.BIG_ENDIAN);
        }
        if (version != 2 && version != 3) {
            throw cursor.failAt(start,
                    "GGUF version " + Integer.toUnsignedString(version) + ", only 2 and 3 can be read");
        }
        return version;
    }

    private long count(String what, int minBytesEach, long most) throws FormatException {
        long start = cursor.position();
        long count = cursor.int64(what);
        if (count < 0 || count > cursor.remaining() / minBytesEach) {
            throw cursor.failAt(start, what + " is " + Long.toUnsignedString(count) + ", but only " + cursor.remaining()
                    + " bytes remain");
        }
        if (count > most) {
            throw cursor.failAt(start, what + " is " + count + ", expected at most " + most);
        }
        return count;
    }

    // ---- keys and values

    private SequencedMap<String, MetadataValue> metadata(long count) throws FormatException {
        SequencedMap<String, MetadataValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            long start = cursor.position();
            String key = string("key " + i);
            if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
                throw cursor.failAt(start,
                        "key " + i + " has " + key.length() + " characters, expected 1 to " + MAX_KEY_LENGTH);
            }
            MetadataValue value = value(key, cursor.uint32("type of key '" + key + "'"));
            if (values.putIfAbsent(key, value) != null) {
                throw cursor.failAt(start, "key '" + key + "' is there twice");
            }
            if (key.equals(ALIGNMENT_KEY)) {
                alignment = alignment(start, value);
            }
        }
        return values;
    }

    private MetadataValue value(String key, long typeId) throws FormatException {
        String what = "value of key '" + key + "'";
        return value(valueType(typeId, what), what);
    }

    private MetadataValue value(ValueType type, String what) throws FormatException {
        return switch (type) {
            case UINT8 -> new MetadataValue.Int(type, cursor.u8(what));
            case INT8 -> new MetadataValue.Int(type, (byte) cursor.u8(what));
            case UINT16 -> new MetadataValue.Int(type, cursor.uint16(what));
            case INT16 -> new MetadataValue.Int(type, (short) cursor.uint16(what));
            case UINT32 -> new MetadataValue.Int(type, cursor.uint32(what));
            case INT32 -> new MetadataValue.Int(type, cursor.int32(what));
            case UINT64, INT64 -> new MetadataValue.Int(type, cursor.int64(what));
            case FLOAT32 -> new MetadataValue.Float(type, Float.intBitsToFloat(cursor.int32(what)));
            case FLOAT64 -> new MetadataValue.Float(type, Double.longBitsToDouble(cursor.int64(what)));
            case BOOL -> new MetadataValue.Bool(cursor.u8(what) != 0);
            case STRING -> text(what);
            case ARRAY -> array(what);
        };
    }

    private ValueType valueType(long id, String what) throws FormatException {
        ValueType type = ValueType.ofId(id);
        if (type == null) {
            throw cursor.failAt(cursor.position() - 4, what + " has the unknown type " + id);
        }
        return type;
    }

    private MetadataValue array(String what) throws FormatException {
        ValueType element = valueType(cursor.uint32("element type of " + what), what);
        if (element == ValueType.ARRAY) {
            throw cursor.failAt(cursor.position() - 4, what + " is an array of arrays, which GGUF does not have");
        }
        long count = count("array length of " + what, element.bytes(), Long.MAX_VALUE);
        MetadataValue.Array array = new MetadataValue.Array(element, count, cursor.position());
        if (element != ValueType.STRING) {
            cursor.skip(count * element.bytes(), what);
            return array;
        }
        String each = "string in " + what;
        String length = lengthOf(each);
        for (long i = 0; i < count; i++) {
            cursor.skipUtf8(cursor.int64(length), each);
        }
        return array;
    }

    /** The strings of an array that was checked before. */
    static List<String> texts(ByteSource source, ByteOrder order, String key, MetadataValue.Array array)
            throws FormatException {
        ByteCursor cursor = new ByteCursor(source);
        cursor.order(order);
        cursor.skip(array.position(), "value of key '" + key + "'");
        if (array.count() > MAX_TEXTS) {
            throw cursor.fail(
                    "value of key '" + key + "' has " + array.count() + " strings, expected at most " + MAX_TEXTS);
        }
        List<String> texts = new ArrayList<>();
        for (long i = 0; i < array.count(); i++) {
            String what = "string " + i + " of value of key '" + key + "'";
            texts.add(cursor.utf8(cursor.int64(lengthOf(what)), what));
        }
        return List.copyOf(texts);
    }

    /** The first values of an array that was checked before. */
    static List<MetadataValue> first(ByteSource source, ByteOrder order, String key, MetadataValue.Array array,
            int most) throws FormatException {
        GgufParser parser = new GgufParser(source);
        String what = "value of key '" + key + "'";
        parser.cursor.order(order);
        parser.cursor.skip(array.position(), what);
        List<MetadataValue> values = new ArrayList<>();
        for (long i = 0; i < Math.min(most, array.count()); i++) {
            values.add(parser.value(array.element(), what));
        }
        return values;
    }

    /**
     * The bytes of an array or a long text that was checked before, in a little-endian file.
     *
     * @throws FormatException if they are more than anybody would want to hold
     */
    static MetadataValue.Stored stored(ByteSource source, String key, MetadataValue value) throws FormatException {
        GgufParser parser = new GgufParser(source);
        String what = "value of key '" + key + "'";
        long start = value instanceof MetadataValue.Array array
                ? array.position() - ValueType.ARRAY.bytes()
                : ((MetadataValue.LongText) value).position();
        parser.cursor.skip(start, what);
        parser.value(value.type(), what);
        long length = parser.cursor.position() - start;
        if (length > MAX_STORED) {
            throw new FormatException(source.name(), start,
                    what + " has " + length + " bytes, expected at most " + MAX_STORED);
        }
        byte[] bytes = new byte[(int) length];
        source.copy(start, bytes, 0, bytes.length);
        return new MetadataValue.Stored(value.type(), bytes);
    }

    private MetadataValue text(String what) throws FormatException {
        long position = cursor.position();
        long length = cursor.int64(lengthOf(what));
        if (length >= 0 && length <= MAX_HELD_TEXT) {
            return new MetadataValue.Text(cursor.utf8(length, what));
        }
        cursor.skipUtf8(length, what);
        return new MetadataValue.LongText(length, position);
    }

    private String string(String what) throws FormatException {
        return cursor.utf8(cursor.int64(lengthOf(what)), what);
    }

    private static String lengthOf(String what) {
        return "length of " + what;
    }

    private long alignment(long start, MetadataValue value) throws FormatException {
        if (value instanceof MetadataValue.Int(var type, var number) && type == ValueType.UINT32) {
            if (Long.bitCount(number) != 1) {
                throw cursor.failAt(start, ALIGNMENT_KEY + " is " + number + ", expected a power of two");
            }
            return number;
        }
        throw cursor.failAt(start, ALIGNMENT_KEY + " is of type " + value.type() + ", expected UINT32");
    }

    // ---- the tensor table

    private SequencedMap<String, TensorInfo> tensors(long count, boolean dataDemanded) throws FormatException {
        List<Row> rows = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            rows.add(row(i));
        }
        long dataStart = padded(cursor.position(), alignment);
        SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
        long expectedOffset = 0;
        for (Row row : rows) {
            if (row.offset != expectedOffset) {
                throw fail(row, "data offset " + Long.toUnsignedString(row.offset) + ", expected " + expectedOffset
                        + " (tensors follow each other, aligned to " + alignment + " bytes)");
            }
            long start = dataStart + row.offset;
            if (dataDemanded && row.bytes > Math.max(0, source.size() - start)) {
                throw fail(row, "data end at offset 0x" + Long.toHexString(start + row.bytes) + ", but the file has 0x"
                        + Long.toHexString(source.size()) + " bytes: is it cut short? Fetch it again");
            }
            if (row.bytes > Long.MAX_VALUE - alignment - start) {
                throw fail(row, "data of " + row.bytes + " bytes would end beyond 2^63");
            }
            expectedOffset = padded(row.offset + row.bytes, alignment);
            if (tensors.putIfAbsent(row.name,
                    new TensorInfo(row.name, row.dims, row.type, 0, start, row.bytes)) != null) {
                throw fail(row, "is there twice");
            }
        }
        return tensors;
    }

    /** A row of the table as stored; {@code position} is where in the file it stands. */
    private record Row(long position, String name, List<Long> dims, GgmlType type, long offset, long bytes) {
    }

    /** What is read, for errors: its text is made then. */
    private record Part(String what, String of) {
        @Override
        public String toString() {
            return what + " of " + of;
        }
    }

    private Row row(long index) throws FormatException {
        long position = cursor.position();
        String what = "name of tensor " + index;
        long nameBytes = cursor.int64(new Part("length", what));
        if (nameBytes < 1 || nameBytes > MAX_NAME_BYTES) {
            throw cursor.failAt(position, what + " has " + Long.toUnsignedString(nameBytes) + " bytes, expected 1 to "
                    + MAX_NAME_BYTES);
        }
        String name = cursor.utf8(nameBytes, what);
        String tensor = "'" + name + "'";
        long dimCount = cursor.uint32(new Part("n_dims", tensor));
        if (dimCount < 1 || dimCount > MAX_DIMS) {
            throw new FormatException(source.name(), position, name,
                    dimCount + " dimensions, expected 1 to " + MAX_DIMS);
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < dimCount; i++) {
            long dim = cursor.int64(new Part("dimension", tensor));
            if (dim < 0) {
                throw new FormatException(source.name(), position, name,
                        "dimension " + i + " is " + Long.toUnsignedString(dim) + ", beyond 2^63");
            }
            dims.add(dim);
        }
        long typeId = cursor.uint32(new Part("type", tensor));
        GgmlType type = GgmlType.ofId(typeId);
        if (type == null) {
            throw new FormatException(source.name(), position, name, "unknown or removed tensor type " + typeId
                    + (typeId == OLLAMAS_MXFP4
                            ? ": ollama gave this number to mxfp4, and llama.cpp does not read it; fetch a GGUF of llama.cpp"
                            : ""));
        }
        long bytes = bytes(position, name, dims, type);
        return new Row(position, name, dims, type, cursor.int64(new Part("data offset", tensor)), bytes);
    }

    private long bytes(long position, String name, List<Long> dims, GgmlType type) throws FormatException {
        if (dims.getFirst() % type.blockSize() != 0) {
            throw new FormatException(source.name(), position, name, "rows of " + dims.getFirst()
                    + " elements are not whole blocks of " + type.blockSize() + " (" + type.ggmlName() + ")");
        }
        try {
            long elements = View.elements(dims);
            long rows = dims.getFirst() == 0 ? 0 : elements / dims.getFirst();
            return Math.addExact(Math.multiplyExact(elements / type.blockSize(), (long) type.bytesPerBlock()),
                    Math.multiplyExact(rows, (long) type.bytesPerRow()));
        } catch (ArithmeticException e) {
            throw new FormatException(source.name(), position, name, "the product of its dimensions " + dims
                    + " does not fit 63 bits");
        }
    }

    private FormatException fail(Row row, String reason) {
        return new FormatException(source.name(), row.position, row.name, reason);
    }

    private static long padded(long offset, long alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }
}
