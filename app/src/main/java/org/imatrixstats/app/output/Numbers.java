package org.imatrixstats.app.output;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as text. All rounding is that of the exact binary value, half to even, as C's printf rounds. */
final class Numbers {
    private Numbers() {
    }

    /** What C's {@code %.<decimals>f} prints. */
    static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        String digits = new BigDecimal(Math.abs(value)).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
        return Math.copySign(1, value) < 0 ? "-" + digits : digits;
    }

    /** A number with this many digits after the first, and an exponent. */
    static String scientific(double value, int decimals) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(decimals + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        return fixed(rounded.scaleByPowerOfTen(-exponent).doubleValue(), decimals) + "e" + exponent;
    }
}
