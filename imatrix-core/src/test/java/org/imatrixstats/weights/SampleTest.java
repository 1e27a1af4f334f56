package org.imatrixstats.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.LongStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ranks against those of an independent program. */
class SampleTest {
    @Test
    void samplesTheMiddlesOfEqualSlicesOfEachTenth() {
        JsonNode units = JsonMapper.shared().readTree(ReferenceFiles.testdata("weights/units.json").toFile());
        for (JsonNode unit : units.get("sample")) {
            long[] ranks = Sample.ranks(unit.get("n").asLong());
            String n = "n = " + unit.get("n");
            assertEquals(unit.get("size").asInt(), ranks.length, n);
            assertEquals(unit.get("sum").asLong(), LongStream.of(ranks).sum(), n);
            assertArrayEquals(longs(unit.get("first")), Arrays.copyOf(ranks, unit.get("first").size()), n);
            assertArrayEquals(longs(unit.get("last")),
                    Arrays.copyOfRange(ranks, ranks.length - unit.get("last").size(), ranks.length), n);
            if (!unit.get("indices").isNull()) {
                assertArrayEquals(longs(unit.get("indices")), ranks, n);
            }
        }
    }

    private static long[] longs(JsonNode array) {
        return array.values().stream().mapToLong(JsonNode::asLong).toArray();
    }
}
