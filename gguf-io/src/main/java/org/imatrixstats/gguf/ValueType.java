package org.imatrixstats.gguf;

/** The types of GGUF values, in the order of their identifiers 0 to 12. */
public enum ValueType {
    UINT8(1), INT8(1), UINT16(2), INT16(2), UINT32(4), INT32(4), FLOAT32(4), BOOL(1), //
    /** A length (uint64) and that many bytes; {@link #bytes()} is that of the length. */
    STRING(8), //
    /** A type (uint32), a count (uint64) and the values; {@link #bytes()} is that of both. */
    ARRAY(12), //
    UINT64(8), INT64(8), FLOAT64(8);

    private final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    /** The type with this identifier; null if there is none. */
    static ValueType ofId(long id) {
        return id >= 0 && id < values().length ? values()[(int) id] : null;
    }

    /** Bytes of a value, or the least that it takes. */
    int bytes() {
        return bytes;
    }
}
