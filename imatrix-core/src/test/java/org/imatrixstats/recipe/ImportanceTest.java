package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.imatrixstats.tensor.TensorName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportanceTest {
    private static final Importance DEFAULT = new Importance(0.69, Ranking.MEAN, Importance.DEFAULT_ROLES);

    @ParameterizedTest
    @CsvSource({"blk.0.ffn_down.0.weight, 3.5", "blk.7.ffn_down.7.weight, 3.5", "blk.0.ffn_gate.3.weight, 1",
        "enc.blk.0.attn_v.weight, 3.5", "dec.blk.2.cross_attn_o.weight, 1.6", "v.blk.2.attn_out.weight, 1.6",
        "cls.output.weight, 1", "output.weight, 18", "token_embd.weight, 1", "blk.3.ffn_down_exps.weight, 3.5"})
    void theRoleIsThatOfTheLastPartOfTheName(String tensor, double role) {
        assertEquals(role, DEFAULT.role(TensorName.of(tensor).kind(), false));
    }

    @ParameterizedTest
    @CsvSource({"true, 18", "false, 1"})
    void tokenEmbeddingsThatAreTheOutputHaveItsRole(boolean tied, double role) {
        assertEquals(role, DEFAULT.role("token_embd", tied));
    }
}
