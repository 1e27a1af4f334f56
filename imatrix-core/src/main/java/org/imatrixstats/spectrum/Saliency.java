package org.imatrixstats.spectrum;

import java.util.Arrays;
import java.util.List;

import org.imatrixstats.io.FormatException;

/**
 * How the saliency |w|·√E[x²] of a matrix, by which Wanda prunes, is spread over the weights of each row.
 *
 * @param scoreShare  for each of {@link #PERCENTS}, the share of Σ saliency in that many percent of each row, the least ones
 * @param energyShare the same of Σ saliency²
 * @param pairScore   share of Σ saliency in the two least of each four consecutive inputs; NaN where the columns are no
 *                    multiple of 4
 * @param pairEnergy  the same of Σ saliency²
 * @param topColumns  share of Σ saliency² in the strongest hundredth of the columns, at least one
 * @param sum         Σ saliency
 */
public record Saliency(double[] scoreShare, double[] energyShare, double pairScore, double pairEnergy,
        double topColumns, double sum) {
    public static final List<Integer> PERCENTS = List.of(10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99);
    /** How many times the mean saliency of a layer an outlier has. */
    public static final List<Integer> FACTORS = List.of(3, 5, 7, 10);
    private static final int GROUP = 4;
    private static final int PERCENT = 100;

    /** @param roots √E[x²] of each column */
    static Saliency of(MatrixValues matrix, double[] roots) throws FormatException {
        Sums sums = new Sums(matrix.columns());
        forEachRow(matrix, roots, sums::add);
        return sums.saliency();
    }

    /** How many weights have more than each of {@link #FACTORS} times this saliency. */
    static long[] outliers(MatrixValues matrix, double[] roots, double mean) throws FormatException {
        double[] limits = FACTORS.stream().mapToDouble(factor -> factor * mean).toArray();
        long[] outliers = new long[limits.length];
        forEachRow(matrix, roots, row -> {
            for (double each : row) {
                for (int i = 0; i < limits.length && each > limits[i]; i++) {
                    outliers[i]++;
                }
            }
        });
        return outliers;
    }

    @FunctionalInterface
    private interface Row {
        void take(double[] saliency);
    }

    private static void forEachRow(MatrixValues matrix, double[] roots, Row row) throws FormatException {
        int most = matrix.rowsAtOnce();
        int columns = matrix.columns();
        float[] values = new float[most * columns];
        double[] saliency = new double[columns];
        for (int first = 0; first < matrix.rows(); first += most) {
            int count = Math.min(most, matrix.rows() - first);
            matrix.read(first, count, values);
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < columns; j++) {
                    saliency[j] = Math.abs(values[i * columns + j]) * roots[j];
                }
                row.take(saliency);
            }
        }
    }

    private static final class Sums {
        private final double[] score = new double[PERCENTS.size() + 1];
        private final double[] energy = new double[PERCENTS.size() + 1];
        private final double[] columns;
        private double pairScore;
        private double pairEnergy;

        Sums(int columns) {
            this.columns = new double[columns];
        }

        void add(double[] row) {
            for (int j = 0; j < row.length; j++) {
                columns[j] += row[j] * row[j];
            }
            if (row.length % GROUP == 0) {
                addPairs(row);
            }
            Arrays.sort(row);
            int j = 0;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < score.length; i++) {
                int end = i == PERCENTS.size() ? row.length : (int) ((long) row.length * PERCENTS.get(i) / PERCENT);
                for (; j < end; j++) {
                    sum += row[j];
                    squares += row[j] * row[j];
                }
                score[i] += sum;
                energy[i] += squares;
            }
        }

        private void addPairs(double[] row) {
            for (int j = 0; j < row.length; j += GROUP) {
                double a = Math.min(row[j], row[j + 1]);
                double b = Math.max(row[j], row[j + 1]);
                double c = Math.min(row[j + 2], row[j + 3]);
                double d = Math.max(row[j + 2], row[j + 3]);
                double least = Math.min(a, c);
                double next = Math.min(Math.max(a, c), Math.min(b, d));
                pairScore += least + next;
                pairEnergy += least * least + next * next;
            }
        }

        Saliency saliency() {
            double sum = score[PERCENTS.size()];
            double squares = energy[PERCENTS.size()];
            Arrays.sort(columns);
            double top = 0;
            for (int j = columns.length - Math.max(1, columns.length / PERCENT); j < columns.length; j++) {
                top += columns[j];
            }
            boolean grouped = columns.length % GROUP == 0;
            return new Saliency(shares(score, sum), shares(energy, squares), grouped ? pairScore / sum : Double.NaN,
                    grouped ? pairEnergy / squares : Double.NaN, top / squares, sum);
        }

        private static double[] shares(double[] sums, double total) {
            return Arrays.stream(sums, 0, PERCENTS.size()).map(each -> each / total).toArray();
        }
    }
}
