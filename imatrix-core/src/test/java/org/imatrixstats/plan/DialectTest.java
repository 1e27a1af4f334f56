package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
    private static final String SOURCE = "model.gguf";

    private static TensorInfo tensor(String name, long... dims) {
        List<Long> shape = java.util.Arrays.stream(dims).boxed().toList();
        return new TensorInfo(name, shape, GgmlType.BF16, 0, 0, 2 * shape.stream().reduce(1L, (a, b) -> a * b));
    }

    /** What a program gives a tensor of a model of these numbers; the tensor is the only one of its kind before it. */
    private static GgmlType type(Dialect dialect, Model model, BaseType base, String name) throws RefusedException {
        return Plan.of(dialect, model, QuantizeOptions.of(base).withImatrix(Map.of())).tensor(name).type();
    }

    private static Model model(String architecture, int layers, int group, int experts, String... names) {
        List<TensorInfo> tensors = java.util.Arrays.stream(names).map(name -> tensor(name, 4096, 1024)).toList();
        return new Model(SOURCE, architecture, layers, group, experts, 32_000, 0, tensors);
    }

    @ParameterizedTest
    @CsvSource({"llama.cpp", "ik_llama.cpp"})
    void knowsTheTypesOfTheProgramByTheirNamesAndSizes(String name) throws IOException {
        Dialect dialect = Dialects.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        List<String> lines = Files.readAllLines(ReferenceFiles.testdata("types-" + name + ".tsv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t");
            GgmlType type = dialect.type(columns[0]);
            assertEquals(columns[0], dialect.nameOf(type));
            assertEquals(Integer.parseInt(columns[1]), type.id());
            // ik_llama.cpp stores four bytes more, of a type that nothing is quantized to.
            if (type != GgmlType.Q8_K) {
                assertEquals(Long.parseLong(columns[7]), dialect.bytes(type, tensor("t", 1024)), columns[0]);
            }
        }
        assertTrue(dialect.types().size() < lines.size() - 1);
    }

    @Test
    void llamaCppHas35BaseTypesAndThreeAliases() throws RefusedException {
        assertEquals(35, Dialects.llamaCpp().bases().size());
        assertEquals(BaseType.Q3_K_M, Dialects.llamaCpp().base("q3_k"));
        assertEquals(BaseType.Q4_K_M, Dialects.llamaCpp().base("Q4_K"));
        assertEquals(BaseType.Q5_K_M, Dialects.llamaCpp().base("Q5_K"));
        assertTrue(assertThrows(RefusedException.class, () -> Dialects.llamaCpp().base("copy")).getMessage()
                .contains("leaves all tensors as they are"));
    }

    /** Numbers of llama_ftype; 38 is not the same base in both. */
    @ParameterizedTest
    @CsvSource({"0, F32, F32", "7, Q8_0, Q8_0", "15, Q4_K_M, Q4_K_M", "38, MXFP4_MOE, MXFP4", "40, Q1_0, ",
        "145, , IQ4_KS"})
    void baseTypesHaveNumbers(String number, BaseType ofLlama, BaseType ofIk) throws RefusedException {
        for (Dialect dialect : Dialects.all()) {
            BaseType expected = dialect == Dialects.llamaCpp() ? ofLlama : ofIk;
            if (expected == null) {
                assertThrows(RefusedException.class, () -> dialect.base(number));
            } else {
                assertEquals(expected, dialect.base(number));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "llama.cpp| Q4_KM| llama.cpp has no base type 'Q4_KM', did you mean 'Q4_K_M'?",
        "llama.cpp| IQ4_KS| llama.cpp has no base type 'IQ4_KS', ik_llama.cpp has it, did you mean 'IQ4_XS'?",
        "ik_llama.cpp| TQ1_0| ik_llama.cpp has no base type 'TQ1_0', llama.cpp has it, did you mean 'Q4_0'?",
        "llama.cpp| q4km| llama.cpp has no base type 'q4km', did you mean 'Q4_K_M'?"})
    void unknownBaseTypeIsRefusedWithTheNearest(String name, String base, String message) {
        Dialect dialect = name.equals("llama.cpp") ? Dialects.llamaCpp() : Dialects.ikLlamaCpp();
        assertEquals(message, assertThrows(RefusedException.class, () -> dialect.base(base)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { //
        "ik_llama.cpp| q6_k| unknown type 'q6_k', did you mean 'q6_K'?", //
        "ik_llama.cpp| Q8_0| unknown type 'Q8_0', did you mean 'q8_0'?", //
        "ik_llama.cpp| nvfp4| unknown type 'nvfp4': it is one of llama.cpp, not of ik_llama.cpp, where"
                + " 'q4_0' comes nearest in size", //
        "llama.cpp| iq4_ks| unknown type 'iq4_ks': it is one of ik_llama.cpp, not of llama.cpp, where"
                + " 'iq4_xs' comes nearest in size", //
        "llama.cpp| Q4_K_M| unknown type 'Q4_K_M': that is a base type, a mix of several, did you mean 'q4_K'?"})
    void unknownTypeIsRefusedWithTheNearest(String name, String type, String message) {
        Dialect dialect = name.equals("llama.cpp") ? Dialects.llamaCpp() : Dialects.ikLlamaCpp();
        assertEquals(message, assertThrows(RefusedException.class, () -> dialect.type(type)).getMessage());
    }

    @Test
    void whereNoNameIsLikeItAllAreListed() {
        String message = assertThrows(RefusedException.class, () -> Dialects.llamaCpp().type("best")).getMessage();
        assertTrue(message.startsWith("unknown type 'best'; there are f32, f16, q4_0, q4_1, "), message);
    }

    /** ggml holds it for no quant, so that there is neither mix nor rule; token embeddings are not stored by rows. */
    @Test
    void interleavedBf16IsNoQuant() throws RefusedException {
        Model model = model("llama", 1, 1, 8, "token_embd.weight", "blk.0.attn_v.weight", "output.weight");
        Dialect ik = Dialects.ikLlamaCpp();
        Plan plan = Plan.of(ik, model, QuantizeOptions.of(BaseType.BF16_R16).withRules(ik.rules("attn_v=q8_0")));
        assertEquals(List.of(GgmlType.BF16, GgmlType.BF16_R16, GgmlType.BF16_R16),
                plan.tensors().stream().map(PlannedTensor::type).toList());
    }

    @Test
    void typesThatOnlyTheParserTakesAreRefused() throws RefusedException {
        Model model = model("llama", 32, 4, 0, "blk.0.attn_v.weight");
        for (Dialect dialect : Dialects.all()) {
            QuantizeOptions options = QuantizeOptions.of(BaseType.Q8_0).withRules(dialect.rules("attn_v=q8_K"));
            assertTrue(assertThrows(RefusedException.class, () -> Plan.of(dialect, model, options)).getMessage()
                    .contains("cannot quantize to it"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "llama.cpp| attn_v| rule 'attn_v': no '=', expected PATTERN=TYPE",
        "llama.cpp| =q8_0| rule '=q8_0': no pattern before '=', expected PATTERN=TYPE",
        "llama.cpp| attn_v=| rule 'attn_v=': no type after '=', expected PATTERN=TYPE",
        "ik_llama.cpp| a=q8_0,| rule '': no '=', expected PATTERN=TYPE;"
                + " every comma starts another rule; commas cannot be escaped"})
    void malformedRuleIsRefused(String name, String rule, String message) {
        Dialect dialect = name.equals("llama.cpp") ? Dialects.llamaCpp() : Dialects.ikLlamaCpp();
        assertEquals(message, assertThrows(RefusedException.class, () -> dialect.rules(rule)).getMessage());
    }

    @Test
    void lookAheadIsRefusedWithTheWayOut() {
        for (Dialect dialect : Dialects.all()) {
            assertTrue(assertThrows(RefusedException.class, () -> dialect.rules("attn(?=_v)=q8_0")).getMessage()
                    .endsWith("the first '=' ends the pattern: (?=…) cannot be written, (?!…) can"));
        }
    }

    /** Mixtral: all of attn_v and attn_k in q8_0, attn_output in q5_K; ffn_down by its number in the name. */
    @Test
    void eightExpertsGetMoreBits() throws RefusedException {
        Model mixtral = model("llama", 32, 4, 8, "blk.0.attn_v.weight", "blk.0.attn_k.weight",
                "blk.0.attn_output.weight", "blk.31.ffn_down_exps.weight", "blk.5.ffn_down_exps.weight");
        Dialect dialect = Dialects.llamaCpp();
        assertEquals(GgmlType.Q8_0, type(dialect, mixtral, BaseType.Q3_K_M, "blk.0.attn_v.weight"));
        assertEquals(GgmlType.Q8_0, type(dialect, mixtral, BaseType.Q3_K_M, "blk.0.attn_k.weight"));
        assertEquals(GgmlType.Q5_K, type(dialect, mixtral, BaseType.Q3_K_M, "blk.0.attn_output.weight"));
        assertEquals(GgmlType.Q5_K, type(dialect, mixtral, BaseType.IQ2_XS, "blk.0.attn_output.weight"));
        assertEquals(GgmlType.Q4_K, type(dialect, mixtral, BaseType.IQ2_XS, "blk.0.attn_k.weight"));
        // 32/8 = 4: layers 0 to 3 and 28 to 31, and of the others 6, 9, 12, …
        assertEquals(GgmlType.Q6_K, type(dialect, mixtral, BaseType.Q4_K_M, "blk.31.ffn_down_exps.weight"));
        assertEquals(GgmlType.Q4_K, type(dialect, mixtral, BaseType.Q4_K_M, "blk.5.ffn_down_exps.weight"));
    }

    @Test
    void falconHasItsOwnRules() throws RefusedException {
        Model falcon = model("falcon", 32, 71, 0, "blk.0.attn_output.weight", "blk.0.ffn_down.weight",
                "blk.1.ffn_down.weight", "blk.2.ffn_down.weight", "blk.3.ffn_down.weight", "blk.4.ffn_down.weight",
                "output.weight");
        Dialect dialect = Dialects.llamaCpp();
        assertEquals(GgmlType.Q8_0, type(dialect, falcon, BaseType.Q4_K_M, "output.weight"));
        assertEquals(GgmlType.Q4_K, type(dialect, falcon, BaseType.Q3_K_L, "blk.0.attn_output.weight"));
        // 32/16 = 2 layers with q6_K, then to the eighth q5_K.
        assertEquals(GgmlType.Q6_K, type(dialect, falcon, BaseType.Q4_K_M, "blk.1.ffn_down.weight"));
        assertEquals(GgmlType.Q5_K, type(dialect, falcon, BaseType.Q4_K_M, "blk.2.ffn_down.weight"));
        assertEquals(GgmlType.Q4_K, type(dialect, falcon, BaseType.Q4_K_M, "blk.4.ffn_down.weight"));
        assertEquals(GgmlType.Q4_K, type(dialect, falcon, BaseType.Q4_K_S, "blk.0.ffn_down.weight"));
    }

    /** The mixes depend on whether there is an importance matrix. */
    @Test
    void importanceMatrixChangesMixes() throws RefusedException {
        Model model = model("llama", 32, 1, 0, "blk.0.ffn_down.weight", "output.weight");
        Dialect dialect = Dialects.llamaCpp();
        for (Dialect each : Dialects.all()) {
            assertEquals(GgmlType.Q4_1, type(each, model, BaseType.Q4_0, "blk.0.ffn_down.weight"));
            assertEquals(GgmlType.Q4_0, Plan.of(each, model, QuantizeOptions.of(BaseType.Q4_0))
                    .tensor("blk.0.ffn_down.weight").type());
        }
        assertEquals(GgmlType.Q5_K,
                Plan.of(dialect, model, QuantizeOptions.of(BaseType.IQ4_XS)).tensor("blk.0.ffn_down.weight").type());
        assertEquals(GgmlType.IQ4_XS, type(dialect, model, BaseType.IQ4_XS, "blk.0.ffn_down.weight"));
    }

    /** In llama.cpp a tensor with a rule is not counted when the mix counts layers; in ik_llama.cpp it is. */
    @Test
    void ruledTensorsShiftTheMixOfLlamaCppAlone() throws RefusedException {
        Model model = model("llama", 8, 4, 0, "blk.0.attn_v.weight", "blk.1.attn_v.weight", "blk.2.attn_v.weight",
                "output.weight");
        for (Dialect dialect : Dialects.all()) {
            Plan plan = Plan.of(dialect, model, QuantizeOptions.of(BaseType.Q3_K_M)
                    .withRules(dialect.rules("^blk.0.attn_v=q8_0")));
            // The first two get q5_K.
            assertEquals(dialect == Dialects.llamaCpp() ? GgmlType.Q5_K : GgmlType.Q4_K,
                    plan.tensor("blk.2.attn_v.weight").type());
        }
    }

    @Test
    void vectorsStoredAsMatricesOfOneRowAreVectors() {
        assertTrue(Dialects.llamaCpp().mayQuantize(tensor("blk.0.attn_q.weight", 64, 64)));
        assertEquals(false, Dialects.llamaCpp().mayQuantize(tensor("blk.0.attn_q.weight", 64, 1)));
    }

    @Test
    void ikTakesTheEntryOfASibling() throws RefusedException {
        Model model = new Model(SOURCE, "llama", 1, 1, 0, 0, 0, List.of(tensor("blk.0.ffn_gate.weight", 256, 8)));
        QuantizeOptions options = QuantizeOptions.of(BaseType.IQ1_KT)
                .withImatrix(Map.of("blk.0.ffn_up.weight", 256L));
        Plan plan = Plan.of(Dialects.ikLlamaCpp(), model, options);
        assertTrue(plan.needsImatrix());
        assertEquals(List.of(), plan.missingImatrix());
        QuantizeOptions without = options.withImatrix(Map.of("blk.0.ffn_down.weight", 256L));
        assertTrue(
                assertThrows(RefusedException.class, () -> Plan.of(Dialects.ikLlamaCpp(), model, without)).getMessage()
                        .startsWith("tensor 'blk.0.ffn_gate.weight': iq1_kt demands an entry"));
    }

    @Test
    void ikRefusesLowBasesWithoutAnImportanceMatrix() throws RefusedException {
        Model model = model("llama", 1, 1, 0, "blk.0.attn_q.weight");
        QuantizeOptions options = QuantizeOptions.of(BaseType.Q2_K_S);
        assertThrows(RefusedException.class, () -> Plan.of(Dialects.ikLlamaCpp(), model, options));
        assertEquals(GgmlType.Q2_K, Plan.of(Dialects.ikLlamaCpp(), model, options.withIgnoreImatrixRules(true))
                .tensor("blk.0.attn_q.weight").type());
    }

    @Test
    void readsTheImportanceMatricesThatTheProgramReads() throws IOException {
        try (Imatrix gguf = ImatrixReader.open(ReferenceFiles.testdata("dense-prose.gguf"));
                Imatrix legacy = ImatrixReader.open(ReferenceFiles.testdata("dense-prose.dat"))) {
            Dialects.llamaCpp().check(gguf);
            Dialects.llamaCpp().check(legacy);
            Dialects.ikLlamaCpp().check(legacy);
            assertTrue(assertThrows(RefusedException.class, () -> Dialects.ikLlamaCpp().check(gguf)).getMessage()
                    .contains("reads only the legacy format (.dat)"));
        }
    }

    @Test
    void bothProgramsAreListed() {
        assertEquals(List.of("llama.cpp", "ik_llama.cpp"), Dialects.all().stream().map(Dialect::name).toList());
        assertNotEquals(Dialects.llamaCpp().bases(), Dialects.ikLlamaCpp().bases());
    }

    @Test
    void manyRulesThatTakeLongTogetherAreStopped() throws RefusedException {
        List<Rule> rules = List.of(Dialects.llamaCpp().rule(".*.*!", GgmlType.Q8_0),
                Dialects.llamaCpp().rule(".*.*#", GgmlType.Q8_0));
        Rule.requireProgress(rules, 0);
        for (Rule rule : rules) {
            assertFalse(rule.matches("blk.0.attn_output.weight"));
        }
        // Two stars over 24 characters, from each of them on: more than 24²/2 places to look at.
        assertThrows(RefusedException.class, () -> Rule.requireProgress(rules, 2 * 24 * 24 / 2));
        Rule.requireProgress(rules, 2 * 24 * 24 * 24);
    }
}
