package org.imatrixstats.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

/** {@code --tensor-type-file} of llama.cpp: rules with white space between, and nothing else. */
public final class RuleFile {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int UTF_16_LITTLE = 0xff;
    private static final int UTF_16_BIG = 0xfe;
    /** Many times the tensors of any model; each rule is tried on each tensor. */
    private static final int MOST_RULES = 10_000;

    private RuleFile() {
    }

    /**
     * The rules of a file, in its order. For ik_llama.cpp, which reads no such file, a line or a comma ends a rule and a word
     * that starts with {@code #} begins a comment: the rules are joined as {@code --custom-q} takes them.
     *
     * @param notes receives a sentence where the program would read the file in another way
     * @throws RefusedException if the program would not take one of them
     */
    public static List<Rule> read(ByteSource file, Dialect dialect, List<String> notes) throws IOException {
        boolean joined = dialect.joinsRules();
        String text = TextFile.read(file, "rules PATTERN=TYPE");
        encoding(file).ifPresent(notes::add);
        List<Rule> rules = new ArrayList<>();
        int line = 1;
        for (String words : text.split("\n")) {
            for (String word : words.split(joined ? "[ \\t\\r\\x0b\\f,]+" : "[ \\t\\r\\x0b\\f]+")) {
                if (joined && word.startsWith("#")) {
                    break;
                }
                if (!word.isEmpty()) {
                    rules.addAll(rules(word, dialect, file, line));
                }
                if (rules.size() > MOST_RULES) {
                    throw new FormatException(file.name(),
                            "line " + line + ": expected at most " + MOST_RULES + " rules");
                }
            }
            line++;
        }
        return rules;
    }

    /** What a program that reads bytes makes of a file that another one wrote with a byte order mark. */
    private static Optional<String> encoding(ByteSource file) throws FormatException {
        byte[] start = new byte[BYTE_ORDER_MARK.length];
        file.copy(0, start, 0, (int) Math.min(start.length, file.size()));
        int first = start[0] & 0xff;
        if (first == UTF_16_LITTLE || first == UTF_16_BIG) {
            return Optional
                    .of(file.name() + " is UTF-16: llama-quantize cannot read it. Save it as UTF-8 without a byte"
                            + " order mark");
        }
        return Arrays.equals(start, BYTE_ORDER_MARK)
                ? Optional.of(
                        file.name() + " begins with a byte order mark: llama-quantize takes it as a part of the first"
                                + " rule, which then matches no tensor. Save it as UTF-8 without the mark")
                : Optional.empty();
    }

    private static List<Rule> rules(String word, Dialect dialect, ByteSource file, int line) throws RefusedException {
        try {
            return dialect.rules(word);
        } catch (RefusedException e) {
            String hint = word.startsWith("#") ? "; llama.cpp knows no comments in this file" : "";
            throw new RefusedException(file.name() + ": line " + line + ": " + e.getMessage() + hint);
        }
    }
}
