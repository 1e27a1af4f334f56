package org.imatrixstats.plan;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression as {@code std::regex} of C++ takes it: the grammar of ECMAScript 3 with POSIX classes, by bytes, in
 * the C locale. What GNU's library accepts is the measure, since the programs are mostly built with it.
 */
public final class EcmaScriptPattern {
    /** More characters looked at than any sane pattern needs for a name of 63. */
    private static final int MOST_STEPS = 500_000;

    private static final Found AT_THE_START = new Found(0, 0);

    private final String text;
    private final Pattern pattern;
    private final List<String> notes;
    private final AtomicLong steps = new AtomicLong();
    /** Where it was found; a plan asks several times. Names without it are too many to keep for a rule per tensor. */
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    private EcmaScriptPattern(String text, Pattern pattern, List<String> notes) {
        this.text = text;
        this.pattern = pattern;
        this.notes = List.copyOf(notes);
    }

    /**
     * Compiles a pattern.
     *
     * @throws RefusedException if std::regex would not
     */
    public static EcmaScriptPattern of(String text) throws RefusedException {
        EcmaScriptTranslator translator = new EcmaScriptTranslator(bytes(text));
        return new EcmaScriptPattern(text, Pattern.compile(translator.translate()), translator.notes());
    }

    /** Letters of ASCII only, as the C locale has it. */
    public static String lowerCase(String pattern) {
        StringBuilder lower = new StringBuilder(pattern);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return lower.toString();
    }

    /** One character per byte of UTF-8. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Whether the pattern is found anywhere in a name. */
    public boolean occursIn(String name) throws RefusedException {
        return find(name).isPresent();
    }

    /** Where in a name the pattern is found first: from a byte to before another. */
    record Found(int start, int end) {
    }

    Optional<Found> find(String name) throws RefusedException {
        Found known = text.isEmpty() ? AT_THE_START : found.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Found> searched = search(name);
        searched.ifPresent(place -> found.put(name, place));
        return searched;
    }

    private Optional<Found> search(String name) throws RefusedException {
        Counted counted = new Counted(bytes(name));
        try {
            Matcher matcher = pattern.matcher(counted);
            return matcher.find() ? Optional.of(new Found(matcher.start(), matcher.end())) : Optional.empty();
        } catch (TooManySteps | StackOverflowError e) {
            throw new RefusedException("pattern " + RefusedException.quoted(text) + " takes too long on '" + name
                    + "': nested repetitions such as (a+)+ or (a|a)* have too many ways to match. Rewrite the pattern without them");
        } finally {
            steps.addAndGet(counted.steps);
        }
    }

    /** Characters looked at so far, in all names. */
    long steps() {
        return steps.get();
    }

    /** As it is matched: llama.cpp puts it in lower case. */
    public String text() {
        return text;
    }

    /** What means something else in std::regex than it does elsewhere, or not the same in all libraries. */
    List<String> notes() {
        return notes;
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super(null, null, false, false);
        }
    }

    /** Counts how often a character is looked at: a matcher in trouble does little else. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int steps;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
