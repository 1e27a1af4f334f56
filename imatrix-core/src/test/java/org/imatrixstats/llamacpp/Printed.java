package org.imatrixstats.llamacpp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tables that a program in C printed, and its way of printing numbers. */
final class Printed {
    private Printed() {
    }

    /**
     * The fields of the rows of the {@code number}-th table of a file: what follows the ruler up to an empty line,
     * without bars and percent signs.
     */
    static List<List<String>> table(Path file, int number) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        int rulers = 0;
        for (String line : Files.readAllLines(file)) {
            boolean ruler = line.startsWith("===") || line.startsWith("---");
            rulers += ruler ? 1 : 0;
            if (rulers == number && !ruler) {
                if (line.isBlank()) {
                    return rows;
                }
                rows.add(List.of(line.replaceAll("[|%]", " ").trim().split("\\s+")));
            }
        }
        return rows;
    }

    static boolean contains(Path file, String text) throws IOException {
        return Files.readString(file).contains(text);
    }

    /** Fails unless printf would have printed {@code value} as it stands in {@code printed}. */
    static void assertPrinted(String printed, double value, String what) {
        assertEquals(printed, printf(value, decimals(printed)), what);
    }

    private static int decimals(String printed) {
        return printed.length() - 1 - printed.indexOf('.');
    }

    /** {@code %.<decimals>f} of C: the exact value of the float, rounded half to even. */
    static String printf(double value, int decimals) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String digits = new BigDecimal(Math.abs(value)).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
        return Math.copySign(1, value) < 0 ? "-" + digits : digits;
    }
}
