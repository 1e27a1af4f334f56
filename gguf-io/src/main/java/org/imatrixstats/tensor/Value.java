package org.imatrixstats.tensor;

import java.math.BigInteger;

/** One element of a tensor, exactly as it is stored. */
public sealed interface Value {
    record Real(double value) implements Value {
    }

    record Whole(BigInteger value) implements Value {
        static Whole of(long value) {
            return new Whole(BigInteger.valueOf(value));
        }
    }

    record Truth(boolean value) implements Value {
    }

    record Complex(double real, double imaginary) implements Value {
    }
}
