package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bits per weight of the types: iq2_xxs 2.0625, iq2_xs 2.3125, iq2_s 2.5625, q2_K 2.625, iq3_xxs 3.0625, iq3_s 3.4375. */
class LadderTest {
    private static List<GgmlType> types(double target, boolean byShares) {
        return Ladder.of(Dialects.llamaCpp(), target, byShares);
    }

    @Test
    void byTheProxyTheLeastTypeHasThreeQuartersOfTheTarget() {
        assertEquals(GgmlType.IQ2_S, types(3.1, false).getFirst());
        assertEquals(GgmlType.IQ3_S, types(4.3, false).getFirst());
    }

    @Test
    void byResidualSharesIQuantsReachLower() {
        assertEquals(GgmlType.IQ2_XS, types(3.5, true).getFirst());
        assertEquals(GgmlType.IQ3_XXS, types(4.3, true).getFirst());
    }

    @Test
    void kQuantsDoNot() {
        assertFalse(types(3.9, true).contains(GgmlType.Q2_K));
        assertTrue(types(3.4, true).contains(GgmlType.Q2_K));
    }

    @Test
    void noTypeBelowTwoBitsIsLetInByShares() {
        assertEquals(GgmlType.IQ2_XXS, types(3.0, true).getFirst());
        assertEquals(types(2.5, false), types(2.5, true));
    }

    @Test
    void aboveFourAndAHalfBitsBothAreTheSame() {
        assertEquals(types(4.6, false), types(4.6, true));
        assertEquals(types(6, false), types(6, true));
    }

    @Test
    void theLargestTypeIsThereWhateverTheTarget() {
        assertEquals(List.of(GgmlType.Q8_0), types(100, false).subList(types(100, false).size() - 1,
                types(100, false).size()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLaddersOfAllTargetsAreThoseOfEachTarget(boolean byShares) {
        for (Dialect dialect : Dialects.all()) {
            List<List<GgmlType>> all = Ladder.all(dialect, byShares);
            Set<List<GgmlType>> each = new LinkedHashSet<>();
            for (int target = 1; target < 10_000; target++) {
                each.add(Ladder.of(dialect, target / 1000.0, byShares));
            }
            assertEquals(List.copyOf(each), all.stream().filter(each::contains).toList());
            assertEquals(all.size(), Set.copyOf(all).size());
        }
    }
}
