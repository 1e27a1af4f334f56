package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Translates a pattern of {@code std::regex} to one of {@code java.util.regex}, by recursive descent:
 *
 * <pre>
 * alternatives = sequence { "|" sequence }
 * sequence     = { assertion | atom { quantifier } }
 * assertion    = "^" | "$" | "\b" | "\B" | "(?=" alternatives ")" | "(?!" alternatives ")"
 * atom         = character | "." | escape | class | "(" [ "?:" ] alternatives ")"
 * quantifier   = ( "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ) [ "?" ]
 * </pre>
 */
final class EcmaScriptTranslator {
    /** States of the automaton that GNU's library allows. */
    private static final long MOST_STATES = 100_000;
    private static final int DEEPEST = 200;
    private static final Map<String, String> POSIX = Map.ofEntries(Map.entry("alnum", "\\p{Alnum}"),
            Map.entry("alpha", "\\p{Alpha}"), Map.entry("blank", "\\p{Blank}"), Map.entry("cntrl", "\\p{Cntrl}"),
            Map.entry("digit", "\\p{Digit}"), Map.entry("graph", "\\p{Graph}"), Map.entry("lower", "\\p{Lower}"),
            Map.entry("print", "\\p{Print}"), Map.entry("punct", "\\p{Punct}"), Map.entry("space", "\\s"),
            Map.entry("upper", "\\p{Upper}"), Map.entry("xdigit", "\\p{XDigit}"), Map.entry("d", "\\d"),
            Map.entry("s", "\\s"), Map.entry("w", "\\w"));
    private static final String CONTROLS = "0bfnrtv";
    private static final String CONTROL_CHARACTERS = "\0\b\f\n\r\t\u000b";
    private static final Set<Character> CLASSES = Set.of('d', 'D', 's', 'S', 'w', 'W');

    private final String text;
    private final StringBuilder java = new StringBuilder();
    private final List<String> notes = new ArrayList<>();
    private final BitSet closedGroups = new BitSet();
    private int at;
    private int groups;
    private int depth;

    EcmaScriptTranslator(String text) {
        this.text = text;
    }

    String translate() throws RefusedException {
        alternatives();
        if (!atEnd()) {
            throw text.charAt(at) == ')'
                    ? refused("mismatched '(' and ')': no group is open for ')'")
                    : refused("'" + text.charAt(at) + "' repeats nothing");
        }
        return java.toString();
    }

    List<String> notes() {
        return notes;
    }

    private boolean atEnd() {
        return at == text.length();
    }

    private boolean next(String expected) {
        boolean found = text.startsWith(expected, at);
        at += found ? expected.length() : 0;
        return found;
    }

    /** Returns the number of states that the automaton needs. */
    private long alternatives() throws RefusedException {
        if (++depth > DEEPEST) {
            throw refused("groups more than " + DEEPEST + " deep");
        }
        long states = sequence();
        while (next("|")) {
            java.append('|');
            states += 1 + sequence();
        }
        depth--;
        return limited(states);
    }

    private long sequence() throws RefusedException {
        long states = 1;
        while (!atEnd() && "|)".indexOf(text.charAt(at)) < 0) {
            if (assertion()) {
                states++;
            } else if ("*+?{".indexOf(text.charAt(at)) >= 0) {
                throw refused("'" + text.charAt(at) + "' repeats nothing");
            } else {
                states += repeatedAtom();
            }
            limited(states);
        }
        return states;
    }

    private long limited(long states) throws RefusedException {
        if (states > MOST_STATES) {
            throw refused("repetitions make it too large (more than " + MOST_STATES + " states)");
        }
        return states;
    }

    private boolean assertion() throws RefusedException {
        if (next("^")) {
            java.append('^');
        } else if (next("$")) {
            java.append("(?:\\z)");
        } else if (next("\\b")) {
            java.append("(?:\\b)");
        } else if (next("\\B")) {
            java.append("(?:\\B)");
        } else if (text.startsWith("(?=", at) || text.startsWith("(?!", at)) {
            java.append(text, at, at + 3);
            at += 3;
            alternatives();
            closeGroup();
        } else {
            return false;
        }
        return true;
    }

    private void closeGroup() throws RefusedException {
        if (!next(")")) {
            throw refused("mismatched '(' and ')': a group is not closed");
        }
        java.append(')');
    }

    private long repeatedAtom() throws RefusedException {
        int start = java.length();
        long states = atom();
        int quantifiers = 0;
        while (!atEnd() && "*+?{".indexOf(text.charAt(at)) >= 0) {
            if (quantifiers++ > 0) {
                // A second quantifier repeats what the first one made; in Java it would mean possessive.
                java.insert(start, "(?:").append(')');
                notes.add("two quantifiers in a row are taken by GNU's library alone and repeat the repetition: '"
                        + text.substring(0, at + 1) + "'");
            }
            states = limited(states * quantifier());
        }
        return states;
    }

    private long quantifier() throws RefusedException {
        char kind = text.charAt(at++);
        long times = 1;
        if (kind == '{') {
            times = braces();
        } else {
            java.append(kind);
        }
        if (next("?")) {
            java.append('?');
        }
        return Math.max(times, 1);
    }

    private long braces() throws RefusedException {
        long least = number();
        long most = least;
        java.append('{').append(least);
        if (next(",")) {
            java.append(',');
            if (!atEnd() && isDigit(text.charAt(at))) {
                most = number();
                java.append(most);
                if (most < least) {
                    throw refused("invalid range {" + least + "," + most + "}");
                }
            }
        }
        if (!next("}")) {
            throw refused("'{' is not closed by '}'");
        }
        java.append('}');
        return most;
    }

    private long number() throws RefusedException {
        int start = at;
        while (!atEnd() && isDigit(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw refused("'{' without a number behind it; write \\{ for the character");
        }
        return at - start > 6 ? limited(Long.MAX_VALUE) : limited(Long.parseLong(text, start, at, 10));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private long atom() throws RefusedException {
        char c = text.charAt(at++);
        switch (c) {
            case '.' -> java.append("[^\\n\\r]");
            case '(' -> {
                return group();
            }
            case '[' -> bracket();
            case '\\' -> escape();
            default -> java.append(literal(c));
        }
        return 1;
    }

    private long group() throws RefusedException {
        if (next("?:")) {
            java.append("(?:");
            long states = alternatives();
            closeGroup();
            return states;
        }
        if (text.startsWith("?", at)) {
            throw refused("invalid '(?" + (at + 1 < text.length() ? text.substring(at + 1, at + 2) : "")
                    + "': only (?:…), (?=…) and (?!…) are known; no look-behind, no flags, no names");
        }
        int number = ++groups;
        java.append('(');
        long states = alternatives();
        closeGroup();
        closedGroups.set(number);
        return 2 + states;
    }

    private void escape() throws RefusedException {
        if (atEnd()) {
            throw refused("'\\' at the end");
        }
        char c = text.charAt(at);
        if (c >= '1' && c <= '9') {
            backReference();
        } else if (CLASSES.contains(c)) {
            at++;
            java.append('\\').append(c);
        } else {
            java.append(literal(escapedCharacter(false)));
        }
    }

    private void backReference() throws RefusedException {
        int start = at;
        while (!atEnd() && isDigit(text.charAt(at))) {
            at++;
        }
        int number = at - start > 4 ? Integer.MAX_VALUE : Integer.parseInt(text, start, at, 10);
        if (number > groups || !closedGroups.get(number)) {
            throw refused("\\" + text.substring(start, at) + " refers to a group that is not there or not closed");
        }
        // In Java \11 may mean group 1 and a 1.
        java.append("(?:\\").append(number).append(')');
    }

    /** The character that an escape stands for, from behind its backslash on. */
    private char escapedCharacter(boolean inBracket) throws RefusedException {
        char c = text.charAt(at++);
        int control = CONTROLS.indexOf(c);
        if (control >= 0 && (c != 'b' || inBracket)) {
            return CONTROL_CHARACTERS.charAt(control);
        }
        if (c == 'c') {
            if (atEnd()) {
                throw refused("'\\c' without a letter behind it");
            }
            return text.charAt(at++);
        }
        if (c == 'x' || c == 'u') {
            return hexadecimal(c == 'x' ? 2 : 4);
        }
        if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
            notes.add("'\\" + c + "' is not an escape in std::regex: GNU's library takes it for the letter " + c
                    + ", others refuse it");
        }
        return c;
    }

    private char hexadecimal(int digits) throws RefusedException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = atEnd() ? -1 : Character.digit(text.charAt(at++), 16);
            if (digit < 0) {
                throw refused("'\\" + (digits == 2 ? 'x' : 'u') + "' without " + digits
                        + " hexadecimal digits behind it");
            }
            value = 16 * value + digit;
        }
        return (char) (value & 0xff);
    }

    private void bracket() throws RefusedException {
        boolean negated = next("^");
        StringBuilder members = new StringBuilder();
        // The last single character, which a '-' may make the start of a range; -1 if there is none.
        int last = -1;
        while (!next("]")) {
            if (atEnd()) {
                throw refused("'[' is not closed by ']'");
            }
            if (next("[:")) {
                members.append(posixClass());
                last = -1;
            } else if (isClassEscape()) {
                members.append('\\').append(text.charAt(at + 1));
                at += 2;
                last = -1;
            } else if (last >= 0 && isRange()) {
                at++;
                char end = member();
                if (end < last) {
                    throw refused("invalid range " + (char) last + "-" + end + " in '[...]'");
                }
                members.append('-').append(literal(end));
                last = -1;
            } else {
                last = member();
                members.append(literal((char) last));
            }
        }
        java.append(members.isEmpty()
                ? negated ? "[\\s\\S]" : "(?!)"
                : (negated ? "[^" : "[") + members + "]");
    }

    /** Whether a '-' stands here and something other than the end of the class behind it. */
    private boolean isRange() throws RefusedException {
        if (!text.startsWith("-", at) || text.startsWith("-]", at)) {
            return false;
        }
        at++;
        boolean classBehind = isClassEscape() || text.startsWith("[:", at);
        at--;
        if (classBehind) {
            throw refused("a range in '[...]' ends in a class");
        }
        return true;
    }

    private boolean isClassEscape() {
        return at + 1 < text.length() && text.charAt(at) == '\\' && CLASSES.contains(text.charAt(at + 1));
    }

    private char member() throws RefusedException {
        for (String kind : new String[]{".", "="}) {
            if (next("[" + kind)) {
                return namedCharacter(kind);
            }
        }
        if (atEnd()) {
            throw refused("'[' is not closed by ']'");
        }
        char c = text.charAt(at++);
        if (c != '\\') {
            return c;
        }
        if (atEnd()) {
            throw refused("'\\' at the end");
        }
        if (text.charAt(at) >= '1' && text.charAt(at) <= '9') {
            throw refused("a back-reference in '[...]'");
        }
        return escapedCharacter(true);
    }

    private char namedCharacter(String kind) throws RefusedException {
        int end = text.indexOf(kind + "]", at);
        if (end != at + 1) {
            throw refused("'[" + kind + "' in '[...]' with anything but one character and '" + kind
                    + "]' behind it");
        }
        char c = text.charAt(at);
        at = end + 2;
        return c;
    }

    private String posixClass() throws RefusedException {
        int end = text.indexOf(":]", at);
        String name = end < 0 ? "" : text.substring(at, end).toLowerCase(Locale.ROOT);
        if (!POSIX.containsKey(name)) {
            throw refused(end < 0
                    ? "'[:' is not closed by ':]'"
                    : "unknown class '[:" + text.substring(at, end) + ":]'");
        }
        at = end + 2;
        return POSIX.get(name);
    }

    private static String literal(char c) {
        boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
        if (plain) {
            return Character.toString(c);
        }
        return c > ' ' && c < 0x7f ? "\\" + c : String.format("\\x%02x", (int) c);
    }

    private RefusedException refused(String reason) {
        return new RefusedException("not a regular expression of std::regex: " + reason);
    }
}
