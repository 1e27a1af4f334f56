package org.imatrixstats.model;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/**
 * What {@code tokenizer.model} holds.
 *
 * @param kind    {@code tiktoken} or {@code sentencepiece}
 * @param tokens  how many, special ones of tiktoken not included: its file does not have them
 * @param first   the first token
 * @param special tokens that stand for no text; of tiktoken 0
 */
public record MetaTokenizer(String kind, long tokens, String first, long special) {
    private static final int MAX_BYTES = 1 << 26;
    private static final int MAX_TOKEN = 1 << 12;

    /** Reads a tokenizer: lines of tiktoken, or the protocol buffer of SentencePiece. */
    static MetaTokenizer read(ByteSource file) throws FormatException {
        if (file.size() == 0 || file.size() > MAX_BYTES) {
            throw new FormatException(file.name(),
                    "has " + file.size() + " bytes, expected a tokenizer of at most " + MAX_BYTES);
        }
        byte[] start = new byte[1];
        file.copy(0, start, 0, 1);
        return start[0] == FIELD_PIECE ? sentencePiece(file) : tiktoken(file);
    }

    /** Lines of a token in base64 and its rank. */
    private static MetaTokenizer tiktoken(ByteSource file) throws FormatException {
        long tokens = 0;
        String first = null;
        ByteCursor cursor = new ByteCursor(file);
        StringBuilder line = new StringBuilder();
        while (cursor.remaining() > 0) {
            long at = cursor.position();
            line.setLength(0);
            for (int c = cursor.u8("a line"); c != '\n'; c = cursor.remaining() > 0 ? cursor.u8("a line") : '\n') {
                if (line.length() == MAX_TOKEN) {
                    throw cursor.failAt(at, "a line of more than " + MAX_TOKEN + " characters, expected a token");
                }
                line.append((char) c);
            }
            if (line.toString().isBlank()) {
                continue;
            }
            String[] parts = line.toString().split(" ");
            byte[] token;
            try {
                token = Base64.getDecoder().decode(parts[0]);
                if (parts.length != 2 || Long.parseLong(parts[1].strip()) < 0) {
                    throw new IllegalArgumentException();
                }
            } catch (IllegalArgumentException e) {
                throw cursor.failAt(at, "expected a token in base64 and its rank");
            }
            first = first == null ? new String(token, StandardCharsets.UTF_8) : first;
            tokens++;
        }
        return new MetaTokenizer("tiktoken", tokens, first, 0);
    }

    /** Field 1 of ModelProto, with a length: a piece. */
    private static final int FIELD_PIECE = 0x0a;
    /** Field 1 of a piece, with a length: its text. */
    private static final int FIELD_TEXT = 0x0a;
    /** Field 3 of a piece, a number: its kind. */
    private static final int FIELD_KIND = 0x18;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;

    private static MetaTokenizer sentencePiece(ByteSource file) throws FormatException {
        ByteCursor cursor = new ByteCursor(file);
        long tokens = 0;
        long special = 0;
        String first = null;
        while (cursor.remaining() > 0) {
            long field = number(cursor);
            if (field != FIELD_PIECE) {
                skip(cursor, field);
                continue;
            }
            long end = number(cursor);
            if (end < 0 || end > cursor.remaining()) {
                throw cursor.fail("a piece of " + end + " bytes, " + cursor.remaining() + " remain");
            }
            end += cursor.position();
            tokens++;
            while (cursor.position() < end) {
                long inner = number(cursor);
                if (inner == FIELD_TEXT && first == null) {
                    first = cursor.utf8(Math.min(number(cursor), end - cursor.position()), "a piece");
                } else if (inner == FIELD_KIND) {
                    long kind = number(cursor);
                    special += kind == UNKNOWN || kind == CONTROL ? 1 : 0;
                } else {
                    skip(cursor, inner);
                }
            }
        }
        return new MetaTokenizer("sentencepiece", tokens, first, special);
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
    private static long number(ByteCursor cursor) throws FormatException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = cursor.u8("a number");
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw cursor.fail("a number of more than 64 bits: this is not a SentencePiece model");
    }

    private static void skip(ByteCursor cursor, long field) throws FormatException {
        switch ((int) field & 7) {
            case 0 -> number(cursor);
            case 1 -> cursor.skip(8, "a field");
            case 2 -> cursor.skip(number(cursor), "a field");
            case 5 -> cursor.skip(4, "a field");
            default -> throw cursor.fail("an unknown kind of field: this is not a SentencePiece model");
        }
    }
}
