package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import org.imatrixstats.gguf.Metadata;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;

/**
 * A key of a GGUF file.
 *
 * @param type   as gguf-dump names it, such as {@code UINT32} or {@code [STRING]}
 * @param count  of an array, how many values it has
 * @param values the value, or the first ones of an array
 */
record MetadataRow(String key, String type, OptionalLong count, List<MetadataValue> values) {
    private static final int SHOWN = 6;
    private static final int WIDEST = 60;

    static List<MetadataRow> of(Metadata metadata) throws IOException {
        List<MetadataRow> rows = new ArrayList<>();
        for (var each : metadata.values().entrySet()) {
            MetadataValue value = each.getValue();
            rows.add(value instanceof MetadataValue.Array array
                    ? new MetadataRow(each.getKey(), "[" + array.element() + "]", OptionalLong.of(array.count()),
                            metadata.first(each.getKey(), SHOWN))
                    : new MetadataRow(each.getKey(), value.type().toString(), OptionalLong.empty(), List.of(value)));
        }
        return rows;
    }

    static BigInteger unsigned(MetadataValue.Int number) {
        BigInteger value = BigInteger.valueOf(number.value());
        return number.type() == ValueType.UINT64 && value.signum() < 0 ? value.add(BigInteger.TWO.pow(64)) : value;
    }

    /** The value on one line; a long one is cut. */
    String shown() {
        String text = values.stream().map(MetadataRow::shown).collect(Collectors.joining(", "));
        if (count.isEmpty()) {
            return text;
        }
        return count.getAsLong() + (count.getAsLong() == 1 ? " item: [" : " items: [") + text
                + (count.getAsLong() > values.size() ? ", …]" : "]");
    }

    private static String shown(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Int number -> unsigned(number).toString();
            case MetadataValue.Float number -> number.type() == ValueType.FLOAT32
                    ? Float.toString((float) number.value())
                    : Double.toString(number.value());
            case MetadataValue.Bool truth -> Boolean.toString(truth.value());
            case MetadataValue.Text words -> "'" + cut(words.value()) + "'";
            case MetadataValue.LongText words -> words.bytes() + " bytes of text";
            default -> "";
        };
    }

    private static String cut(String words) {
        return words.codePointCount(0, words.length()) <= WIDEST
                ? words
                : words.substring(0, words.offsetByCodePoints(0, WIDEST)) + "…";
    }
}
