package org.imatrixstats.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;

import org.junit.jupiter.api.Test;

/** What the real program wrote, shortened. */
class PerplexityOutputTest {
    private static final String HEADER = """
            0.00 minutes

            chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS            Same top p
            """;
    private static final String ROWS = HEADER
            + """
                       1       4.6907 ±    0.7079       0.00000 ±    0.00002       0.00012 ±    0.00003     0.201 ±  0.011 %    99.213 ±  0.787 %

                    chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS            Same top p
                       2      11.5588 ±    2.4755       0.05904 ±    0.02394       0.00015 ±    0.00001     0.301 ±  0.010 %    99.000 ±  0.500 %

                    """;
    private static final String STATISTICS = """
            ====== Perplexity statistics ======
            Mean PPL(Q)                   :  10.100297 ±   1.263584
            Mean PPL(base)                :   9.806505 ±   1.151870
            Cor(ln(PPL(Q)), ln(PPL(base))):  99.71%
            Mean ln(PPL(Q)/PPL(base))     :   0.029519 ±   0.012029
            Mean PPL(Q)/PPL(base)         :   1.029959 ±   0.012390
            Mean PPL(Q)-PPL(base)         :   0.293793 ±   0.145002

            ====== KL divergence statistics ======
            Mean    KLD:   0.000148 ±   0.000006
            Maximum KLD:   0.000043
            99.9%   KLD:   0.000042
            Median  KLD:  -0.000000
             5.0%   KLD:  -0.000026
            Minimum KLD:  -0.000044

            ====== Token probability statistics ======
            Mean    Δp: -0.000 ± 0.000 %
            Maximum Δp:  0.004%
            RMS Δp    :  0.001 ± 0.000 %
            Same top p: 99.012 ± 0.123 %

            """;

    private static PerplexityOutput read(String text) throws IOException {
        PerplexityOutput output = new PerplexityOutput("llama-perplexity", true);
        for (String line : text.split("\n")) {
            output.add(line);
        }
        return output;
    }

    @Test
    void theFinalStatisticsAreRead() throws IOException {
        KlDivergence result = read(ROWS + STATISTICS).result().orElseThrow();
        // √(0.000006² + 0.000001²/12): rounding to six decimals adds to the error.
        assertEquals(new KlDivergence(0.000148, 6.0069e-6, 10.100297, 1.263584, 0.99012, 0.00123, 2, false),
                rounded(result));
    }

    private static KlDivergence rounded(KlDivergence result) {
        return new KlDivergence(result.kld(), Math.round(result.kldError() * 1e10) / 1e10, result.ppl(),
                result.pplError(), result.sameTop(), result.sameTopError(), result.chunks(), result.running());
    }

    @Test
    void lostLastLinesLeaveTheRunningFigures() throws IOException {
        PerplexityOutput output = read(ROWS + STATISTICS.substring(0, STATISTICS.indexOf("Same top p")));
        assertTrue(output.result().isEmpty());
        KlDivergence running = output.running().orElseThrow();
        assertEquals(new KlDivergence(0.00015, 1.04083e-5, 11.5588, 2.4755, 0.99, 0.005, 2, true), rounded(running));
        assertEquals(2, output.chunks());
    }

    @Test
    void brokenModelsHaveNoFigures() throws IOException {
        KlDivergence result = read(ROWS + STATISTICS.replace("0.000148 ±   0.000006", "nan ±       -nan")).result()
                .orElseThrow();
        assertTrue(Double.isNaN(result.kld()) && Double.isNaN(result.kldError()));
    }

    @Test
    void aLineThatIsNotUnderstoodIsNamed() {
        IOException e = assertThrows(IOException.class, () -> read(ROWS + "Mean    KLD: 0,000148 ± 0,000006\n"));
        assertEquals("llama-perplexity: line 9 is not what llama-perplexity writes: 'Mean    KLD: 0,000148 ± 0,000006'",
                e.getMessage());
        assertThrows(IOException.class, () -> read(ROWS + "Mean    KLD: 0.000148\n"));
        assertThrows(IOException.class, () -> read(HEADER + "   1       4.6907 ±    0.7079\n"));
    }

    @Test
    void theLogOfAWholeRunSaysHowLargeTheModelIs() throws IOException {
        PerplexityOutput log = PerplexityOutput.ofLog("q4.log", """
                print_info: file format = GGUF V3 (latest)
                print_info: file size   = 4.58 GiB (4.89 BPW)\s
                """ + ROWS + "llama_perf_context_print:        load time =      26.32 ms\n" + STATISTICS);
        assertEquals(4.89, log.bitsPerWeight());
        assertEquals(Math.round(4.58 * (1 << 30)), log.modelBytes());
        assertEquals(0.000148, log.result().orElseThrow().kld());
        assertEquals(4.5,
                PerplexityOutput.ofLog("ik.log", "llm_load_print_meta: model size       = 1.00 GiB (4.50 BPW) ")
                        .bitsPerWeight());
    }
}
