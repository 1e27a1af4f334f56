package org.imatrixstats.imatrix.quantize;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.gguf.FormatException;

/** {@code --tensor-type-file} of llama.cpp: rules with white space between, and nothing else. */
public final class RuleFile {
    private static final long MOST_BYTES = 16 << 20;

    private RuleFile() {
    }

    /**
     * The rules of a file, in its order.
     *
     * @throws RefusedException if the program would not take one of them
     */
    public static List<Rule> read(Path file) throws IOException {
        String text = text(file);
        List<Rule> rules = new ArrayList<>();
        int line = 1;
        for (String words : text.split("\n")) {
            for (String word : words.split("[ \\t\\r\\x0b\\f]+")) {
                if (!word.isEmpty()) {
                    rules.addAll(rules(word, file, line));
                }
            }
            line++;
        }
        return rules;
    }

    private static String text(Path file) throws IOException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                throw new FormatException(file, Files.exists(file)
                        ? "expected a file of rules of at most " + (MOST_BYTES >> 20) + " MiB"
                        : "no such file");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new FormatException(file, "is not UTF-8, expected rules PATTERN=TYPE", e);
        }
    }

    private static List<Rule> rules(String word, Path file, int line) throws RefusedException {
        try {
            return LlamaCpp.INSTANCE.rules(word);
        } catch (RefusedException e) {
            String hint = word.startsWith("#") ? "; llama.cpp knows no comments in this file" : "";
            throw new RefusedException(file + ": line " + line + ": " + e.getMessage() + hint);
        }
    }
}
