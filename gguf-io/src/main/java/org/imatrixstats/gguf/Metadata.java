package org.imatrixstats.gguf;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;

/** The keys and values of a GGUF file, in the order of the file. */
public final class Metadata {
    private final SequencedMap<String, MetadataValue> values;

    Metadata(SequencedMap<String, MetadataValue> values) {
        this.values = Collections.unmodifiableSequencedMap(values);
    }

    public Map<String, MetadataValue> values() {
        return values;
    }

    /** The string under a key; empty if there is none or it is not a string. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof MetadataValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /** The strings under a key; empty if there are none or they are not strings. */
    public Optional<List<String>> texts(String key) {
        return values.get(key) instanceof MetadataValue.Texts texts ? Optional.of(texts.values()) : Optional.empty();
    }

    /** The integer under a key; empty if there is none or it is not an integer that fits 63 bits. */
    public OptionalLong integer(String key) {
        return values.get(key) instanceof MetadataValue.Int number
                && !(number.type() == ValueType.UINT64 && number.value() < 0)
                        ? OptionalLong.of(number.value())
                        : OptionalLong.empty();
    }
}
