package org.imatrixstats.recipe.residual;

import java.util.EnumMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.csv.Decimal;
import org.imatrixstats.io.FormatException;

/**
 * What {@code llama-imatrix --layer-similarity} of ik_llama.cpp prints at its end, among the other lines of a log:
 *
 * <pre>
 * ======================== sorted layer importances
 *   0: Layer   0, &lt;cos_sim&gt; = 0.147234
 *   1: Layer   2, &lt;cos_sim&gt; = 0.338908
 *
 * ======================== sorted attention importances
 * </pre>
 *
 * and {@code sorted ffn importances}. The mean cosine, over tokens, of the angle between the normalised input of a layer
 * (attention, FFN) and that of what follows it. Tables that hold nothing are not printed. Older versions lack the last layer
 * in those of layers and FFNs.
 */
final class LayerSimilarityLog {
    private static final Pattern HEADING = Pattern.compile("sorted (layer|attention|ffn) importances\\s*$");
    private static final Pattern LIKE_A_ROW = Pattern.compile("<cos_sim>|^\\s*\\d+: Layer\\b");
    private static final Pattern ROW = Pattern.compile("^\\s*(\\d{1,9}): Layer +(\\d{1,9}), <cos_sim> = (\\S+)\\s*$");

    private enum Table {
        LAYER, ATTENTION, FFN
    }

    private final String file;
    private final Map<Table, SortedMap<Integer, Double>> tables = new EnumMap<>(Table.class);
    private Table current;
    private int number;

    private LayerSimilarityLog(String file) {
        this.file = file;
    }

    /** Whether a text has a line of such a table. */
    static boolean isOne(String text) {
        return text.lines().anyMatch(line -> HEADING.matcher(line).find() || LIKE_A_ROW.matcher(line).find());
    }

    /** @throws FormatException with the line that is not as the program writes it */
    static SortedMap<Integer, LayerScore> read(String file, String text) throws FormatException {
        return new LayerSimilarityLog(file).scores(text);
    }

    private SortedMap<Integer, LayerScore> scores(String text) throws FormatException {
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext();) {
            number++;
            read(lines.next());
        }
        SortedSet<Integer> layers = new TreeSet<>();
        tables.values().forEach(table -> layers.addAll(table.keySet()));
        if (layers.isEmpty()) {
            throw new FormatException(file, "has a heading '... importances' and no line '0: Layer 0, <cos_sim> = ...'"
                    + " after it: was the log cut short?");
        }
        SortedMap<Integer, LayerScore> scores = new TreeMap<>();
        layers.forEach(layer -> scores.put(layer,
                new LayerScore(value(Table.LAYER, layer), value(Table.ATTENTION, layer),
                        value(Table.FFN, layer))));
        return scores;
    }

    private double value(Table table, int layer) {
        return tables.containsKey(table) ? tables.get(table).getOrDefault(layer, Double.NaN) : Double.NaN;
    }

    private void read(String line) throws FormatException {
        Matcher heading = HEADING.matcher(line);
        if (heading.find()) {
            current = Table.valueOf(heading.group(1).toUpperCase(Locale.ROOT));
            if (tables.put(current, new TreeMap<>()) != null) {
                throw fault("a second table of " + heading.group(1)
                        + " importances: the log holds two runs or two models, leave one of them in");
            }
        } else if (LIKE_A_ROW.matcher(line).find()) {
            add(line);
        }
    }

    private void add(String line) throws FormatException {
        Matcher row = ROW.matcher(line);
        if (!row.find()) {
            throw fault("'" + line.strip() + "', expected a line such as '  0: Layer   0, <cos_sim> = 0.147234'");
        }
        if (current == null) {
            throw fault("a similarity before any heading, expected '======================== sorted layer importances'"
                    + " above it");
        }
        SortedMap<Integer, Double> table = tables.get(current);
        if (Integer.parseInt(row.group(1)) != table.size()) {
            throw fault("number " + row.group(1) + " follows " + table.size() + " lines of its table, expected "
                    + table.size() + ": lines are missing");
        }
        if (table.put(Integer.parseInt(row.group(2)), similarity(row.group(3))) != null) {
            throw fault("layer " + row.group(2) + " for the second time in its table");
        }
    }

    private double similarity(String text) throws FormatException {
        double value = Decimal.parse(text);
        if (!LayerScore.isSimilarity(value)) {
            throw fault("the similarity is '" + text + "', expected a number from -1 to 1");
        }
        return value;
    }

    private FormatException fault(String reason) {
        return new FormatException(file, "line " + number + ": " + reason);
    }
}
