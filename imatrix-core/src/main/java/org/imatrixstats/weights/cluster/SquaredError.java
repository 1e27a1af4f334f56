package org.imatrixstats.weights.cluster;

/**
 * The sum of the squared distances of any run of sorted values from its mean, in constant time: Σx² − (Σx)²/n from prefix
 * sums. The difference loses the digits that a narrow run far from zero needs, so that the sums and the difference are
 * kept in pairs of doubles (106 bits).
 */
final class SquaredError {
    private final double[] count;
    private final double[] sumHigh;
    private final double[] sumLow;
    private final double[] squaresHigh;
    private final double[] squaresLow;

    SquaredError(Distinct values) {
        int n = values.size();
        count = new double[n + 1];
        sumHigh = new double[n + 1];
        sumLow = new double[n + 1];
        squaresHigh = new double[n + 1];
        squaresLow = new double[n + 1];
        for (int i = 0; i < n; i++) {
            double x = values.value()[i];
            double times = values.occurrence()[i];
            count[i + 1] = count[i] + times;
            double product = x * times;
            add(sumHigh, sumLow, i, product, Math.fma(x, times, -product));
            double square = product * x;
            add(squaresHigh, squaresLow, i, square,
                    Math.fma(product, x, -square) + Math.fma(x, times, -product) * x);
        }
    }

    private static void add(double[] high, double[] low, int i, double xHigh, double xLow) {
        double sum = high[i] + xHigh;
        double rounded = sum - high[i];
        double error = high[i] - (sum - rounded) + (xHigh - rounded) + (low[i] + xLow);
        high[i + 1] = sum + error;
        low[i + 1] = error - (high[i + 1] - sum);
    }

    /** Of the values from..to (exclusive). */
    double of(int from, int to) {
        double n = count[to] - count[from];
        double aHigh = sumHigh[to];
        double bHigh = sumHigh[from];
        double s = aHigh - bHigh;
        double rounded = s - aHigh;
        double error = aHigh - (s - rounded) - (bHigh + rounded) + (sumLow[to] - sumLow[from]);
        double sum = s + error;
        double sumRest = error - (sum - s);

        double mean = sum / n;
        double meanRest = (Math.fma(-mean, n, sum) + sumRest) / n;
        double product = sum * mean;
        double productRest = Math.fma(sum, mean, -product) + (sum * meanRest + sumRest * mean);

        double cHigh = squaresHigh[to];
        double dHigh = squaresHigh[from];
        double q = cHigh - dHigh;
        double roundedSquares = q - cHigh;
        double squaresError = cHigh - (q - roundedSquares) - (dHigh + roundedSquares)
                + (squaresLow[to] - squaresLow[from]);
        double difference = q - product;
        double roundedDifference = difference - q;
        double differenceError = q - (difference - roundedDifference) - (product + roundedDifference);
        return Math.max(0, difference + (differenceError + squaresError - productRest));
    }
}
