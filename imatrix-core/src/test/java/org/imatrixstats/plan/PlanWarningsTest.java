package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a program does silently, case by case. */
class PlanWarningsTest {
    private static final Dialect LLAMA = Dialects.llamaCpp();
    private static final Dialect IK = Dialects.ikLlamaCpp();
    private static Model dense;
    private static Model moe;
    private static Model odd;

    @BeforeAll
    static void models() throws IOException {
        dense = ProgramAnswersTest.model("small-dense");
        moe = ProgramAnswersTest.model("small-moe");
        odd = ProgramAnswersTest.model("small-odd");
    }

    private static QuantizeOptions options(Dialect dialect, BaseType base, String... rules) throws RefusedException {
        List<Rule> all = new ArrayList<>();
        for (String rule : rules) {
            all.addAll(dialect.rules(rule));
        }
        return QuantizeOptions.of(base).withRules(all);
    }

    private static List<String> warnings(Dialect dialect, Model model, BaseType base, String... rules)
            throws RefusedException {
        return Plan.of(dialect, model, options(dialect, base, rules)).warnings();
    }

    private static void assertWarns(String expected, List<String> warnings) {
        assertTrue(warnings.stream().anyMatch(warning -> warning.contains(expected)),
                () -> "expected: " + expected + "\nbut: " + String.join("\n", warnings));
    }

    @Test
    void exactRulesGetNoWarning() throws RefusedException {
        String rules = "^blk\\.(0|2)\\.ffn_down\\.weight$=q6_K";
        assertEquals(List.of(), warnings(LLAMA, dense, BaseType.Q4_K_M, rules));
        assertEquals(List.of(), warnings(IK, dense, BaseType.Q4_K_M, rules));
        assertEquals(List.of(), warnings(LLAMA, dense, BaseType.Q4_K_M));
    }

    @Test
    void rulesAreIgnoredWithABaseThatIsNoQuant() throws RefusedException {
        assertWarns("ignores all rules with base BF16", warnings(LLAMA, dense, BaseType.BF16, "attn_v=q6_K"));
        assertWarns("ignores all rules with base F32", warnings(IK, dense, BaseType.F32, "attn_v=q6_K"));
        assertWarns("ignores all rules with base BF16_R16", warnings(IK, dense, BaseType.BF16_R16, "attn_v=q6_K"));
    }

    @Test
    void rulesAreIgnoredWithPureByOneAndByOldBuildsOfTheOther() throws RefusedException {
        assertWarns("ik_llama.cpp ignores all rules with --pure",
                Plan.of(IK, dense, options(IK, BaseType.Q8_0, "attn_v=q6_K").withPure(true)).warnings());
        assertWarns("before 2026-07-16",
                Plan.of(LLAMA, dense, options(LLAMA, BaseType.Q8_0, "attn_v=q6_K").withPure(true)).warnings());
    }

