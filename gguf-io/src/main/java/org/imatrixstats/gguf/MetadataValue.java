package org.imatrixstats.gguf;

import java.util.List;

/** The value of a GGUF key. */
public sealed interface MetadataValue {
    /** The type that the file gives it. */
    ValueType type();

    /** An integer of 8 to 64 bits; a uint64 of 2^63 and more comes out negative. */
    record Int(ValueType type, long value) implements MetadataValue {
    }

    /** A 32-bit or 64-bit float. */
    record Float(ValueType type, double value) implements MetadataValue {
    }

    /** True or false. */
    record Bool(boolean value) implements MetadataValue {
        @Override
        public ValueType type() {
            return ValueType.BOOL;
        }
    }

    /** A string. */
    record Text(String value) implements MetadataValue {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    /**
     * A string that is too long to be of interest, which is checked and passed over but not read.
     *
     * @param bytes    its length in UTF-8
     * @param position where in the file its length stands
     */
    record LongText(long bytes, long position) implements MetadataValue {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    /**
     * A value of any type as a little-endian file stores it, to be copied to another file.
     *
     * @param bytes what follows the type of the value
     */
    record Stored(ValueType type, byte[] bytes) implements MetadataValue {
    }

    /** An array of strings, to be written. */
    record Texts(List<String> values) implements MetadataValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }

    /**
     * An array in a file, which is checked and passed over but not read: the tokens of a model are some 150 000 strings.
     * {@link Metadata#texts} reads one.
     *
     * @param position where in the file its first value stands
     */
    record Array(ValueType element, long count, long position) implements MetadataValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }
}
