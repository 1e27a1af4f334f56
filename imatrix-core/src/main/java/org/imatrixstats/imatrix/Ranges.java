package org.imatrixstats.imatrix;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.SortedSet;
import java.util.stream.IntStream;

/** Numbers of layers and experts for people: {@code 0-2, 5, 7-9}. */
public final class Ranges {
    /** More say nothing to a reader. */
    private static final int MOST = 16;

    private final List<String> ranges = new ArrayList<>();

    private Ranges() {
    }

    /** @param numbers in ascending order, at least one */
    public static String of(IntStream numbers) {
        Ranges ranges = new Ranges();
        PrimitiveIterator.OfInt all = numbers.iterator();
        int first = all.hasNext() ? all.nextInt() : 0;
        int last = first;
        while (all.hasNext()) {
            int number = all.nextInt();
            if (number > last + 1) {
                ranges.add(first, last);
                first = number;
            }
            last = number;
        }
        ranges.add(first, last);
        return ranges.toString();
    }

    /** What is in the set. */
    public static String of(SortedSet<Integer> numbers) {
        return of(numbers.stream().mapToInt(Integer::intValue));
    }

    /** What is missing from 0 to the last of the numbers, which come from a file: never counted one by one. */
    public static String missingFrom(SortedSet<Integer> numbers) {
        Ranges ranges = new Ranges();
        int expected = 0;
        for (int number : numbers) {
            if (number > expected) {
                ranges.add(expected, number - 1);
            }
            expected = number + 1;
        }
        return ranges.toString();
    }

    private void add(int first, int last) {
        if (ranges.size() < MOST) {
            ranges.add(first == last ? "" + first : first + "-" + last);
        } else if (ranges.size() == MOST) {
            ranges.add("…");
        }
    }

    @Override
    public String toString() {
        return String.join(", ", ranges);
    }
}
