package org.imatrixstats.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounding against BigDecimal, which holds a double exactly. */
class NumbersTest {
    private static void assertRounded(double value, int decimals) {
        String expected = new BigDecimal(value).abs().setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
        assertEquals((Math.copySign(1, value) < 0 ? "-" : "") + expected, Numbers.fixed(value, decimals),
                () -> Double.toHexString(value) + " with " + decimals + " decimals");
    }

    @Test
    void roundsAnyDoubleExactly() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double anyBits = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(anyBits) && Math.abs(anyBits) < 1e60) {
                assertRounded(anyBits, i % 13);
            }
            assertRounded((random.nextDouble() - 0.5) * Math.pow(10, i % 20 - 4), i % 13);
        }
    }

    @Test
    void roundsTiesToEven() {
        // n + 1/2, n + 1/4 and so on are exact in binary: halfway between two numbers of fewer decimals.
        for (long n = 0; n < 2000; n++) {
            for (int digits = 1; digits <= 6; digits++) {
                double tie = n + Math.scalb(1.0, -digits);
                for (int decimals = 0; decimals <= digits; decimals++) {
                    assertRounded(tie, decimals);
                    assertRounded(-Math.nextUp(tie), decimals);
                    assertRounded(Math.nextDown(tie), decimals);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p-84, 0x1p-85,
        0x1p-30, 0.5, 1.5, 2.5, 0x1p52, 0x1p53, 0x1p62, 0x1p63, 9.2e18, 4611686018.4273879, 4.611686018427388e18,
        9007199254740993.0, 1e22, Double.MAX_VALUE, 999999.9999995, 0.9999999995, 1e-10, 123456789.123456789})
    void roundsAtTheEdges(double value) {
        for (int decimals = 0; decimals <= 12; decimals++) {
            assertRounded(value, decimals);
            assertRounded(-value, decimals);
            assertRounded(Math.nextUp(value) == Double.POSITIVE_INFINITY ? value : Math.nextUp(value), decimals);
        }
    }

    @Test
    void namesWhatIsNoNumberAsPrintfDoes() {
        assertEquals("nan", Numbers.fixed(Double.NaN, 2));
        assertEquals("inf", Numbers.fixed(Double.POSITIVE_INFINITY, 2));
        assertEquals("-inf", Numbers.fixed(Double.NEGATIVE_INFINITY, 2));
    }

    @ParameterizedTest
    @CsvSource({"12345, 1.23e4", "-0.00012345, -1.23e-4", "9.999e9, 1.00e10", "1e-300, 1.00e-300", "1.5e300, 1.50e300",
        "4.9e-324, 4.94e-324", "0, 0.00e0"})
    void scientificHasADigitBeforeThePoint(double value, String text) {
        assertEquals(text, Numbers.scientific(value, 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "999, 999", "1000, '1,000'", "1234567, '1,234,567'", "-999, -999", "-1000, '-1,000'",
        "-123456, '-123,456'"})
    void groupsThousands(long number, String text) {
        assertEquals(text, Numbers.grouped(number));
    }
}
