package org.imatrixstats.check;

import static org.imatrixstats.check.SmallImatrix.COLUMNS;
import static org.imatrixstats.check.SmallImatrix.EXPS;
import static org.imatrixstats.check.SmallImatrix.Q;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.model.ModelFile;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImatrixCheckTest {
    private static final String K = "blk.1.attn_k.weight";
    private static final int MIN_TOKENS = ImatrixCheck.DEFAULT_MIN_TOKENS;
    private static final String REFUSED_BY_BOTH = "refused by llama.cpp and ik_llama.cpp";
    private static final String REFUSED_BY_ONE = "refused by llama.cpp; ik_llama.cpp takes the entry of ";

    @TempDir
    Path folder;

    private enum Against {
        ITSELF, MODEL
    }

    /** One damage to a file, and all that is to be found then. */
    private record Damage(String name, Against against, Consumer<SmallImatrix> damage, List<Finding> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Damage damage(String name, Consumer<SmallImatrix> damage, Finding... expected) {
        return new Damage(name, Against.ITSELF, damage, List.of(expected));
    }

    private static Damage inModel(String name, Consumer<SmallImatrix> damage, Finding... expected) {
        return new Damage(name, Against.MODEL, damage, List.of(expected));
    }

    private static Finding file(FindingCode code, String details) {
        return Finding.ofFile(code, details);
    }

    private static Finding tensor(FindingCode code, String tensor, String details) {
        return Finding.ofTensor(code, tensor, details);
    }

    private static Finding expert(FindingCode code, int expert, String details) {
        return Finding.ofExpert(code, EXPS, expert, details);
    }

    private static Finding column(FindingCode code, long column, String details) {
        return new Finding(code, Q, OptionalInt.empty(), OptionalLong.of(column), details);
    }

    private static Finding expertColumn(FindingCode code, int expert, long column, String details) {
        return new Finding(code, EXPS, OptionalInt.of(expert), OptionalLong.of(column), details);
    }

    private static void set(float[] values, float value, int... at) {
        IntStream.of(at).forEach(i -> values[i] = value);
    }

    /** The columns of an expert. */
    private static void fill(float[] values, int expert, float value) {
        Arrays.fill(values, expert * COLUMNS, (expert + 1) * COLUMNS, value);
    }

    /** Sums of x that the sums of x² allow: all of them 0. */
    private static float[] sums(SmallImatrix.Entry entry) {
        entry.inSum = new float[entry.inSum2.length];
        return entry.inSum;
    }

    private static void remove(SmallImatrix file, String... entries) {
        file.entries.keySet().removeAll(Set.of(entries));
    }

    private static void rename(SmallImatrix file, String entry, String to) {
        file.entries.put(to, file.entries.remove(entry));
    }

    static Stream<Damage> damages() {
        return Stream.of(
                damage("NaN", f -> set(f.q().inSum2, Float.NaN, 7, 9),
                        column(FindingCode.NAN, 7, "NaN in 2 of 256 sums of x²")),
                damage("NaN in an expert", f -> set(f.exps().inSum2, Float.NaN, 2 * COLUMNS + 5),
                        expertColumn(FindingCode.NAN, 2, 5, "NaN in 1 of 1024 sums of x²")),
                damage("infinite", f -> set(f.q().inSum2, Float.POSITIVE_INFINITY, 3),
                        column(FindingCode.INFINITE, 3, "infinite in 1 of 256 sums of x²")),
                damage("minus infinite", f -> set(f.q().inSum2, Float.NEGATIVE_INFINITY, 3),
                        column(FindingCode.INFINITE, 3, "infinite in 1 of 256 sums of x²")),
                damage("negative", f -> set(f.q().inSum2, -1e-30f, 255),
                        column(FindingCode.NEGATIVE, 255, "negative in 1 of 256 sums of x²")),
                damage("all zero", f -> Arrays.fill(f.q().inSum2, 0),
                        tensor(FindingCode.ALL_ZERO, Q, "0 in all 256 columns")),
                damage("all zero in every expert", f -> Arrays.fill(f.exps().inSum2, 0),
                        tensor(FindingCode.ALL_ZERO, EXPS, "0 in all 1024 columns")),
                damage("all zero in an expert", f -> fill(f.exps().inSum2, 3, 0),
                        expert(FindingCode.EXPERT_ALL_ZERO, 3, "0 in all columns of 1 of 4 experts (3)")),
                damage("zero columns", f -> set(f.q().inSum2, 0, 10, 20, 30),
                        column(FindingCode.ZERO_COLUMNS, 10, "0 in 3 of 256 columns")),
                damage("zero columns of experts",
                        f -> set(f.exps().inSum2, -0f, COLUMNS + 1, COLUMNS + 2, 3 * COLUMNS),
                        expertColumn(FindingCode.ZERO_COLUMNS, 1, 1, "0 in 3 of 1024 columns")),
                damage("constant", f -> Arrays.fill(f.q().inSum2, 25),
                        tensor(FindingCode.CONSTANT, Q, "25.0 in all 256 columns")),
                damage("constant in an expert", f -> fill(f.exps().inSum2, 0, 25),
                        expert(FindingCode.CONSTANT, 0, "the same in all columns of 1 of 4 experts (0)")),
                // 100 tokens, and a sum of squares of 100: E[x²] = 1.
                damage("filled with 1.0", f -> fill(f.exps().inSum2, 2, 100), expert(FindingCode.EXPERTS_FILLED, 2,
                        "1.0 in all columns of 1 of 4 experts (2), 75.00% covered")),
                damage("infinite sum of x", f -> set(sums(f.q()), Float.NEGATIVE_INFINITY, 4),
                        column(FindingCode.SUMS_NOT_FINITE, 4, "NaN or infinite in 1 of 256 sums of x")),
                damage("NaN as sum of x", f -> set(sums(f.q()), Float.NaN, 4),
                        column(FindingCode.SUMS_NOT_FINITE, 4, "NaN or infinite in 1 of 256 sums of x")),
                // Column 3: E[x²] = 4/100, so that |E[x]| can be 0.2 at most; 21/100 is more.
                damage("sum of x too large", f -> set(sums(f.q()), -21, 3),
                        column(FindingCode.SUMS_TOO_LARGE, 3, "|E[x]| > √E[x²] in 1 of 256 columns")),
                damage("no data", f -> Arrays.fill(f.q().counts, 0),
                        tensor(FindingCode.NO_DATA, Q, "no token counted")),
                damage("no data at all", f -> f.entries.values().forEach(entry -> Arrays.fill(entry.counts, 0)),
                        Stream.concat(Stream.of(file(FindingCode.NOTHING_COUNTED, "0 rows in all tensors")),
                                new SmallImatrix().entries.keySet().stream()
                                        .map(name -> tensor(FindingCode.NO_DATA, name, "no token counted")))
                                .toArray(Finding[]::new)),
                damage("no data for any expert", f -> Arrays.fill(f.exps().counts, 0),
                        tensor(FindingCode.NO_DATA, EXPS, "no token counted")),
                damage("an expert never reached", f -> set(f.exps().counts, 0, 1),
                        expert(FindingCode.EXPERTS_NEVER_REACHED, 1,
                                "no token for 1 of 4 experts (1), 75.00% covered")),
                damage("an expert rarely reached", f -> set(f.exps().counts, MIN_TOKENS - 1, 3),
                        expert(FindingCode.EXPERTS_RARELY_REACHED, 3, "fewer than 10 tokens for 1 of 4 experts (3)")),
                damage("half of the experts never reached", f -> set(f.exps().counts, 0, 1, 2),
                        expertsPoorlyCovered("50.00% of 4 experts were reached"),
                        expert(FindingCode.EXPERTS_NEVER_REACHED, 1,
                                "no token for 2 of 4 experts (1-2), 50.00% covered")),
                damage("most experts rarely reached", f -> set(f.exps().counts, 1, 0, 2, 3),
                        expertsPoorlyCovered("100.00% of 4 experts were reached, 25.00% by 10 tokens or more"),
                        expert(FindingCode.EXPERTS_RARELY_REACHED, 0,
                                "fewer than 10 tokens for 3 of 4 experts (0, 2-3)")),
                damage("counts differ", f -> set(f.q().counts, 50, 0), tensor(FindingCode.COUNTS_DIFFER, Q,
                        "count 50, but 100 in most tensors of layer 1; 1 of 3 differ")),
                damage("gap", f -> remove(f, Q),
                        tensor(FindingCode.LAYER_GAP, Q, "attn_q is missing from layer 1, 3 others have it"),
                        tensor(FindingCode.TYPES_REFUSED, Q, REFUSED_BY_BOTH)),
                damage("gap at the end", f -> remove(f, "blk.3.attn_q.weight"),
                        tensor(FindingCode.LAYER_GAP, "blk.3.attn_q.weight",
                                "attn_q is missing from layer 3, 3 others have it"),
                        tensor(FindingCode.TYPES_REFUSED, "blk.3.attn_q.weight", REFUSED_BY_BOTH)),
                damage("layer missing", f -> f.entries.keySet().removeIf(name -> name.startsWith("blk.2.")),
                        file(FindingCode.LAYER_MISSING, "no entry in layers 2")),
                damage("block number beyond all layers", f -> f.add("blk.999999999.attn_q.weight", 1),
                        tensor(FindingCode.LAYER_GAP, "blk.999999999.attn_k.weight",
                                "attn_k is missing from layer 999999999, 4 others have it"),
                        tensor(FindingCode.LAYER_GAP, "blk.999999999.ffn_gate_inp.weight",
                                "ffn_gate_inp is missing from layer 999999999, 4 others have it"),
                        tensor(FindingCode.LAYER_GAP, "blk.999999999.ffn_up_exps.weight",
                                "ffn_up_exps is missing from layer 999999999, 4 others have it"),
                        file(FindingCode.LAYER_MISSING, "no entry in layers 4-999999998"),
                        tensor(FindingCode.TYPES_REFUSED, "blk.999999999.attn_k.weight", REFUSED_BY_BOTH),
                        tensor(FindingCode.TYPES_REFUSED, "blk.999999999.ffn_up_exps.weight", REFUSED_BY_BOTH)),
                damage("keys and values of earlier layers", f -> {
                    f.add("blk.0.attn_v.weight", 1);
                    f.add("blk.1.attn_v.weight", 1);
                    remove(f, "blk.2.attn_k.weight", "blk.3.attn_k.weight");
                }, file(FindingCode.SHARED_KV, "attn_k and attn_v of layers 2-3 have no entry")),
                damage("hybrid: something else instead", f -> rename(f, Q, "blk.1.ssm_out.weight"),
                        file(FindingCode.LAYER_PATTERN, "attn_q only in layers 0, 2-3"),
                        file(FindingCode.LAYER_PATTERN, "ssm_out only in layer 1")),
                damage("hybrid: every second layer", f -> remove(f, Q, "blk.3.attn_q.weight"),
                        file(FindingCode.LAYER_PATTERN, "attn_q only in layers 0, 2")),
                damage("NextN layers", f -> f.keys.put("imatrix.n_layer_nextn", 1),
                        file(FindingCode.NEXTN_WITHOUT_DATA,
                                "imatrix.n_layer_nextn is 1, but no entry is of such a layer")),
                damage("keys missing", f -> f.keys.keySet().removeAll(Set.of("imatrix.datasets", "imatrix.chunk_size")),
                        file(FindingCode.METADATA_MISSING,
                                "missing: imatrix.datasets, imatrix.chunk_size")),
                damage("key of another type", f -> f.keys.put("imatrix.chunk_count", "2"),
                        file(FindingCode.METADATA_TYPE, "not uint32: imatrix.chunk_count (string)")),
                damage("big-endian order", f -> f.order = ByteOrder.BIG_ENDIAN,
                        file(FindingCode.BIG_ENDIAN, "numbers are in big-endian order")),
                damage("no dataset named", f -> f.keys.put("imatrix.datasets", List.of()),
                        file(FindingCode.DATASETS_UNUSUAL, "imatrix.datasets names no text")),
                damage("dataset as a plain string", f -> f.keys.put("imatrix.datasets", "prose.txt"),
                        file(FindingCode.DATASETS_UNUSUAL, "imatrix.datasets is not a list of names")),
                damage("nearly nothing", f -> Arrays.fill(f.q().inSum2, 1e-20f),
                        tensor(FindingCode.TINY_WEIGHTS, Q, "E[x²] is 1.0e-22 at most"),
                        tensor(FindingCode.CONSTANT, Q, "1.0E-20 in all 256 columns")),
                damage("experts of nearly nothing", f -> {
                    fill(f.exps().inSum2, 1, 1e-22f);
                    set(f.exps().inSum2, 2e-22f, COLUMNS);
                    fill(f.exps().inSum2, 2, 0);
                    set(f.exps().inSum2, 1e-38f, 2 * COLUMNS);
                }, expert(FindingCode.TINY_WEIGHTS, 1,
                        "E[x²] is 2.0e-24 at most in 2 of 4 experts (1-2)"),
                        expertColumn(FindingCode.ZERO_COLUMNS, 2, 1, "0 in 255 of 1024 columns")),
                damage("blocks of zeros", f -> set(f.exps().inSum2, 0, IntStream.range(32, 97).toArray()),
                        new Finding(FindingCode.ZERO_BLOCKS, EXPS, OptionalInt.of(0), OptionalLong.of(32),
                                "2 blocks of 32 columns, 0 of 256, in which every column is 0"),
                        expertColumn(FindingCode.ZERO_COLUMNS, 0, 32, "0 in 65 of 1024 columns")),
                damage("unknown tensor", f -> f.extraTensors.put(Q + ".in_sum4", new float[]{1}),
                        tensor(FindingCode.UNKNOWN_TENSOR, Q + ".in_sum4", "no part of an entry")),
                damage("dataset twice", f -> f.keys.put("imatrix.datasets", List.of("a", "b", "a", "c", "a")),
                        file(FindingCode.DUPLICATE_DATASET, "3 times a")),
                damage("columns not in blocks of 256", f -> f.entries.put(Q, new SmallImatrix.Entry(1, 96)),
                        tensor(FindingCode.COLUMNS_NOT_256, Q, "96 columns per row")),
                damage("columns not in blocks of 32", f -> f.entries.put(EXPS, new SmallImatrix.Entry(4, 80)),
                        tensor(FindingCode.COLUMNS_NOT_32, EXPS, "80 columns per row")),
                damage("no output", f -> remove(f, "output.weight"),
                        tensor(FindingCode.OUTPUT_WITHOUT_ENTRY, "output.weight", "no entry, if the model has it")),

                inModel("no output in the file", f -> remove(f, "output.weight"),
                        tensor(FindingCode.OUTPUT_WITHOUT_ENTRY, "output.weight", "no entry")),
                inModel("another size", f -> f.model.put(Q, List.of(512L, 3L)),
                        tensor(FindingCode.SIZE_MISMATCH, Q, "256 columns, but the model has 512")),
                inModel("another number of experts", f -> f.model.put(EXPS, List.of(256L, 3L, 8L)),
                        tensor(FindingCode.SIZE_MISMATCH, EXPS, "1024 columns, but the model has 2048 (8 × 256)")),
                inModel("tensor without an entry", f -> remove(f, Q),
                        tensor(FindingCode.TENSOR_WITHOUT_ENTRY, Q, "no entry"),
                        tensor(FindingCode.TYPES_REFUSED, Q, REFUSED_BY_BOTH)),
                inModel("names with a prefix in the model", f -> {
                    f.model.remove(Q);
                    f.model.put("model.diffusion_model." + Q, List.of(256L, 3L));
                }, file(FindingCode.NAME_FORM, "1 tensor: the names of the one file have the prefix"
                        + " model.diffusion_model., such as model.diffusion_model." + Q + " is " + Q
                        + " in the file; the entries can be copied under the other names")),
                inModel("tensor for which ik_llama.cpp knows another",
                        f -> f.model.put("blk.1.ffn_gate_exps.weight", List.of(256L, 3L, 4L)),
                        tensor(FindingCode.TENSOR_WITHOUT_ENTRY, "blk.1.ffn_gate_exps.weight", "no entry"),
                        tensor(FindingCode.TYPES_REFUSED, "blk.1.ffn_gate_exps.weight", REFUSED_BY_ONE + EXPS)),
                inModel("NextN layer of the model", f -> {
                    f.model.put("blk.4.attn_q.weight", List.of(256L, 3L));
                    f.model.put("blk.4.nextn.eh_proj.weight", List.of(512L, 3L));
                    f.modelKeys.put("test.block_count", 5);
                    f.modelKeys.put("test.nextn_predict_layers", 1);
                }, tensor(FindingCode.NEXTN_WITHOUT_DATA, "blk.4.attn_q.weight", "no entry for 2 tensors of layer 4"),
                        tensor(FindingCode.TYPES_REFUSED, "blk.4.attn_q.weight", REFUSED_BY_BOTH),
                        tensor(FindingCode.TYPES_REFUSED, "blk.4.nextn.eh_proj.weight", REFUSED_BY_BOTH)),
                inModel("NextN layer with data", f -> {
                    f.add("blk.4.attn_q.weight", 1);
                    f.add("blk.4.nextn.eh_proj.weight", 1);
                    f.model.put("blk.4.nextn.embed_tokens.weight", List.of(256L, 3L));
                    f.modelKeys.put("test.block_count", 5);
                    f.modelKeys.put("test.nextn_predict_layers", 1);
                }, tensor(FindingCode.TYPES_REFUSED, "blk.4.nextn.embed_tokens.weight", REFUSED_BY_BOTH),
                        tensor(FindingCode.NEXTN_LOOKED_UP, "blk.4.nextn.embed_tokens.weight", "no entry")),
                inModel("keys of earlier layers in the model", f -> {
                    remove(f, "blk.2.attn_k.weight", "blk.3.attn_k.weight");
                    f.modelKeys.put("test.block_count", 4);
                    f.modelKeys.put("test.attention.shared_kv_layers", 2);
                }, file(FindingCode.SHARED_KV, "attn_k and attn_v of layers 2-3 have no entry")),
                inModel("MLA in halves in the model", f -> {
                    rename(f, K, "blk.1.attn_kv_b.weight");
                    f.model.remove(K);
                    f.model.put("blk.1.attn_k_b.weight", List.of(32L, 4L, 2L));
                    f.model.put("blk.1.attn_v_b.weight", List.of(32L, 4L, 2L));
                }, tensor(FindingCode.MLA_VARIANT, "blk.1.attn_k_b.weight",
                        "no entry, but one for blk.1.attn_kv_b.weight"),
                        tensor(FindingCode.MLA_VARIANT, "blk.1.attn_v_b.weight",
                                "no entry, but one for blk.1.attn_kv_b.weight"),
                        tensor(FindingCode.TYPES_REFUSED, "blk.1.attn_k_b.weight", REFUSED_BY_BOTH),
                        tensor(FindingCode.TYPES_REFUSED, "blk.1.attn_v_b.weight",
                                REFUSED_BY_ONE + "blk.1.attn_kv_b.weight"),
                        file(FindingCode.LAYER_PATTERN, "attn_k only in layers 0, 2-3"),
                        file(FindingCode.LAYER_PATTERN, "attn_kv_b only in layer 1")),
                inModel("entry without a tensor", f -> f.model.remove("blk.3.attn_q.weight"),
                        tensor(FindingCode.ENTRY_WITHOUT_TENSOR, "blk.3.attn_q.weight", "no such tensor in MODEL")));
    }

    private static Finding expertsPoorlyCovered(String details) {
        return tensor(FindingCode.EXPERTS_POORLY_COVERED, EXPS, details);
    }

    private List<Finding> findings(Path file, long minTokens, Optional<ModelFile> model) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return ImatrixCheck.findings(imatrix, minTokens, model, 2);
        }
    }

    private List<Finding> findings(Path file) throws IOException {
        return findings(file, MIN_TOKENS, Optional.empty());
    }

    private List<Finding> findings(Consumer<SmallImatrix> change) throws IOException {
        return findings(new SmallImatrix().with(change).write(folder));
    }

    private List<Finding> againstModel(Consumer<SmallImatrix> change) throws IOException {
        SmallImatrix file = new SmallImatrix().with(change);
        return findings(file.write(folder), MIN_TOKENS, Optional.of(ModelFile.open(file.writeModel(folder))));
    }

    private static Set<FindingCode> codes(List<Finding> findings) {
        return findings.stream().map(Finding::code).collect(Collectors.toCollection(() -> EnumSet
                .noneOf(FindingCode.class)));
    }

    // ---- what must be found, and nothing else

    @ParameterizedTest
    @MethodSource("damages")
    void findsExactlyTheDamage(Damage damage) throws IOException {
        List<Finding> found = damage.against == Against.MODEL
                ? againstModel(damage.damage)
                : findings(damage.damage);
        List<Finding> expected = damage.expected.stream()
                .map(finding -> new Finding(finding.code(), finding.tensor(), finding.expert(), finding.column(),
                        finding.details().replace("MODEL", folder.resolve("model.gguf").toString())))
                .toList();
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @EnumSource(FindingCode.class)
    void everyCodeHasADamageThatCausesIt(FindingCode code) {
        boolean inLegacyFilesOnly = code == FindingCode.NCALL_ZERO;
        assertTrue(inLegacyFilesOnly
                || damages().flatMap(damage -> damage.expected.stream()).anyMatch(finding -> finding.code() == code));
    }

    @Test
    void findsNothingInAHealthyFile() throws IOException {
        assertEquals(List.of(), findings(_ -> {
        }));
        assertEquals(List.of(), againstModel(_ -> {
        }));
        assertEquals(List.of(), findings(new SmallImatrix().writeLegacy(folder)));
    }

    // ---- what comes close and must not be found

    @Test
    void sumsOfXMayBeAsLargeAsTheSumsOfSquaresAllow() throws IOException {
        // Column j has E[x²] = (1 + j) / 100, so that |E[x]| may be the root of that, give or take the rounding.
        assertEquals(List.of(), findings(f -> {
            float[] sums = sums(f.q());
            for (int i = 0; i < sums.length; i++) {
                sums[i] = (float) (100 * Math.sqrt((1 + i) / 100.0) * 1.005);
            }
        }));
    }

    @Test
    void anExpertWithJustEnoughTokensIsNotRarelyReached() throws IOException {
        assertEquals(List.of(), findings(f -> set(f.exps().counts, MIN_TOKENS, 0)));
    }

    @Test
    void theUserSaysHowManyTokensAreEnough() throws IOException {
        Path file = new SmallImatrix().write(folder);
        assertEquals(List.of(), findings(file, 100, Optional.empty()));
        assertEquals(Set.of(FindingCode.EXPERTS_RARELY_REACHED, FindingCode.EXPERTS_POORLY_COVERED),
                codes(findings(file, 101, Optional.empty())));
    }

    @Test
    void threeQuartersOfTheExpertsAreEnough() throws IOException {
        assertFalse(codes(findings(f -> set(f.exps().counts, 0, 1)))
                .contains(FindingCode.EXPERTS_POORLY_COVERED));
        assertFalse(codes(findings(f -> set(f.exps().counts, 1, 1, 2)))
                .contains(FindingCode.EXPERTS_POORLY_COVERED));
    }

    @Test
    void expertsMayDifferInTheirCounts() throws IOException {
        assertEquals(List.of(), findings(f -> set(f.exps().counts, 77, 2)));
    }

    @Test
    void differentDatasetsAreNoDuplicates() throws IOException {
        assertEquals(List.of(), findings(f -> f.keys.put("imatrix.datasets", List.of("a", "A", "b"))));
    }

    @Test
    void figuresOfNewerWritersAreNoUnknownTensors() throws IOException {
        assertEquals(List.of(), findings(f -> f.extraTensors.put(Q + ".stats", new float[]{1, 2})));
    }

    @Test
    void rowsOfAnyLengthAreRightForTensorsThatAreNeverQuantized() throws IOException {
        assertEquals(List.of(),
                findings(f -> f.entries.put("blk.1.ffn_gate_inp.weight", new SmallImatrix.Entry(1, 33))));
    }

    @Test
    void nextnLayersWithAnEntryHaveData() throws IOException {
        assertEquals(List.of(), findings(f -> {
            f.keys.put("imatrix.n_layer_nextn", 1);
            f.add("blk.3.nextn.eh_proj.weight", 1);
        }));
    }

    @Test
    void theModelSaysWhichTensorsThereAreWhereTheLayersDiffer() throws IOException {
        assertEquals(List.of(), againstModel(f -> {
            remove(f, Q);
            f.model.remove(Q);
        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"blk.1.attn_norm.weight", "blk.1.ffn_gate_inp.weight", "blk.1.attn_q.bias",
        "blk.1.ssm_conv1d.weight", "position_embd.weight"})
    void tensorsThatAreNeverQuantizedNeedNoEntry(String name) throws IOException {
        assertEquals(List.of(), againstModel(f -> {
            f.entries.remove(name);
            f.model.put(name, List.of(256L, 3L));
        }));
    }

    @Test
    void vectorsNeedNoEntry() throws IOException {
        assertEquals(List.of(), againstModel(f -> f.model.put("blk.1.attn_sinks.weight", List.of(256L))));
    }

    @Test
    void theSizeOfTheTokenEmbeddingDoesNotMatter() throws IOException {
        assertEquals(List.of(), againstModel(f -> f.model.put("token_embd.weight", List.of(512L, 3L))));
    }

    // ---- legacy files

    @Test
    void findsAnEntryOverNoChunkInALegacyFile() throws IOException {
        Path file = new SmallImatrix().with(f -> set(f.q().counts, 0, 0)).writeLegacy(folder);
        assertEquals(List.of(tensor(FindingCode.NCALL_ZERO, Q, "ncall is 0")), findings(file));
    }

    @Test
    void findsTheFillerOfALegacyFileWhereTheRouterTellsTheNumberOfExperts() throws IOException {
        Path file = new SmallImatrix().with(f -> fill(f.exps().inSum2, 1, 100)).writeLegacy(folder);
        assertEquals(List.of(expert(FindingCode.EXPERTS_FILLED, 1,
                "1.0 in all columns of 1 of 4 experts (1), 75.00% covered")), findings(file));
    }

    @Test
    void findsTheFillerOfALegacyFileWhereTheModelTellsTheNumberOfExperts() throws IOException {
        SmallImatrix small = new SmallImatrix().with(f -> fill(f.exps().inSum2, 1, 100));
        remove(small, "blk.1.ffn_gate_inp.weight");
        Path file = small.writeLegacy(folder);
        assertFalse(codes(findings(file)).contains(FindingCode.EXPERTS_FILLED));
        assertEquals(Set.of(FindingCode.EXPERTS_FILLED),
                codes(findings(file, MIN_TOKENS, Optional.of(ModelFile.open(small.writeModel(folder))))));
    }

    @Test
    void saysHowFewExpertsALegacyFileCovers() throws IOException {
        Path file = new SmallImatrix().with(f -> {
            fill(f.exps().inSum2, 1, 100);
            fill(f.exps().inSum2, 2, 100);
        }).writeLegacy(folder);
        assertEquals(Set.of(FindingCode.EXPERTS_FILLED, FindingCode.EXPERTS_POORLY_COVERED), codes(findings(file)));
    }

    // ---- files of other programs

    static List<Path> referenceFiles() throws IOException {
        return ReferenceFiles.withExpected(".json");
    }

    @ParameterizedTest
    @MethodSource("referenceFiles")
    void findsNothingButNotesInTheReferenceFiles(Path file) throws IOException {
        assertEquals(List.of(),
                findings(file).stream().filter(finding -> finding.severity() != Severity.NOTE).toList());
    }

    @Test
    void findsTheThreeExpertsThatNoTextReaches() throws IOException {
        List<Finding> never = findings(ReferenceFiles.testdata("moe-code.gguf")).stream()
                .filter(finding -> finding.code() == FindingCode.EXPERTS_NEVER_REACHED).toList();
        // Four layers of three tensors each.
        assertEquals(12, never.size());
        assertEquals("no token for 3 of 16 experts (13-15), 81.25% covered", never.getFirst().details());
        assertEquals(OptionalInt.of(13), never.getFirst().expert());
    }

    @Test
    void findsThatAMergedFileCountsATextTwice() throws IOException {
        assertTrue(findings(ReferenceFiles.testdata("dense-merged-mixed.gguf"))
                .contains(file(FindingCode.DUPLICATE_DATASET, "2 times c/prose.txt")));
    }

    @Test
    void theReferenceFilesFitTheirModel() throws IOException {
        ModelFile model = ModelFile.open(ReferenceFiles.testdata("models/tiny-english-f16.header.gguf"));
        assertEquals(
                List.of(tensor(FindingCode.OUTPUT_WITHOUT_ENTRY, "token_embd.weight", "no entry"),
                        tensor(FindingCode.OUTPUT_WITHOUT_ENTRY, "output.weight", "no entry")),
                findings(ReferenceFiles.testdata("tiny-english-code.imatrix.gguf"), MIN_TOKENS, Optional.of(model)));
    }

    @Test
    void findsTheColumnsThatAreZeroInGemma() throws IOException {
        List<Finding> found = findings(ReferenceFiles.real("gemma-3-4b.dat"));
        List<Finding> zero = found.stream().filter(finding -> finding.code() == FindingCode.ZERO_COLUMNS).toList();
        // Counted by another program: gate and up of 34 layers, q, k and v of layers 1 and 6.
        assertEquals(34 * 2 + 2 * 3, zero.size());
        assertEquals("0 in 4 of 2560 columns", zero.getFirst().details());
        assertEquals("blk.0.ffn_gate.weight", zero.getFirst().tensor());
        assertEquals(Set.of(FindingCode.ZERO_COLUMNS, FindingCode.OUTPUT_WITHOUT_ENTRY), codes(found));
    }

    @Test
    void findsThatQwen35IsAHybridWithAttentionInEveryFourthLayer() throws IOException {
        List<Finding> found = findings(ReferenceFiles.real("qwen3.5-0.8b.gguf"));
        assertEquals(
                List.of("attn_gate, attn_qkv, ssm_alpha, ssm_beta, ssm_out only in layers 0-2, 4-6, 8-10, 12-14, 16-18,"
                        + " 20-22", "attn_k, attn_output, attn_q, attn_v only in layers 3, 7, 11, 15, 19, 23"),
                found.stream().filter(finding -> finding.code() == FindingCode.LAYER_PATTERN).map(Finding::details)
                        .toList());
        assertEquals(Set.of(FindingCode.LAYER_PATTERN, FindingCode.OUTPUT_WITHOUT_ENTRY), codes(found));
    }
}
