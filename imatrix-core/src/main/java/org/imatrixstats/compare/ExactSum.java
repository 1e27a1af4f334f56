package org.imatrixstats.compare;

import java.math.BigInteger;

/** A sum of products of integers to the last bit, in 128 bits; their order does not matter. */
final class ExactSum {
    private long high;
    private long low;

    /** The squares of n numbers from −(n − 1) to n − 1 in steps of 2. */
    static ExactSum ofSquares(long n) {
        ExactSum sum = new ExactSum();
        boolean third = (n + 1) % 3 == 0;
        sum.addProduct(third ? n * (n - 1) : n * (n - 1) / 3, third ? (n + 1) / 3 : n + 1);
        return sum;
    }

    void addProduct(long x, long y) {
        add(Math.multiplyHigh(x, y), x * y);
    }

    void add(long x) {
        add(x >> Long.SIZE - 1, x);
    }

    private void add(long otherHigh, long otherLow) {
        low += otherLow;
        high += otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
    }

    double value() {
        BigInteger lower = BigInteger.valueOf(low);
        return BigInteger.valueOf(high + (low < 0 ? 1 : 0)).shiftLeft(Long.SIZE).add(lower).doubleValue();
    }
}
