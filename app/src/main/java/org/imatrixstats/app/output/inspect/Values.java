package org.imatrixstats.app.output.inspect;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.tensor.Value;

/** Values of tensors as text. */
final class Values {
    private static final int DIGITS = 5;

    private Values() {
    }

    static String joined(List<Value> values, String between, Function<Value, String> text) {
        return values.stream().map(text).collect(Collectors.joining(between));
    }

    /** All digits that tell a value from its neighbours. */
    static String exact(Value value) {
        return switch (value) {
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(var whole) -> whole.toString();
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
            case Value.Complex(double real, double imaginary) -> real + (imaginary < 0 ? "" : "+") + imaginary + "i";
        };
    }

    /** A few digits. */
    static String rounded(Value value) {
        return switch (value) {
            case Value.Real(double real) -> rounded(real);
            case Value.Complex(double real, double imaginary) ->
                rounded(real) + (imaginary < 0 ? "" : "+") + rounded(imaginary) + "i";
            default -> exact(value);
        };
    }

    private static String rounded(double real) {
        if (!Double.isFinite(real)) {
            return Double.isNaN(real) ? "NaN" : real > 0 ? "inf" : "-inf";
        }
        double magnitude = Math.abs(real);
        return real != 0 && (magnitude >= 1e6 || magnitude < 1e-4)
                ? Numbers.scientific(real, DIGITS - 1)
                : Numbers.significant(real, DIGITS);
    }
}
