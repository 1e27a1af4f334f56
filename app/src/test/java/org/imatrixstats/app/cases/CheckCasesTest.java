package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What check says of values that hardly weigh, and of metadata that llama-quantize reads in its own way. */
class CheckCasesTest {
    private static final Path TINY = ReferenceFiles.testdata("cases/tiny-weights/moe.gguf");
    private static final Path PADDED = ReferenceFiles.testdata("cases/metadata/padded.gguf");
    private static final Path INT32 = ReferenceFiles.testdata("cases/metadata/i32-count.gguf");

    @TempDir
    private Path folder;

    @Test
    void expertsOfNearlyNothingAreNamed() {
        String out = CliRun.of("check", TINY).succeeded().out();
        assertTrue(
                out.contains("blk.1.ffn_down_exps.weight, expert 5: E[x²] is 1.2e-21 at most in 2 of 8 experts (5-6)"),
                out);
        assertTrue(out.contains("1 warning"), out);
    }

    @Test
    void wholeBlocksOfZerosAreToldFromScatteredOnes() {
        String out = CliRun.of("check", PADDED).out();
        assertTrue(out.matches("(?s).*blk\\.0\\.ffn_down\\.weight, column 480.*: 1 block of 32 columns, 0 of 256.*"),
                out);
        String scattered = CliRun.of("check", ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf")).out();
        assertFalse(scattered.contains("zero-blocks"), scattered);
    }

    @Test
    void numbersOfAnotherTypeThanUint32AreAnError() {
        CliRun run = CliRun.of("check", INT32);
        assertEquals(3, run.exitCode());
        assertTrue(run.out().contains("not uint32: imatrix.chunk_count (int32), imatrix.chunk_size (int32)"),
                run.out());
        Path rewritten = folder.resolve("uint32.gguf");
        CliRun.of("convert", INT32, "-o", rewritten).succeeded();
        assertTrue(CliRun.of("check", rewritten).succeeded().out().contains("ready for quantizing"));
    }

    @Test
    void convertSuppliesAMissingDatasetAndChunkSize() {
        CliRun check = CliRun.of("check", PADDED);
        assertEquals(3, check.exitCode());
        assertTrue(check.out().contains("missing: imatrix.datasets, imatrix.chunk_size"), check.out());
        Path complete = folder.resolve("complete.gguf");
        CliRun.of("convert", PADDED, "--dataset", "cal.txt", "--chunk-size", "512", "-o", complete).succeeded();
        assertFalse(CliRun.of("check", complete).succeeded().out().contains("metadata"));
        assertTrue(CliRun.outputOf("stats", complete).contains("dataset cal.txt"));
        String err = CliRun.of("convert", complete, "--dataset", "other.txt", "-o", folder.resolve("x.gguf")).failed(1);
        assertTrue(err.contains("names its calibration texts already (cal.txt)"), err);
    }

    @Test
    void namesThatDifferOnlyInFormAreToldOnce() {
        Path cases = ReferenceFiles.testdata("cases/merged-gate-up");
        String split = CliRun.of("check", cases.resolve("mer.gguf"), "--model", cases.resolve("model-sep.gguf"))
                .succeeded().out();
        assertTrue(split.contains("1 warning"), split);
        assertTrue(
                split.contains("8 tensors: gate and up of experts are one tensor in the one file and two in the other,"
                        + " such as blk.0.ffn_gate_exps.weight is blk.0.ffn_gate_up_exps.weight in the file; they share an"
                        + " input, so the entry of one can be copied for the other"),
                split);
        String merged = CliRun.of("check", cases.resolve("sep.gguf"), "--model", cases.resolve("model-mer.gguf"))
                .succeeded().out();
        assertTrue(merged.contains("4 tensors: gate and up of experts"), merged);
        assertFalse(merged.contains("tensor-without-entry"), merged);
    }
}
