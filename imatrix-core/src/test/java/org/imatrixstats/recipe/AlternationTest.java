package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlternationTest {
    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = { //
        "7 -> 7", //
        "12 -> 12", //
        "0 1 2 3 28 29 30 -> ([0-3]|2[89]|30)", //
        "0 1 -> [01]", //
        "0 1 2 3 4 5 6 7 8 9 -> [0-9]", //
        "10 20 30 -> [1-3]0", //
        "1 10 -> 10?", //
        "11 12 21 22 -> [12][12]", //
        "8 9 10 11 -> ([89]|1[01])", //
        "99 100 101 -> (99|10[01])"})
    void numbersByLengthWithClassesForDigits(String numbers, String expression) {
        assertEquals(expression,
                Alternation.ofNumbers(List.of(numbers.split(" ")).stream().map(Integer::parseInt).toList()));
    }

    @Test
    void allNumbersOfAModelAreShort() {
        assertEquals("([0-9]|[12][0-9]|3[01])",
                Alternation.ofNumbers(IntStream.range(0, 32).boxed().toList()));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = { //
        "ffn_gate ffn_up -> ffn_(gate|up)", //
        "ffn_gate_exps ffn_up_exps -> ffn_(gate|up)_exps", //
        "attn_k attn_q attn_output -> attn_([kq]|output)", //
        "ffn_gate ffn_gate_inp -> ffn_gate(_inp)?", //
        "attn_k ffn_up -> (attn_k|ffn_up)", //
        "a.b+c -> a\\.b\\+c", //
        "Up -> \\x55p", //
        "attn_K attn_Q attn_q attn_v -> attn_[\\x4b\\x51qv]", //
        "a,b A=b -> (\\x41\\x3db|a\\x2cb)", //
        "a- a-A a-B -> a-[\\x41\\x42]?", //
        "ä.w ö.w -> \\xc3(\\xa4|\\xb6)\\.w", //
        "\u202e😀 -> \\xe2\\x80\\xae\\xf0\\x9f\\x98\\x80"})
    void wordsShareWhatTheyHaveInCommon(String words, String expression) {
        assertEquals(expression, Alternation.of(List.of(words.split(" "))));
    }

    @Test
    void matchesExactlyTheNumbers() {
        Random random = new Random(200);
        for (int run = 0; run < 3_000; run++) {
            SortedSet<Integer> numbers = new TreeSet<>();
            int upTo = 1 + random.nextInt(200);
            double share = random.nextDouble();
            IntStream.range(0, upTo).filter(_ -> random.nextDouble() < share).forEach(numbers::add);
            numbers.add(random.nextInt(upTo));
            Pattern pattern = Pattern.compile("^blk\\." + Alternation.ofNumbers(numbers) + "\\.x$");
            SortedSet<Integer> matched = new TreeSet<>();
            IntStream.range(0, 1200).filter(n -> pattern.matcher("blk." + n + ".x").find()).forEach(matched::add);
            assertEquals(numbers, matched, pattern.pattern());
            assertTrue(pattern.pattern().matches("[^A-Z,= {}]*"), pattern.pattern());
        }
    }

    /** Words over a small alphabet share beginnings, ends and each other. */
    @Test
    void matchesExactlyTheWords() {
        Random random = new Random(201);
        String alphabet = "ab_.-]+";
        for (int run = 0; run < 3_000; run++) {
            SortedSet<String> words = new TreeSet<>();
            SortedSet<String> others = new TreeSet<>();
            for (int i = 0; i < 40; i++) {
                StringBuilder word = new StringBuilder();
                for (int length = 1 + random.nextInt(4); length > 0; length--) {
                    word.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                (words.isEmpty() || random.nextInt(8) == 0 ? words : others).add(word.toString());
            }
            others.removeAll(words);
            Pattern pattern = Pattern.compile("^x" + Alternation.of(words) + "y$");
            assertTrue(words.stream().allMatch(word -> pattern.matcher("x" + word + "y").find()), pattern.pattern());
            assertTrue(others.stream().noneMatch(word -> pattern.matcher("x" + word + "y").find()),
                    pattern.pattern());
        }
    }
}
