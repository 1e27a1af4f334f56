package org.imatrixstats.recipe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Short regular expressions for sets of words, in what the two quantizers' dialects share and no version of them treats
 * differently: no upper case, comma, space, {@code =} or {@code {m,n}}.
 */
final class Alternation {
    private static final String SPECIAL = "\\^$.|?*+()[]{}";
    private static final String SPECIAL_IN_CLASS = "\\]^-[()|";
    private static final char DELETE = 0x7f;

    private Alternation() {
    }

    /**
     * A regular expression that matches these words and no others; in parentheses where it has to be within a longer one.
     */
    static String of(Collection<String> words) {
        return grouped(
                expression(words.stream().map(Alternation::bytes).collect(Collectors.toCollection(TreeSet::new))));
    }

    /** One character per byte of UTF-8: the quantizers match by bytes. */
    private static String bytes(String word) {
        return new String(word.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The same for decimal numbers without leading zeros: {@code ([0-3]|2[89]|30)}. */
    static String ofNumbers(Collection<Integer> numbers) {
        SortedSet<String> all = new TreeSet<>();
        Map<Integer, SortedSet<String>> byLength = new TreeMap<>();
        for (int number : numbers) {
            String digits = Integer.toString(number);
            all.add(digits);
            byLength.computeIfAbsent(digits.length(), _ -> new TreeSet<>()).add(digits);
        }
        // One digit, two digits, ... is what people read most easily.
        StringJoiner readable = new StringJoiner("|");
        for (SortedSet<String> sameLength : byLength.values()) {
            readable.add(expression(sameLength));
        }
        String shared = expression(all);
        return grouped(shared.length() < readable.length() ? shared : readable.toString());
    }

    private static String grouped(String expression) {
        return hasAlternatives(expression) ? "(" + expression + ")" : expression;
    }

    /** Whether there is a bar outside of all parentheses. Classes hold none: bars are escaped where they are members. */
    private static boolean hasAlternatives(String expression) {
        int depth = 0;
        for (int i = 0; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i++;
                case '(' -> depth++;
                case ')' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        return true;
                    }
                }
                default -> {
                }
            }
        }
        return false;
    }

    /** What the words have in common before and after, and between these the alternatives. */
    private static String expression(SortedSet<String> words) {
        if (words.size() == 1) {
            return literal(words.first());
        }
        int before = commonPrefix(words);
        while (cutsWord(words, before)) {
            before--;
        }
        int after = commonSuffix(words, before);
        while (after > 0 && Character.isLetter(words.first().charAt(words.first().length() - after))) {
            after--;
        }
        if (before == 0 && after == 0) {
            return alternatives(words);
        }
        SortedSet<String> middles = new TreeSet<>();
        for (String word : words) {
            middles.add(word.substring(before, word.length() - after));
        }
        String word = words.first();
        return literal(word.substring(0, before)) + part(middles) + literal(word.substring(word.length() - after));
    }

    /** An expression that can stand within a sequence. */
    private static String part(SortedSet<String> words) {
        SortedSet<String> present = new TreeSet<>(words);
        boolean optional = present.remove("");
        if (present.isEmpty()) {
            return "";
        }
        String expression = expression(present);
        return optional ? atomic(expression) + "?" : grouped(expression);
    }

    /** Whether letters stand on both sides of this place in a word: names are read as wholes. */
    private static boolean cutsWord(SortedSet<String> words, int at) {
        if (at == 0) {
            return false;
        }
        for (String word : words) {
            if (word.length() > at && Character.isLetter(word.charAt(at - 1)) && Character.isLetter(word.charAt(at))) {
                return true;
            }
        }
        return false;
    }

    /** Words by how they start; beginnings that the same may follow stand together. */
    private static String alternatives(SortedSet<String> words) {
        Map<String, SortedSet<String>> tails = new TreeMap<>();
        for (String word : words) {
            int end = firstPart(word);
            tails.computeIfAbsent(word.substring(0, end), _ -> new TreeSet<>()).add(word.substring(end));
        }
        Map<SortedSet<String>, List<String>> heads = new LinkedHashMap<>();
        tails.forEach((head, rest) -> heads.computeIfAbsent(rest, _ -> new ArrayList<>()).add(head));
        List<String> alternatives = new ArrayList<>();
        heads.forEach((rest, beginnings) -> {
            String any = anyOf(beginnings);
            String tail = part(rest);
            alternatives.add(tail.isEmpty() ? any : grouped(any) + tail);
        });
        return String.join("|", alternatives);
    }

    /** A run of letters or one other character. */
    private static int firstPart(String word) {
        int end = 0;
        while (end < word.length() && Character.isLetter(word.charAt(end))) {
            end++;
        }
        return Math.max(1, end);
    }

    /** Single characters as a class, longer words one by one. */
    private static String anyOf(List<String> words) {
        List<Character> single = new ArrayList<>();
        List<String> alternatives = new ArrayList<>();
        for (String word : words) {
            if (isOneCharacter(word)) {
                single.add(word.charAt(0));
            } else {
                alternatives.add(literal(word));
            }
        }
        if (!single.isEmpty()) {
            alternatives.addFirst(characters(single));
        }
        return String.join("|", alternatives);
    }

    /** Bytes beyond ASCII stay out of classes: whether they are negative there depends on the machine. */
    private static boolean isOneCharacter(String word) {
        return word.length() == 1 && word.charAt(0) <= DELETE;
    }

    private static int commonPrefix(SortedSet<String> words) {
        // Sorted: what the first and the last share, all share.
        String first = words.first();
        String last = words.last();
        int length = 0;
        while (length < Math.min(first.length(), last.length()) && first.charAt(length) == last.charAt(length)) {
            length++;
        }
        return length;
    }

    private static int commonSuffix(SortedSet<String> words, int before) {
        String first = words.first();
        int length = first.length() - before;
        for (String word : words) {
            int shared = 0;
            while (shared < Math.min(length, word.length() - before)
                    && word.charAt(word.length() - shared - 1) == first.charAt(first.length() - shared - 1)) {
                shared++;
            }
            length = shared;
        }
        return length;
    }

    private static String characters(List<Character> characters) {
        if (characters.size() == 1) {
            return literal(characters.getFirst().toString());
        }
        StringBuilder members = new StringBuilder();
        for (int from = 0; from < characters.size();) {
            int to = from;
            while (to + 1 < characters.size() && characters.get(to + 1) == characters.get(to) + 1) {
                to++;
            }
            members.append(member(characters.get(from)));
            if (to - from > 1) {
                members.append('-');
            }
            if (to > from) {
                members.append(member(characters.get(to)));
            }
            from = to + 1;
        }
        return "[" + members + "]";
    }

    private static String member(char character) {
        return character(character, SPECIAL_IN_CLASS);
    }

    private static String atomic(String expression) {
        return isAtomic(expression) ? expression : "(" + expression + ")";
    }

    /** Whether a quantifier behind the expression would apply to all of it. */
    private static boolean isAtomic(String expression) {
        boolean oneCharacter = expression.length() == 1 || expression.length() == 2 && expression.charAt(0) == '\\'
                || expression.length() == 4 && expression.startsWith("\\x");
        boolean oneClass = expression.startsWith("[") && expression.indexOf(']') == expression.length() - 1;
        return oneCharacter || oneClass;
    }

    private static String literal(String bytes) {
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < bytes.length(); i++) {
            literal.append(character(bytes.charAt(i), SPECIAL));
        }
        return literal.toString();
    }

    private static String character(char character, String special) {
        if (isUnsafe(character)) {
            return "\\x" + HexFormat.of().toHexDigits((byte) character);
        }
        return (special.indexOf(character) >= 0 ? "\\" : "") + character;
    }

    /**
     * What a rule cannot hold, such as capitals, which one of the quantizers makes lower case, or what a terminal would not
     * draw: it is written as a number.
     */
    private static boolean isUnsafe(char character) {
        return character <= ' ' || character >= DELETE || character == ',' || character == '='
                || character >= 'A' && character <= 'Z';
    }
}
