package org.imatrixstats.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.imatrixstats.io.FormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON of strangers token by token: UTF-8, no name twice in an object, few levels, nothing after the value. Where
 * it is something else, a {@link FormatException} names the character.
 */
public final class Json implements AutoCloseable {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_NAME = 1 << 16;

    /** What the parser adds about a source that it does not know. */
    private static final Pattern WHERE = Pattern.compile(" \\(start marker at .*\\)$");

    private final String source;
    private final String what;
    private final JsonParser parser;

    /**
     * @param source the file, for messages
     * @param what what the JSON is, for messages, such as {@code header}
     */
    public Json(String source, String what, InputStream in) {
        this.source = source;
        this.what = what;
        // A decoder that reports what is not UTF-8; Jackson would guess other encodings too.
        InputStreamReader reader = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
        this.parser = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_TEXT).maxNameLength(MAX_NAME).build())
                .build().createParser(ObjectReadContext.empty(), reader);
    }

    @FunctionalInterface
    private interface Read<T> {
        T get();
    }

    private <T> T read(Read<T> read) throws FormatException {
        try {
            return read.get();
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new FormatException(source, what + " is not valid UTF-8", e);
            }
            if (e.getCause() instanceof FormatException cause) {
                throw cause;
            }
            throw new FormatException(source, at(e.getLocation() == null ? -1 : e.getLocation().getCharOffset())
                    + " is not valid JSON: " + WHERE.matcher(e.getOriginalMessage()).replaceAll(""), e);
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof FormatException cause
                    ? cause
                    : new FormatException(source, what + " could not be read: " + e.getMessage(), e);
        }
    }

    private String at(long character) {
        return what + (character < 0 ? "" : " at character " + character);
    }

    /** An error at the current token. */
    public FormatException fail(String reason) {
        return new FormatException(source, at(parser.currentTokenLocation().getCharOffset()) + ": " + reason);
    }

    /** The next token; null at the end. */
    public JsonToken next() throws FormatException {
        return read(parser::nextToken);
    }

    /** The next token, which must be this one. */
    public void expect(JsonToken token, String expected) throws FormatException {
        if (next() != token) {
            throw fail("expected " + expected);
        }
    }

    /** Passes over the end of the value; nothing may follow it. */
    public void end() throws FormatException {
        if (next() != null) {
            throw fail("expected nothing after the object");
        }
    }

    /** The next name in an object; null at the object's end. */
    public String nextName() throws FormatException {
        return next() == JsonToken.PROPERTY_NAME ? read(parser::currentName) : null;
    }

    /** The text of the next token, which must be a string. */
    public String text(String of) throws FormatException {
        if (next() != JsonToken.VALUE_STRING) {
            throw fail(of + " is not a string");
        }
        return read(parser::getString);
    }

    /** The next token, which must be a whole number of 0 to 2^63 - 1. */
    public long count(String of) throws FormatException {
        next();
        return currentCount(of);
    }

    private long currentCount(String of) throws FormatException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw fail(of + " is not a whole number");
        }
        String digits = read(parser::getString);
        if (digits.startsWith("-")) {
            throw fail(of + " is negative: " + digits);
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw fail(of + " is " + digits + ", beyond 2^63");
        }
    }

    /** The next tokens, which must be an array of at most {@code most} whole numbers of 0 to 2^63 - 1. */
    public List<Long> counts(String of, int most) throws FormatException {
        if (next() != JsonToken.START_ARRAY) {
            throw fail(of + " is not an array");
        }
        List<Long> counts = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            if (counts.size() == most) {
                throw fail(of + " has more than " + most + " numbers");
            }
            counts.add(currentCount(of));
        }
        return counts;
    }

    /** Passes over the value that starts with the current token. */
    public void skipChildren() throws FormatException {
        read(parser::skipChildren);
    }

    public JsonToken current() {
        return parser.currentToken();
    }

    /** The text of the current token, whatever it is. */
    public String currentText() throws FormatException {
        return read(parser::getString);
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
