package org.imatrixstats.recipe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.RefusedException;

/**
 * D(type): the relative squared error Σ w·(x − Q(x))² / Σ w·x² that a type makes.
 *
 * @param source  where the figures are from
 * @param guided  with an importance matrix, by type
 * @param unguided without one; types that cannot do without are not there
 */
public record Distortion(String source, Map<GgmlType, Double> guided, Map<GgmlType, Double> unguided) {
    /**
     * The columns of the measurement that stand for tensors with and without an entry. With: normal weights, log-normal
     * importances (σ = 1), the error weighted by these, which is what an importance matrix minimises and resembles
     * activations; with a uniform matrix the error would not be. Without: normal weights and nothing else.
     */
    private static final String GUIDED = "gauss_lognormal_imatrix_weighted";
    private static final String UNGUIDED = "gauss_plain";

    /** What was measured on the quantizer of a dialect: {@code distortion-*.tsv} beside this class. */
    public static Distortion measured(Dialect dialect) {
        String name = "distortion-" + dialect.name() + ".tsv";
        Map<GgmlType, Double> guided = new EnumMap<>(GgmlType.class);
        Map<GgmlType, Double> unguided = new EnumMap<>(GgmlType.class);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Distortion.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
            List<String> columns = List.of(lines.readLine().split("\t"));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split("\t");
                GgmlType type = named(cells[0]);
                put(guided, type, cells[columns.indexOf(GUIDED)]);
                put(unguided, type, cells[columns.indexOf(UNGUIDED)]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Not in the measurement: no quantizer rounds them.
        guided.put(GgmlType.F32, 0.0);
        unguided.put(GgmlType.F32, 0.0);
        return new Distortion("measured with llama-quantize of " + dialect.name() + " on normal weights", guided,
                unguided);
    }

    private static GgmlType named(String name) {
        for (GgmlType type : GgmlType.values()) {
            if (type.ggmlName().equals(name) || name.equals("q1_0_g128") && type == GgmlType.Q1_0) {
                return type;
            }
        }
        throw new IllegalStateException("no type " + name);
    }

    private static void put(Map<GgmlType, Double> values, GgmlType type, String cell) {
        if (!cell.equals("-")) {
            values.put(type, Double.valueOf(cell));
        }
    }

    /**
     * Measured by the user: columns {@code type,value}, for tensors with and without an entry alike.
     *
     * @throws IOException if the file is not such a table or names a type that the dialect does not have
     */
    public static Distortion read(ByteSource file, Dialect dialect) throws IOException {
        Csv csv = Csv.read(file);
        csv.require(List.of("type", "value"));
        Map<GgmlType, Double> values = new EnumMap<>(GgmlType.class);
        for (Csv.Row row : csv.rows()) {
            GgmlType type = type(csv, row, dialect);
            if (values.put(type, csv.value(row, "value")) != null) {
                throw csv.fault(row, "a second value for " + csv.text(row, "type"));
            }
        }
        return new Distortion(file.name(), values, values);
    }

    static GgmlType type(Csv csv, Csv.Row row, Dialect dialect) throws IOException {
        try {
            return dialect.type(csv.text(row, "type"));
        } catch (RefusedException e) {
            throw csv.fault(row, e.getMessage());
        }
    }

    /** D of a type; NaN if it is not known. */
    public double of(GgmlType type, boolean hasEntry) {
        Map<GgmlType, Double> values = hasEntry ? guided : unguided;
        Double value = values.containsKey(type) ? values.get(type) : values.get(unpacked(type));
        return value == null ? Double.NaN : value;
    }

    /** Types stored by several rows at once hold the same values as those that are not. */
    private static GgmlType unpacked(GgmlType type) {
        String name = type.ggmlName().replaceFirst("_r(4|8|16)$", "").toLowerCase(Locale.ROOT);
        for (GgmlType other : GgmlType.values()) {
            if (other.ggmlName().toLowerCase(Locale.ROOT).equals(name)) {
                return other;
            }
        }
        return type;
    }
}