    @Test
    void ruleThatMatchesNothing() throws RefusedException {
        assertWarns("rule 'attn_qq=q8_0' matches no tensor",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "attn_qq=q8_0"));
    }

    @Test
    void ruleThatMatchesOnlyWhatIsNeverQuantized() throws RefusedException {
        assertWarns("rule 'attn_norm=q8_0' matches only tensors that are never quantized: blk.0.attn_norm.weight",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "attn_norm=q8_0"));
        assertWarns("never quantized", warnings(IK, moe, BaseType.Q4_K_M, "ffn_gate_inp=q8_0"));
    }

    @Test
    void ruleThatIsNeverReached() throws RefusedException {
        assertWarns("rule 'blk\\.0\\.attn_v=q8_0' is never reached: earlier rules match the tensor that it matches"
                + " ('attn_v=q6_K')",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "attn_v=q6_K", "blk\\.0\\.attn_v=q8_0"));
    }

    @Test
    void overlappingRulesDependOnTheBuild() throws RefusedException {
        List<String> llama = warnings(LLAMA, dense, BaseType.Q4_K_M, "blk\\.0\\..*=q6_K", "attn_v=q8_0");
        assertWarns("the last rule wins", llama);
        List<String> ik = warnings(IK, dense, BaseType.Q4_K_M, "blk\\.0\\..*=q6_K,attn_v=q8_0");
        assertWarns("the first rule wins", ik);
        assertTrue(ik.stream().noneMatch(warning -> warning.contains("builds from")), ik.toString());
    }

    /** The mix of Q4_K_M gives attn_v of the last two of four layers q6_K. */
    @Test
    void rulesForTheTypeOfTheBaseDependOnTheBuild() throws RefusedException {
        assertWarns("skip rules for q4_K, the type of the base itself: other types for 2 tensors, blk.2.attn_v.weight,"
                + " blk.3.attn_v.weight",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "^blk\\.[0-3]\\.attn_v\\.weight$=q4_K"));
        assertEquals(List.of(), warnings(LLAMA, dense, BaseType.Q4_K_M, "^blk\\.[0-3]\\.attn_q\\.weight$=q4_K"));
        assertEquals(List.of(), warnings(IK, dense, BaseType.Q4_K_M, "^blk\\.[0-3]\\.attn_v\\.weight$=q4_K"));
    }

    @Test
    void outputWeightIsFoundInAttnOutputWeight() throws RefusedException {
        assertWarns("also matches inside longer names (4 tensors: blk.0.attn_output.weight",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "output\\.weight=q8_0"));
        // Also where the model has no output.weight at all.
        assertWarns("matches only inside longer names (blk.0.attn_output.weight, blk.1.attn_output.weight,"
                + " blk.2.attn_output.weight). To match output.weight itself, write ^output\\.weight$",
                warnings(LLAMA, odd, BaseType.Q4_0, "output\\.weight=q8_0"));
    }

    /** Patterns are found by bytes: ä has two. */
    @Test
    void whatStandsBesideNamesBeyondAsciiIsNoLongerWord() throws RefusedException {
        Model model = new Model("x.gguf", "llama", 1, 1, 0, 0, 0,
                List.of(new TensorInfo("ä.ffn_up.weight", List.of(256L, 256L), GgmlType.F16, 0, 0, 0)));
        assertEquals(List.of(), warnings(LLAMA, model, BaseType.Q4_K_M, "ffn_up\\.weight=q8_0"));
        assertWarns("inside longer names", warnings(LLAMA, model, BaseType.Q4_K_M, "fn_up\\.weight=q8_0"));
    }

    @Test
    void layerNumbersAreFoundInLongerOnes() throws IOException {
        Model large = ProgramAnswersTest.model("qwen2.5-0.5b");
        assertWarns("blk.10.attn_k.weight", warnings(LLAMA, large, BaseType.Q8_0, "blk\\.1=q4_0"));
    }

    @Test
    void upperCasePatterns() throws RefusedException {
        assertWarns("rule 'ATTN_V=Q5_K' is converted to lower case by llama.cpp",
                warnings(LLAMA, dense, BaseType.Q4_K_M, "ATTN_V=Q5_K"));
        assertWarns("which turns \\D to \\d", warnings(LLAMA, dense, BaseType.Q4_K_M, "blk\\.0\\D+q\\.weight=q8_0"));
        assertWarns("in lower case it would match: ik_llama.cpp is case-sensitive",
                warnings(IK, dense, BaseType.Q4_K_M, "ATTN_V=q5_K"));
    }

    @Test
    void spacesArePartOfPatterns() throws RefusedException {
        List<String> warnings = warnings(IK, dense, BaseType.IQ4_KS, "attn_v=q5_K, attn_q=q5_K");
        assertWarns("rule ' attn_q=q5_K' has white space at the start", warnings);
        assertWarns("rule ' attn_q=q5_K' matches no tensor", warnings);
        assertWarns("rule '\nattn_q=q5_K' has white space",
                warnings(IK, dense, BaseType.IQ4_KS, "attn_v=q5_K,\nattn_q=q5_K"));
        assertWarns("white space at the end", warnings(IK, dense, BaseType.IQ4_KS, "attn_v =q5_K"));
    }

    @Test
    void commentsAreRules() throws RefusedException {
        assertWarns("Comments do not exist", warnings(LLAMA, dense, BaseType.Q4_K_M, "#attn_v=q8_0"));
    }

    @Test
    void patternOfNoCharactersMatchesEverything() throws RefusedException {
        assertWarns("rule '=q4_0' matches every tensor", warnings(IK, dense, BaseType.Q8_0, "=q4_0"));
        for (Dialect dialect : Dialects.all()) {
            assertWarns("rule '(attn_q|attn_v|)=q4_0' matches every tensor",
                    warnings(dialect, dense, BaseType.Q8_0, "(attn_q|attn_v|)=q4_0"));
            assertEquals(List.of(), warnings(dialect, dense, BaseType.Q8_0, "^(?!blk)=q4_0"));
        }
    }

    @Test
    void longRulesAreCutShort() throws RefusedException {
        String rule = "(" + "attn_zzz|".repeat(5000) + "attn_z)=q4_0";
        for (String warning : warnings(LLAMA, dense, BaseType.Q8_0, rule)) {
            assertTrue(warning.length() < 400 && warning.contains("…"), warning);
        }
    }

    @Test
    void shapesThatDoNotFit() throws RefusedException {
        assertWarns(
                "rule 'attn_v=q6_K' does not fit 3 tensors: their row length is not a multiple of 256. They get q8_0",
                warnings(LLAMA, odd, BaseType.Q8_0, "attn_v=q6_K"));
    }

    @Test
    void optionsPassTheLookAtTheShape() throws RefusedException {
        assertWarns("the row length of token_embd.weight is not a multiple of the block size of q4_K: the dry run of"
                + " llama-quantize accepts this, the real run stops",
                Plan.of(LLAMA, odd, QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.TOKEN_EMBEDDING, GgmlType.Q4_K))
                        .warnings());
    }

    @Test
    void optionsBeatRules() throws RefusedException {
        for (Dialect dialect : Dialects.all()) {
            assertWarns("rule '^token_embd\\.weight$=q8_0' does not reach token_embd.weight",
                    Plan.of(dialect, dense, options(dialect, BaseType.Q8_0, "^token_embd\\.weight$=q8_0")
                            .with(TypeOption.TOKEN_EMBEDDING, GgmlType.Q6_K)).warnings());
        }
    }

    @Test
    void optionsForAnOutputThatIsNotThere() throws RefusedException {
        assertWarns("--leave-output-tensor does nothing",
                Plan.of(LLAMA, odd, QuantizeOptions.of(BaseType.Q8_0).withLeaveOutput(true)).warnings());
        assertWarns("--output-tensor-type applies to token_embd.weight",
                Plan.of(LLAMA, odd, QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.OUTPUT, GgmlType.Q5_0))
                        .warnings());
        assertWarns("--output-tensor-type does nothing", Plan.of(LLAMA, odd,
                QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.OUTPUT, GgmlType.Q5_0).withPure(true)).warnings());
    }

    @Test
    void rowsAtOnce() throws RefusedException {
        List<String> warnings = warnings(IK, dense, BaseType.Q8_0, "token_embd=q6_k_r4,attn_v=q6_k_r4");
        assertWarns("1 tensor cannot be stored in interleaved rows and gets the plain type q6_K: token_embd.weight",
                warnings);
        assertWarns("interleaved rows are used by q6_k_r4", warnings);
    }

    @Test
    void missingEntriesOfTheImportanceMatrix() throws RefusedException {
        assertWarns("4 tensors demand an entry in an importance matrix, and there is none, such as blk.0.attn_v.weight",
                warnings(LLAMA, dense, BaseType.Q8_0, "attn_v=iq2_s"));
        Plan plan = Plan.of(LLAMA, dense, options(LLAMA, BaseType.Q8_0, "attn_v=iq2_s")
                .withImatrix(Map.of("blk.0.attn_v.weight", 1024L)));
        assertEquals(List.of("blk.1.attn_v.weight", "blk.2.attn_v.weight", "blk.3.attn_v.weight"),
                plan.missingImatrix());
        assertWarns("which has none, such as blk.1.attn_v.weight", plan.warnings());
    }

    /** Both stop at it, llama.cpp in the real run only. */
    @Test
    void entriesOfAnotherSizeAreRefusedButThatOfTheTokenEmbeddings() throws RefusedException {
        for (Dialect dialect : Dialects.all()) {
            Map<String, Long> partly = Map.of("blk.0.attn_v.weight", 1024L, "blk.1.attn_v.weight", 1023L);
            RefusedException refused = assertThrows(RefusedException.class,
                    () -> Plan.of(dialect, dense, QuantizeOptions.of(BaseType.Q4_K_M).withImatrix(partly)));
            assertTrue(refused.getMessage().startsWith(
                    "tensor 'blk.1.attn_v.weight': its entry in the importance matrix has 1023 values, expected 1024"),
                    refused.getMessage());
            // What stays as it is needs no entry.
            Plan.of(dialect, dense, QuantizeOptions.of(BaseType.BF16).withImatrix(partly));
            assertWarns(
                    "the importance matrix has an entry of another size for token_embd.weight: they are quantized without importance weights",
                    Plan.of(dialect, dense, QuantizeOptions.of(BaseType.Q8_0).withImatrix(
                            Map.of("token_embd.weight", 1023L))).warnings());
            assertWarns("iq2_xs without an entry in an importance matrix crashes llama-quantize at token_embd.weight",
                    Plan.of(dialect, dense, QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.TOKEN_EMBEDDING,
                            GgmlType.IQ2_XS).withImatrix(Map.of("token_embd.weight", 1023L))).warnings());
        }
    }

    /** ik_llama.cpp takes the entry of attn_kv_b for attn_v_b, which has one matrix per head. */
    @Test
    void anEntryOfAnotherNameIsNamedWhereItDoesNotFit() {
        Model latent = new Model(dense.name(), "deepseek2", 1, 1, 0, 0, 0,
                List.of(new TensorInfo("blk.0.attn_v_b.weight",
                        List.of(512L, 128L, 16L), GgmlType.BF16, 0, 0, 0)));
        RefusedException refused = assertThrows(RefusedException.class, () -> Plan.of(IK, latent, QuantizeOptions
                .of(BaseType.Q8_0).withImatrix(Map.of("blk.0.attn_kv_b.weight", 512L))));
        assertEquals("tensor 'blk.0.attn_v_b.weight': its entry in the importance matrix, 'blk.0.attn_kv_b.weight', has"
                + " 512 values, expected 8192; give the importance matrix of this model", refused.getMessage());
    }

    @Test
    void optionsThatDoNothing() throws RefusedException {
        QuantizeOptions value = QuantizeOptions.of(BaseType.Q4_K_M).with(TypeOption.VALUE, GgmlType.Q8_0);
        assertEquals(List.of(), Plan.of(IK, dense, value).warnings());
        assertWarns("--attn-v-type does nothing: --pure is given", Plan.of(IK, dense, value.withPure(true)).warnings());
        assertWarns("--attn-v-type does nothing: rules decide for all tensors with attn_v.weight in their names",
                Plan.of(IK, dense, value.withRules(IK.rules("attn_v=q6_K"))).warnings());
        assertWarns("--attn-v-type does nothing: base BF16 has no mix", Plan.of(IK, dense,
                QuantizeOptions.of(BaseType.BF16).with(TypeOption.VALUE, GgmlType.Q8_0)).warnings());
        assertWarns("--attn-v-type does nothing: the mix of IQ2_XS does not look at it, a rule does the same",
                Plan.of(IK, dense, QuantizeOptions.of(BaseType.IQ2_XS).with(TypeOption.VALUE, GgmlType.Q8_0)
                        .withIgnoreImatrixRules(true)).warnings());
        assertWarns("--ffn-gate-inp-type does nothing: no tensor of the model has ffn_gate_inp.weight in its name",
                Plan.of(IK, dense, QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.ROUTER, GgmlType.Q8_0))
                        .warnings());
        assertWarns("--attn-qkv-type does nothing: attn_qkv counts as attn_q in ik_llama.cpp, take --attn-q-type",
                Plan.of(IK,
                        new Model(dense.name(), "falcon", 1, 1, 0, 0, 0, List.of(new TensorInfo("blk.0.attn_qkv.weight",
                                List.of(256L, 8L), GgmlType.F16, 0, 0, 4096))),
                        QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.QUERY_KEY_VALUE, GgmlType.Q4_0))
                        .warnings());
        assertWarns("--output-tensor-type does nothing: --leave-output-tensor is given", Plan.of(LLAMA, dense,
                QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.OUTPUT, GgmlType.Q4_0).withLeaveOutput(true))
                .warnings());
    }

    @Test
    void tensorsThatTheImportanceMatrixLeavesOut() throws RefusedException {
        Map<String, Long> queries = Map.of("blk.0.attn_q.weight", 1024L);
        Model two = new Model(dense.name(), "llama", 1, 1, 0, 0, 0, dense.tensors().stream().filter(
                tensor -> List.of("token_embd.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight").contains(tensor
                        .name()))
                .toList());
        for (Dialect dialect : Dialects.all()) {
            assertWarns("has no entry for 1 tensor, blk.0.attn_k.weight: they are quantized without importance weights",
                    Plan.of(dialect, two, QuantizeOptions.of(BaseType.Q5_0).withImatrix(queries)).warnings());
            // It would make no difference.
            assertEquals(List.of(), Plan.of(dialect, two, QuantizeOptions.of(BaseType.Q8_0).withImatrix(queries))
                    .warnings());
        }
    }

    /** Where the layers cannot be counted ik_llama.cpp asserts; models with latent attention have neither tensor. */
    @Test
    void attentionInSomeLayersOnly() throws RefusedException {
        Model hybrid = new Model(dense.name(), "lfm2", 3, 1, 0, 0, 0, dense.tensors());
        assertWarns("4 tensors attn_v and attn_qkv in 3 layers", warnings(IK, hybrid, BaseType.Q8_0));
        assertEquals(List.of(), warnings(LLAMA, hybrid, BaseType.Q8_0));
        assertEquals(List.of(), warnings(IK, dense, BaseType.Q8_0));
    }

    @Test
    void outputsWithoutEntryCrash() throws RefusedException {
        for (Dialect dialect : Dialects.all()) {
            assertWarns("iq2_xs without an entry in an importance matrix crashes llama-quantize at token_embd.weight",
                    Plan.of(dialect, dense,
                            QuantizeOptions.of(BaseType.Q8_0).with(TypeOption.TOKEN_EMBEDDING, GgmlType.IQ2_XS))
                            .warnings());
        }
    }

    @Test
    void modelThatIsQuantizedAlready() throws IOException {
        Model tiny = new Model(dense.name(), "llama", 1, 1, 0, 0, 0,
                List.of(new TensorInfo("blk.0.attn_q.weight", List.of(256L, 8L), GgmlType.Q8_0,
                        0, 0, 8 * 272)));
        assertWarns("--allow-requantize", warnings(LLAMA, tiny, BaseType.Q4_K_M));
        assertEquals(List.of(), warnings(LLAMA, tiny, BaseType.Q8_0));
    }

    @Test
    void gateAndUpOfDifferentTypesAreNotFused() throws RefusedException {
        assertWarns("ffn_gate_exps and ffn_up_exps have different types in 3 layers",
                warnings(IK, moe, BaseType.Q8_0, "ffn_up_exps=q4_0"));
    }

    @Test
    void escapesThatAreNone() throws RefusedException {
        assertWarns("'\\A' is not an escape", warnings(IK, dense, BaseType.Q8_0, "\\Ablk=q4_0"));
    }
}
