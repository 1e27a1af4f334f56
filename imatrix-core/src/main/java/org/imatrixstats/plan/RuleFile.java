package org.imatrixstats.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;

/** {@code --tensor-type-file} of llama.cpp: rules with white space between, and nothing else. */
public final class RuleFile {
    /** Many times the tensors of any model; each rule is tried on each tensor. */
    private static final int MOST_RULES = 10_000;

    private RuleFile() {
    }

    /**
     * The rules of a file, in its order. For ik_llama.cpp, which reads no such file, a line or a comma ends a rule and lines
     * that start with {@code #} are comments: the rules are joined as {@code --custom-q} takes them.
     *
     * @throws RefusedException if the program would not take one of them
     */
    public static List<Rule> read(ByteSource file, Dialect dialect) throws IOException {
        boolean joined = dialect.joinsRules();
        String text = TextFile.read(file, "rules PATTERN=TYPE").replaceFirst("^\\ufeff", "");
        List<Rule> rules = new ArrayList<>();
        int line = 1;
        for (String words : text.split("\n")) {
            boolean comment = joined && words.strip().startsWith("#");
            for (String word : comment
                    ? new String[0]
                    : words.split(joined ? "[ \\t\\r\\x0b\\f,]+" : "[ \\t\\r\\x0b\\f]+")) {
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

    private static List<Rule> rules(String word, Dialect dialect, ByteSource file, int line) throws RefusedException {
        try {
            return dialect.rules(word);
        } catch (RefusedException e) {
            String hint = word.startsWith("#") ? "; llama.cpp knows no comments in this file" : "";
            throw new RefusedException(file.name() + ": line " + line + ": " + e.getMessage() + hint);
        }
    }
}
