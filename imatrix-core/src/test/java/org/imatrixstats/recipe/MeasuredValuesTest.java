package org.imatrixstats.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.BytesSource;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** D(type) as it was measured, and what users measured. */
class MeasuredValuesTest {
    /** Lines are separated by semicolons. */
    private static ByteSource file(String name, String text) {
        return new BytesSource(name, text.replace(';', '\n').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void distortionIsThatOfTheProgram() {
        Distortion llama = Distortion.measured(Dialects.llamaCpp());
        assertEquals(4.1424e-03, llama.of(GgmlType.Q4_K, true));
        assertEquals(5.1036e-03, llama.of(GgmlType.Q4_K, false));
        assertEquals(8.7563e-02, llama.of(GgmlType.IQ2_XXS, true));
        assertEquals(Double.NaN, llama.of(GgmlType.IQ2_XXS, false));
        assertEquals(Double.NaN, llama.of(GgmlType.IQ4_K, true));
        assertEquals(3.0582e-03, Distortion.measured(Dialects.ikLlamaCpp()).of(GgmlType.IQ4_K, true));
    }

    @Test
    void typesStoredByRowsHaveTheDistortionOfThoseThatAreNot() {
        Distortion ik = Distortion.measured(Dialects.ikLlamaCpp());
        assertEquals(ik.of(GgmlType.Q4_K, true), ik.of(GgmlType.Q4_K_R4, true));
        assertEquals(ik.of(GgmlType.IQ4_XS, false), ik.of(GgmlType.IQ4_XS_R8, false));
    }

    @Test
    void everyTypeOfTheLaddersHasADistortion() {
        for (Dialect dialect : Dialects.all()) {
            for (GgmlType type : dialect.recipeTypes()) {
                assertTrue(Distortion.measured(dialect).of(type, true) > 0, dialect + " " + type);
                assertTrue(dialect.types().contains(type), dialect + " " + type);
            }
        }
    }

    @Test
    void readsADistortionPerType() throws IOException {
        Distortion own = Distortion.read(file("d.csv", "type,value;# a comment;q4_K, 0.25;;q8_0,1e-5"),
                Dialects.llamaCpp());
        assertEquals(0.25, own.of(GgmlType.Q4_K, true));
        assertEquals(0.25, own.of(GgmlType.Q4_K, false));
        assertEquals(1e-5, own.of(GgmlType.Q8_0, true));
        assertEquals(Double.NaN, own.of(GgmlType.Q6_K, true));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = { //
        "type,value;q4_K,x -> line 2: value is 'x', expected a number of at least 0",
        "type,value;q4_K,-1 -> line 2: value is '-1', expected a number of at least 0",
        "type,value;q4_K,NaN -> line 2: value is 'NaN', expected a number of at least 0",
        "type,value;q4_K,1;q4k,2 -> line 3: unknown type 'q4k', did you mean 'q4_K'?",
        "type,value;q4_K,1;q4_K,2 -> line 3: a second value for q4_K",
        "type,value;q4_K -> line 2: 1 value, but 2 columns: type,value. The file ends within this line. If writing it was interrupted, remove the line",
        "name,value;q4_K,1 -> line 1: the columns are name,value, expected type,value",
        "type,value -> holds no values; expected a line of column names and a line per value"})
    void saysWhereADistortionIsWrong(String text, String message) throws IOException {
        ByteSource file = file("d.csv", text);
        IOException e = assertThrows(IOException.class, () -> Distortion.read(file, Dialects.llamaCpp()));
        assertEquals(file.name() + ": " + message, e.getMessage());
    }

    @Test
    void sensitivityPerTensorIsScaledByDistortion() throws IOException {
        Sensitivity measured = Sensitivity.read(file("s.csv", "tensor,value;blk.0.attn_v.weight,3"),
                Dialects.llamaCpp(), Optional.empty());
        assertEquals(1.5, measured.loss("blk.0.attn_v.weight", GgmlType.Q4_K, _ -> 0.5));
        assertEquals(Double.NaN, measured.loss("blk.1.attn_v.weight", GgmlType.Q4_K, _ -> 0.5));
    }

    @Test
    void sensitivityPerTensorAndTypeIsTakenAsItIs() throws IOException {
        Sensitivity measured = Sensitivity.read(
                file("s.tsv", "tensor\ttype\tvalue;blk.0.attn_v.weight\tq4_K\t3;blk.0.attn_v.weight\tq8_0\t1"),
                Dialects.llamaCpp(), Optional.empty());
        assertEquals(3, measured.loss("blk.0.attn_v.weight", GgmlType.Q4_K, _ -> 0.5));
        assertEquals(1, measured.loss("blk.0.attn_v.weight", GgmlType.Q8_0, _ -> 0.5));
        // Not measured: 1 of q8_0, the nearest in size, times E(q6_K)/E(q8_0).
        assertEquals(5, measured.loss("blk.0.attn_v.weight", GgmlType.Q6_K, type -> type == GgmlType.Q6_K ? 0.5 : 0.1));
        assertEquals(Double.NaN, measured.loss("blk.1.attn_v.weight", GgmlType.Q6_K, _ -> 0.5));
    }

    @Test
    void whatMeasureWritesGivesAScaleByError() throws IOException {
        Sensitivity measured = Sensitivity.read(file("losses.csv",
                "tensor,type,kld,kld_error,group,tensors;a,q3_K,0.002,1e-6,a,1;b,q3_K,0.006,1e-6,both,2;"
                        + "c,q4_0,0.006,1e-6,both,2"),
                Dialects.llamaCpp(), Optional.empty());
        assertTrue(measured.isOfOneType());
        // E is 0.02 in q3_K and 0.01 in q4_0: the group of b and c has 0.006 / (0.02 + 0.01).
        Map<String, Double> scales = measured.scales((_, type) -> type == GgmlType.Q3_K ? 0.02 : 0.01);
        assertEquals(0.1, scales.get("a"), 1e-12);
        assertEquals(0.2, scales.get("b"), 1e-12);
        assertEquals(0.2, scales.get("c"), 1e-12);
    }

    @Test
    void theByteOrderMarkOfASpreadsheetIsNotPartOfAColumn() throws IOException {
        Distortion table = Distortion.read(file("d.csv", "\ufefftype,value;q4_K,0.25"), Dialects.llamaCpp());
        assertEquals(0.25, table.of(GgmlType.Q4_K, true));
    }

    @Test
    void aTypeForAllMayBeNamedBesideTheTable() throws IOException {
        Sensitivity measured = Sensitivity.read(file("q.tsv", "tensor\tvalue\tstderr;a\t0.002\t1e-5"),
                Dialects.llamaCpp(), Optional.of(GgmlType.Q3_K));
        assertEquals(List.of(GgmlType.Q3_K), measured.types());
        assertEquals(0.1, measured.scales((_, _) -> 0.02).get("a"), 1e-12);
    }

    @Test
    void noiseBelowZeroIsRaisedAndSaid() throws IOException {
        Sensitivity measured = Sensitivity.read(
                file("losses.csv", "tensor,type,kld,kld_error;a,q8_0,-3e-7,5e-7;b,q8_0,,;c,q8_0,1e-5,1e-6"),
                Dialects.llamaCpp(), Optional.empty());
        assertEquals(5e-7, measured.perType().get("a").get(GgmlType.Q8_0));
        assertEquals(List.of("losses.csv: 1 loss is not above 0, which is noise: raised to the standard error",
                "losses.csv: 1 loss is undefined and passed over"), measured.warnings());
        IOException e = assertThrows(IOException.class, () -> Sensitivity.read(
                file("losses.csv", "tensor,value;a,-0.5"), Dialects.llamaCpp(), Optional.empty()));
        assertEquals("losses.csv: line 2: value is '-0.5', expected a number of at least 0", e.getMessage());
        e = assertThrows(IOException.class, () -> Sensitivity.read(file("x.csv", "tensor,loss;a,1"),
                Dialects.llamaCpp(), Optional.empty()));
        assertTrue(e.getMessage().contains("the columns are tensor,loss, expected tensor,value or tensor,type,value"),
                e.getMessage());
    }
}
