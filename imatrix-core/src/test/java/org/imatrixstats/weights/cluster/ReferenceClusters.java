package org.imatrixstats.weights.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import tools.jackson.databind.JsonNode;

/** Clusters against those of an independent program, as exactly as two exact programs must agree. */
public final class ReferenceClusters {
    private static final double RELATIVE = 1e-9;
    /** Below it another partition is as good. */
    private static final double LEAST_MARGIN = 1e-9;

    private ReferenceClusters() {
    }

    public static void assertAgree(JsonNode expected, Clusters actual, String where) {
        assertEquals(expected.get("sample_size").asInt(), actual.sampleSize(), where);
        assertEquals(expected.get("sample_distinct").asInt(), actual.sampleDistinct(), where);
        assertEquals(expected.get("sha256").asString(), actual.sha256(), where);
        if (expected.get("sample_mean").isNull()) {
            assertEquals(Double.NaN, actual.sampleMean(), where);
        } else {
            assertNear(expected.get("sample_mean").asDouble(), actual.sampleMean(), 1e-300, where + " sample_mean");
        }
        if (expected.get("best_k").isNull()) {
            assertNull(actual.best(), where);
            return;
        }
        assertEquals(expected.get("by_k").size(), actual.byK().size(), where);
        boolean unique = true;
        for (int i = 0; i < actual.byK().size(); i++) {
            JsonNode row = expected.get("by_k").get(i);
            Clusters.OfK ofK = actual.byK().get(i);
            String k = where + " k = " + ofK.k();
            assertEquals(row.get("k").asInt(), ofK.k(), where);
            assertNear(row.get("wcss").asDouble(), ofK.wcss(), 1e-300, k + " wcss");
            if (isUnique(row)) {
                assertNear(row.get("silhouette").asDouble(), ofK.silhouette(), 1e-12, k + " silhouette");
            } else {
                unique = false;
            }
        }
        assertBest(expected, actual, unique, where);
    }

    /** Whether no other partition is as good. */
    private static boolean isUnique(JsonNode row) {
        JsonNode margin = row.get("margin");
        return margin.isNull() || margin.isString() || margin.asDouble() > LEAST_MARGIN;
    }

    private static void assertBest(JsonNode expected, Clusters actual, boolean allUnique, String where) {
        JsonNode lead = expected.get("lead_over_next_k");
        int k = expected.get("best_k").asInt();
        boolean mayDiffer = !lead.isNull() && lead.asDouble() < LEAST_MARGIN || !allUnique && actual.best().k() != k;
        if (mayDiffer) {
            return;
        }
        Clusters.Best best = actual.best();
        assertEquals(k, best.k(), where);
        if (!isUnique(expected.get("by_k").get(k - Clusters.LEAST))) {
            return;
        }
        assertNear(expected.get("best_silhouette").asDouble(), best.silhouette(), 1e-12, where);
        if (lead.isNull()) {
            assertEquals(Double.NaN, best.leadOverNextK(), where);
        } else if (allUnique) {
            assertEquals(lead.asDouble(), best.leadOverNextK(), 1e-9, where);
        }
        double scale = Math.abs(best.centers()[0]) + Math.abs(best.centers()[k - 1]);
        assertEquals(k, expected.get("centers").size(), where);
        assertEquals(k - 1, best.boundaries().length, where);
        for (int i = 0; i < k; i++) {
            assertNear(expected.get("centers").get(i).asDouble(), best.centers()[i], 1e-15 * scale, where + " centre");
            assertEquals(expected.get("sizes").get(i).asLong(), best.sizes()[i], where);
            if (i + 1 < k) {
                assertNear(expected.get("boundaries").get(i).asDouble(), best.boundaries()[i], 1e-15 * scale,
                        where + " boundary");
            }
        }
    }

    private static void assertNear(double expected, double actual, double absolute, String what) {
        double tolerance = RELATIVE * Math.abs(expected) + absolute;
        assertTrue(Math.abs(expected - actual) <= tolerance, () -> what + ": expected " + expected + ", was " + actual);
    }
}
