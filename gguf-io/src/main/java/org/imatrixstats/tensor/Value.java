package org.imatrixstats.tensor;

import java.math.BigInteger;

/** One element of a tensor, exactly as it is stored. */
public sealed interface Value {
    /** A float of any type; float64 holds each exactly. */
    record Real(double value) implements Value {
    }

    /** An integer. */
    record Whole(BigInteger value) implements Value {
        static Whole of(long value) {
            return new Whole(BigInteger.valueOf(value));
        }
    }

    /** True or false. */
    record Truth(boolean value) implements Value {
    }

    /** A complex number. */
    record Complex(double real, double imaginary) implements Value {
    }
}
