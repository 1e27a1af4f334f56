package org.imatrixstats.gguf;

import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;

/** The keys and values of a GGUF file, in the order of the file. */
public final class Metadata {
    private final ByteSource source;
    private final ByteOrder order;
    private final SequencedMap<String, MetadataValue> values;

    Metadata(ByteSource source, ByteOrder order, SequencedMap<String, MetadataValue> values) {
        this.source = source;
        this.order = order;
        this.values = Collections.unmodifiableSequencedMap(values);
    }

    public Map<String, MetadataValue> values() {
        return values;
    }

    /** The string under a key; empty if there is none or it is not a string. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof MetadataValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /**
     * The strings under a key, read from the file, which must still be open; empty if there are none or they are not
     * strings.
     *
     * @throws FormatException if they are more than anybody would want to read
     */
    public Optional<List<String>> texts(String key) throws FormatException {
        return values.get(key) instanceof MetadataValue.Array array && array.element() == ValueType.STRING
                ? Optional.of(GgufParser.texts(source, order, key, array))
                : Optional.empty();
    }

    /** The first values of an array under a key, read from the file, which must still be open; empty if it has none. */
    public List<MetadataValue> first(String key, int most) throws FormatException {
        return values.get(key) instanceof MetadataValue.Array array
                ? GgufParser.first(source, order, key, array, most)
                : List.of();
    }

    /**
     * The value under a key, ready to be written to another file: what is not held is read from this file, which must
     * still be open and be little-endian.
     *
     * @throws FormatException if it is more than anybody would want to hold
     */
    public MetadataValue whole(String key) throws FormatException {
        return switch (values.get(key)) {
            case MetadataValue.Array array -> GgufParser.stored(source, key, array);
            case MetadataValue.LongText text -> GgufParser.stored(source, key, text);
            case MetadataValue held -> held;
        };
    }

    /** The integer under a key; empty if there is none or it is not an integer that fits 63 bits. */
    public OptionalLong integer(String key) {
        return values.get(key) instanceof MetadataValue.Int number
                && !(number.type() == ValueType.UINT64 && number.value() < 0)
                        ? OptionalLong.of(number.value())
                        : OptionalLong.empty();
    }
}
