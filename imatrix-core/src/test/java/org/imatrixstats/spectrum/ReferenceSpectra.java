package org.imatrixstats.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.imatrix.ReferenceFiles;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an independent program in numpy says (LAPACK, exact sums), within the tolerances at which two exact programs may
 * differ.
 */
final class ReferenceSpectra {
    /** Beyond this condition, and for a closer choice, exponents hang on the last bits of the least singular values. */
    private static final double WORST_CONDITION = 1e6;
    private static final double LEAST_GAP = 1e-7;

    private ReferenceSpectra() {
    }

    static JsonNode read(String name) throws IOException {
        try (InputStream json = new GZIPInputStream(
                Files.newInputStream(ReferenceFiles.testdata("spectrum/" + name + ".json.gz")))) {
            return JsonMapper.shared().readTree(json);
        }
    }

    static double[] doubles(JsonNode array) {
        return array.values().stream().mapToDouble(node -> node.isNull() ? Double.NaN : node.asDouble()).toArray();
    }

    /** A null is NaN. */
    static void assertClose(JsonNode expected, double actual, double relative, String where) {
        assertNotNull(expected, where + " is not in the reference");
        if (expected.isNull()) {
            assertEquals(Double.NaN, actual, where);
        } else {
            assertEquals(expected.asDouble(), actual, relative * Math.abs(expected.asDouble()) + 1e-300, where);
        }
    }

    static boolean comparable(double condition) {
        return condition < WORST_CONDITION;
    }

    static void assertExponents(JsonNode expected, Exponents actual, String where) {
        assertLaw(expected.get("none"), actual.none(), where + " none");
        assertLaw(expected.get("xmin_mid"), actual.mid(), where + " xmin_mid");
        assertLaw(expected.get("xmin_peak"), actual.peak(), where + " xmin_peak");
        assertLaw(expected.get("xmin_peak_linear"), actual.peakLinear(), where + " xmin_peak_linear");
        assertHill(expected.get("hill_half"), actual.half(), where + " hill_half");
        assertHill(expected.get("hill_tenth"), actual.tenth(), where + " hill_tenth");
    }

    private static void assertLaw(JsonNode expected, PowerLaw actual, String where) {
        if (expected.isNull()) {
            assertNull(actual, where);
            return;
        }
        assertNotNull(actual, where);
        JsonNode gap = expected.get("gap");
        if (gap != null && !gap.isNull() && gap.asDouble() <= LEAST_GAP) {
            return;
        }
        assertEquals(expected.get("start").asInt(), actual.start(), where + " start");
        assertClose(expected.get("alpha"), actual.alpha(), 1e-6, where + " alpha");
        assertClose(expected.get("D"), actual.distance(), 1e-6, where + " D");
        assertClose(expected.get("sigma"), actual.sigma(), 1e-6, where + " sigma");
        if (gap != null && !gap.isNull()) {
            assertEquals(gap.asDouble(), actual.gap(), 1e-6, where + " gap");
        }
        if (expected.has("x_peak")) {
            assertClose(expected.get("x_peak"), actual.peak(), 1e-9, where + " x_peak");
        }
    }

    private static void assertHill(JsonNode expected, Hill actual, String where) {
        if (expected.isNull()) {
            assertNull(actual, where);
            return;
        }
        assertNotNull(actual, where);
        assertEquals(expected.get("k").asInt(), actual.k(), where + " k");
        assertClose(expected.get("alpha"), actual.alpha(), 1e-6, where + " alpha");
    }
}
