package org.imatrixstats.safetensors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.json.Json;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.RangeStream;
import org.imatrixstats.tensor.DType;
import org.imatrixstats.tensor.View;

import tools.jackson.core.JsonToken;

/**
 * Reads the header of a safetensors file and checks it. The only class that knows the byte layout:
 *
 * <pre>
 * offset
 *   0  uint64  N                    little-endian, at most 100,000,000
 *   8  N bytes of JSON (UTF-8)      {"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …,
 *                                    "__metadata__": {"KEY": "TEXT", …}}; may be padded with spaces
 *   8+N data                        offsets count from here; tensors follow each other without a gap, to the end
 * </pre>
 *
 * Specification: <a href="https://github.com/huggingface/safetensors#format">safetensors</a>; where it is silent, its
 * reader in Rust decides.
 */
final class SafetensorsParser {
    private static final int LENGTH_BYTES = 8;
    private static final long MAX_HEADER = 100_000_000;
    private static final int MAX_TENSORS = 1 << 17;
    private static final int MAX_DIMS = 64;
    /** Of all names and texts, in characters. */
    private static final int MAX_TEXT = 1 << 23;
    private static final String METADATA = "__metadata__";
    private static final List<String> FIELDS = List.of("dtype", "shape", "data_offsets");

    private final ByteSource file;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private long textLength;

    SafetensorsParser(ByteSource file) {
        this.file = file;
    }

    /** The tensors, in the order of their data. */
    List<SafetensorsTensor> parse() throws FormatException {
        ByteCursor cursor = new ByteCursor(file);
        long length = cursor.int64("length of the header");
        if (Long.compareUnsigned(length, MAX_HEADER) > 0) {
            throw cursor.failAt(0, "the header has " + Long.toUnsignedString(length) + " bytes, expected at most "
                    + MAX_HEADER + ": is this a safetensors file?");
        }
        if (length > cursor.remaining()) {
            throw cursor.failAt(0, "the header has " + length + " bytes, but only " + cursor.remaining()
                    + " remain: is it cut short? Fetch it again");
        }
        long dataStart = LENGTH_BYTES + length;
        SequencedMap<String, Row> rows = new LinkedHashMap<>();
        try (Json json = new Json(file.name(), "header", new RangeStream(file, LENGTH_BYTES, length))) {
            read(json, rows);
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException(file.name(), "could not be read: " + e.getMessage(), e);
        }
        return placed(rows, dataStart);
    }

    /** The texts under {@code __metadata__} of a header that was parsed. */
    Map<String, String> metadata() {
        return metadata;
    }

    /** A tensor as the header has it. */
    private record Row(String name, DType type, List<Long> shape, long start, long end) {
    }

    private void read(Json json, Map<String, Row> rows) throws FormatException {
        json.expect(JsonToken.START_OBJECT, "an object {…}");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            keep(json, name);
            if (name.equals(METADATA)) {
                json.expect(JsonToken.START_OBJECT, METADATA + " to be an object");
                for (String key = json.nextName(); key != null; key = json.nextName()) {
                    String value = json.text("'" + key + "' of " + METADATA);
                    keep(json, key);
                    keep(json, value);
                    metadata.put(key, value);
                }
            } else {
                if (rows.size() == MAX_TENSORS) {
                    throw json.fail("more than " + MAX_TENSORS + " tensors");
                }
                rows.put(name, row(json, name));
            }
        }
        json.end();
    }

    private void keep(Json json, String text) throws FormatException {
        textLength += text.length();
        if (textLength > MAX_TEXT) {
            throw json.fail("names and texts have more than " + MAX_TEXT + " characters");
        }
    }

    private Row row(Json json, String name) throws FormatException {
        if (json.next() != JsonToken.START_OBJECT) {
            throw json.fail("tensor '" + name + "' is not an object");
        }
        DType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            String of = field + " of tensor '" + name + "'";
            switch (field) {
                case "dtype" -> type = type(json, of);
                case "shape" -> shape = List.copyOf(json.counts(of, MAX_DIMS));
                case "data_offsets" -> offsets = json.counts(of, 2);
                default -> throw json.fail("tensor '" + name + "' has the unknown field '" + field + "', expected "
                        + String.join(", ", FIELDS));
            }
        }
        if (type == null || shape == null || offsets == null) {
            String missing = FIELDS.get(type == null ? 0 : shape == null ? 1 : 2);
            throw json.fail("tensor '" + name + "' lacks the field '" + missing + "'");
        }
        if (offsets.size() != 2) {
            throw json.fail("data_offsets of tensor '" + name + "' has " + offsets.size() + " numbers, expected 2");
        }
        return new Row(name, type, shape, offsets.getFirst(), offsets.getLast());
    }

    private static DType type(Json json, String of) throws FormatException {
        String name = json.text(of);
        DType type = DType.named(name);
        if (type == null || type.ordinal() > DType.U64.ordinal()) {
            throw json.fail(of + " is '" + name + "', which is not a type of safetensors");
        }
        return type;
    }

    /** The tensors in the order of their data, which must follow each other from the end of the header to that of the file. */
    private List<SafetensorsTensor> placed(SequencedMap<String, Row> rows, long dataStart) throws FormatException {
        List<Row> inOrder = new ArrayList<>(rows.values());
        inOrder.sort(Comparator.comparingLong(Row::start).thenComparingLong(Row::end));
        List<SafetensorsTensor> tensors = new ArrayList<>();
        long dataBytes = file.size() - dataStart;
        long expected = 0;
        for (Row row : inOrder) {
            if (row.end < row.start) {
                throw fail(row, "data_offsets [" + row.start + ", " + row.end + "]: the end is before the start");
            }
            if (row.start != expected) {
                throw fail(row, "data start at " + row.start + ", expected " + expected
                        + " (tensors follow each other without gaps or overlaps)");
            }
            if (row.end > dataBytes) {
                throw fail(row, "data end at " + row.end + ", but the file has " + dataBytes
                        + " bytes of data: is it cut short? Fetch it again");
            }
            long bytes = bytes(row);
            if (bytes != row.end - row.start) {
                throw fail(row, row.type + " " + row.shape + " needs " + bytes + " bytes, data_offsets ["
                        + row.start + ", " + row.end + "] have " + (row.end - row.start));
            }
            tensors.add(new SafetensorsTensor(row.name, row.type, row.shape, dataStart + row.start, bytes));
            expected = row.end;
        }
        if (expected != dataBytes) {
            throw new FormatException(file.name(), dataStart + expected,
                    dataBytes - expected + " bytes after the data of the last tensor belong to no tensor");
        }
        return List.copyOf(tensors);
    }

    private long bytes(Row row) throws FormatException {
        try {
            long bits = Math.multiplyExact(View.elements(row.shape), (long) row.type.bits());
            if (bits % 8 != 0) {
                throw fail(row, row.type + " " + row.shape + " has " + bits + " bits, which are not whole bytes");
            }
            return bits / 8;
        } catch (ArithmeticException e) {
            throw fail(row, "the size of " + row.type + " " + row.shape + " does not fit 63 bits");
        }
    }

    private FormatException fail(Row row, String reason) {
        return new FormatException(file.name(), row.name, reason);
    }
}
