package org.imatrixstats.app.option;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** Names that a user may give: the one that was meant, or a message that lists the valid ones and the nearest. */
public final class Names {
    private Names() {
    }

    public static <T> T find(String given, List<T> valid, Function<? super T, String> name, String what,
            CommandLine command) {
        return valid.stream().filter(each -> name.apply(each).equals(given)).findFirst()
                .orElseThrow(() -> new ParameterException(command,
                        unknown(given, valid.stream().map(name).distinct().toList(), what)));
    }

    public static String unknown(String given, List<String> valid, String what) {
        return "unknown " + what + " '" + given + "'" + suggestion(given, valid) + " Valid: "
                + String.join(", ", valid);
    }

    /** What to add to a sentence about a name that is none of the valid ones. */
    public static String suggestion(String given, List<String> valid) {
        return valid.stream().min(Comparator.comparingInt(name -> distance(given, name)))
                .filter(nearest -> distance(given, nearest) < given.length())
                .map(nearest -> ", did you mean '" + nearest + "'?").orElse(".");
    }

    /** Levenshtein distance. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
