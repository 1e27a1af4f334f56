package org.imatrixstats.imatrix.quantize;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The name that was probably meant. */
final class Nearest {
    private Nearest() {
    }

    /** {@code , did you mean 'NAME'?} */
    static String suggestion(String given, List<String> names) {
        String nearest = names.stream().min(Comparator.comparingInt((String name) -> distance(given, name))
                .thenComparing(name -> -commonStart(given, name))).orElseThrow();
        return ", did you mean '" + nearest + "'?";
    }

    private static int commonStart(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    /** Levenshtein distance; another case of a letter counts half as much as another letter. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = 2 * j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = 2 * i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + cost(a.substring(i - 1, i), b.substring(j - 1, j));
                diagonal = row[j];
                row[j] = Math.min(substituted, 2 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static int cost(String a, String b) {
        return a.equals(b) ? 0 : a.toLowerCase(Locale.ROOT).equals(b.toLowerCase(Locale.ROOT)) ? 1 : 2;
    }
}
