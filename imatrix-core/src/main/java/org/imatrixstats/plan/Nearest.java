package org.imatrixstats.plan;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The name that was probably meant. */
final class Nearest {
    private Nearest() {
    }

    /** {@code , did you mean 'NAME'?}, or all names if none is like it. */
    static String suggestion(String given, List<String> names) {
        String nearest = nearest(given, names);
        return distance(given, nearest) <= Math.max(given.length(), nearest.length())
                ? ", did you mean '" + nearest + "'?"
                : "; there are " + String.join(", ", names);
    }

    static String nearest(String given, List<String> names) {
        return names.stream().min(Comparator.comparing((String name) -> !name.equalsIgnoreCase(given))
                .thenComparingInt(name -> distance(given, name))
                .thenComparing(name -> -commonStart(given, name))).orElseThrow();
    }

    private static int commonStart(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    /**
     * Twice the Levenshtein distance, but only once what is easily mistaken: another case of a letter, and a '_' too many
     * or too few.
     */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 1; j <= b.length(); j++) {
            row[j] = row[j - 1] + cost(b.charAt(j - 1));
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] += cost(a.charAt(i - 1));
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + cost(a.substring(i - 1, i), b.substring(j - 1, j));
                diagonal = row[j];
                row[j] = Math.min(substituted,
                        Math.min(row[j] + cost(a.charAt(i - 1)), row[j - 1] + cost(b.charAt(j - 1))));
            }
        }
        return row[b.length()];
    }

    private static int cost(char addedOrLeftOut) {
        return addedOrLeftOut == '_' ? 1 : 2;
    }

    private static int cost(String a, String b) {
        return a.equals(b) ? 0 : a.toLowerCase(Locale.ROOT).equals(b.toLowerCase(Locale.ROOT)) ? 1 : 2;
    }
}
