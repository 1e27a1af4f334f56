package org.imatrixstats.app.output;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/** Numbers as text. All rounding is that of the exact binary value, half to even, as C's printf rounds. */
public final class Numbers {
    private static final int MOST_FAST_DECIMALS = 9;

    private Numbers() {
    }

    /** What C's {@code %.<decimals>f} prints. */
    public static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        double magnitude = Math.abs(value);
        String digits = decimals <= MOST_FAST_DECIMALS && magnitude * Math.pow(10, decimals) < 1L << 62
                ? point(scaled(magnitude, decimals), decimals)
                : new BigDecimal(magnitude).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
        return Math.copySign(1, value) < 0 ? "-" + digits : digits;
    }

    /**
     * magnitude · 10^decimals, rounded half to even: as BigDecimal does it, without the time that its first use takes.
     * The double is mantissa · 2^−shift; mantissa · 10^decimals has up to 83 bits.
     */
    private static long scaled(double magnitude, int decimals) {
        long bits = Double.doubleToRawLongBits(magnitude);
        int exponent = Math.max(1, (int) (bits >>> 52));
        long mantissa = bits & (1L << 52) - 1 | (bits >>> 52 == 0 ? 0 : 1L << 52);
        int shift = 1075 - exponent;
        long power = 1;
        for (int i = 0; i < decimals; i++) {
            power *= 10;
        }
        if (shift <= 0) {
            return (mantissa << -shift) * power;
        }
        if (shift > 84) {
            return 0;
        }
        long high = Math.multiplyHigh(mantissa, power);
        long low = mantissa * power;
        long quotient = shift < 64 ? high << 64 - shift | low >>> shift : high >>> shift - 64;
        long restHigh = shift <= 64 ? 0 : high & (1L << shift - 64) - 1;
        long restLow = shift < 64 ? low & (1L << shift) - 1 : low;
        long halfHigh = shift <= 64 ? 0 : 1L << shift - 65;
        long halfLow = shift <= 64 ? 1L << shift - 1 : 0;
        int againstHalf = restHigh != halfHigh
                ? Long.compareUnsigned(restHigh, halfHigh)
                : Long.compareUnsigned(restLow, halfLow);
        return againstHalf > 0 || againstHalf == 0 && (quotient & 1) == 1 ? quotient + 1 : quotient;
    }

    private static String point(long scaled, int decimals) {
        String digits = Long.toString(scaled);
        if (decimals == 0) {
            return digits;
        }
        String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
        int point = padded.length() - decimals;
        return padded.substring(0, point) + "." + padded.substring(point);
    }

    /** A number with this many digits after the first, and an exponent. */
    public static String scientific(double value, int decimals) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(decimals + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        return fixed(rounded.scaleByPowerOfTen(-exponent).doubleValue(), decimals) + "e" + exponent;
    }

    /**
     * A number with this many significant digits, without an exponent unless it is below a billionth; 0 as it is.
     */
    public static String significant(double value, int digits) {
        if (value == 0 || !Double.isFinite(value)) {
            return fixed(value, 0);
        }
        if (Math.abs(value) < 1e-9) {
            return scientific(value, digits - 1);
        }
        return new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN)).toPlainString();
    }

    /** A number as a user wrote it: its shortest form, without an exponent. */
    public static String plain(double value) {
        String digits = BigDecimal.valueOf(value).toPlainString();
        return digits.contains(".") ? digits.replaceAll("\\.?0+$", "") : digits;
    }

    /** A whole number with commas between thousands. */
    public static String grouped(long number) {
        StringBuilder digits = new StringBuilder(Long.toString(number));
        for (int i = digits.length() - 3; i > (number < 0 ? 1 : 0); i -= 3) {
            digits.insert(i, ',');
        }
        return digits.toString();
    }

    public static String count(long number, String noun) {
        return grouped(number) + " " + (number == 1 ? noun : noun + "s");
    }

    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return count(bytes, "byte");
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < 3) {
            size /= 1024;
            unit++;
        }
        return fixed(size, 1) + " " + List.of("KiB", "MiB", "GiB", "TiB").get(unit);
    }
}
