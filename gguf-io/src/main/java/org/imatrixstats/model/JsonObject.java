package org.imatrixstats.model;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.json.Json;
import org.imatrixstats.io.RangeStream;

import tools.jackson.core.JsonToken;

/**
 * The plain values of a JSON object by their keys; those of objects within by keys with dots between, the first value of
 * an array by the key of the array.
 */
record JsonObject(Map<String, Object> values) {
    private static final long MAX_BYTES = 1 << 20;

    /** @param what what it is, for messages */
    static JsonObject read(ByteSource file, String what) throws FormatException {
        if (file.size() > MAX_BYTES) {
            throw new FormatException(file.name(), "has " + file.size() + " bytes, expected a " + what + " of at most "
                    + MAX_BYTES);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        try (Json json = new Json(file.name(), what, new RangeStream(file, 0, file.size()))) {
            json.expect(JsonToken.START_OBJECT, "an object {…}");
            object(json, "", values);
            json.end();
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException(file.name(), "could not be read: " + e.getMessage(), e);
        }
        return new JsonObject(values);
    }

    /** The depth is limited by the parser. */
    private static void object(Json json, String prefix, Map<String, Object> values) throws FormatException {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.next();
            value(json, prefix + name, values);
        }
    }

    private static void value(Json json, String key, Map<String, Object> values) throws FormatException {
        switch (json.current()) {
            case START_OBJECT -> object(json, key + ".", values);
            case START_ARRAY -> {
                if (json.next() != JsonToken.END_ARRAY) {
                    value(json, key, values);
                    while (json.next() != JsonToken.END_ARRAY) {
                        json.skipChildren();
                    }
                }
            }
            case VALUE_STRING -> values.put(key, json.currentText());
            case VALUE_TRUE -> values.put(key, true);
            case VALUE_FALSE -> values.put(key, false);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> values.put(key, number(json.currentText()));
            default -> {
                // null says nothing.
            }
        }
    }

    private static Number number(String digits) {
        try {
            return digits.chars().allMatch(c -> c == '-' || Character.isDigit(c))
                    ? (Number) Long.valueOf(digits)
                    : (Number) new BigDecimal(digits).doubleValue();
        } catch (NumberFormatException e) {
            return Double.valueOf(digits);
        }
    }

    String text(String key) {
        return values.get(key) instanceof String text ? text : null;
    }

    /** The whole number under a key; null if there is none. */
    Long number(String... keys) {
        for (String key : keys) {
            if (values.get(key) instanceof Long number) {
                return number;
            }
        }
        return null;
    }

    Double real(String key) {
        return values.get(key) instanceof Number number ? (Double) number.doubleValue() : null;
    }
}
