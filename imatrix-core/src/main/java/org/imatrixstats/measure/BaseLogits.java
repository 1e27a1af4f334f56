package org.imatrixstats.measure;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.io.FormatException;

/**
 * The file that {@code llama-perplexity --kl-divergence-base} writes: the log probabilities of the original model.
 *
 * <pre>
 * "_logits_"  u32 context  i32 vocabulary  i32 chunks
 * i32 tokens [context · chunks]
 * u16 values [chunks · (context − 1 − context/2) · (vocabulary, made even, + 4)]
 * </pre>
 *
 * @param context    tokens per chunk
 * @param vocabulary tokens that the model knows
 */
public record BaseLogits(Path file, int context, int vocabulary, int chunks) {
    private static final String MAGIC = "_logits_";
    static final int HEADER = MAGIC.length() + 3 * Integer.BYTES;

    /**
     * Reads the header and checks the size.
     *
     * @throws FormatException if it is not such a file, or it is not whole
     */
    public static BaseLogits read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            byte[] header = in.readNBytes(HEADER);
            if (header.length < HEADER
                    || !new String(header, 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC)) {
                throw new FormatException(file, "does not hold the logits of a model: expected '" + MAGIC
                        + "' at its start");
            }
            BaseLogits logits = new BaseLogits(file, int32(header, 8), int32(header, 12), int32(header, 16));
            if (logits.context < 2 || logits.vocabulary < 1 || logits.chunks < 1) {
                throw new FormatException(file, "does not hold the logits of a model: " + logits.chunks + " chunks of "
                        + logits.context + " tokens, vocabulary " + logits.vocabulary);
            }
            long expected = bytes(logits.context, logits.vocabulary, logits.chunks);
            if (Files.size(file) != expected) {
                throw new FormatException(file, "has " + Files.size(file) + " bytes, expected " + expected + " for "
                        + logits.chunks + " chunks: llama-perplexity did not finish it");
            }
            return logits;
        }
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    /** The size of such a file. */
    public static long bytes(long context, long vocabulary, long chunks) {
        long perToken = 2 * ((vocabulary + 1) / 2) + 4;
        return HEADER + chunks * (context * Integer.BYTES
                + (context - 1 - context / 2) * perToken * Short.BYTES);
    }
}
