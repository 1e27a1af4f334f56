package org.imatrixstats.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.ggml.GgmlType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that fail, and one that writes something else than planned. */
@DisabledOnOs(OS.WINDOWS)
class LlamaQuantizeTest {
    private static final Path MODEL = ReferenceFiles.testdata("models/tiny-english-f16.gguf");

    @TempDir
    Path folder;

    private String failure(String script, Path imatrix, boolean rules) throws IOException, RefusedException {
        Path program = Files.writeString(folder.resolve("llama-quantize"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Dialect dialect = Dialects.llamaCpp();
        QuantizeOptions options = QuantizeOptions.of(BaseType.Q8_0);
        Plan plan = Plan.of(dialect, Model.read(MODEL),
                rules ? options.withRules(List.of(dialect.rule("attn_v", GgmlType.Q6_K))) : options);
        String message = assertThrows(MeasureException.class,
                () -> new LlamaQuantize(program.toString(), folder.resolve("log"))
                        .write(MODEL, Optional.ofNullable(imatrix), plan, folder.resolve("q.gguf")))
                .getMessage();
        return message.replace(folder + "/", "").replace(MODEL.toString(), "MODEL");
    }

    /** The real program of February 2025 writes its options to standard output and nothing else. */
    @Test
    void aProgramWithoutRulesIsSaidToBeTooOld() throws Exception {
        String usage = "echo 'usage: llama-quantize [--help] [--pure] [--imatrix] model-f32.gguf'; exit 1";
        assertEquals("llama-quantize failed on MODEL with exit code 1: it does not know --tensor-type, which gives each"
                + " tensor its type. Builds of llama.cpp have it since April 2025 (its log is log)",
                failure(usage, null, true));
        assertEquals(
                "llama-quantize failed on MODEL with exit code 1: usage: llama-quantize [--help] [--pure] [--imatrix]"
                        + " model-f32.gguf (its log is log)",
                failure(usage, null, false));
    }

    @Test
    void whatAnOldProgramSaysOfAGgufMatrixIsExplained() throws Exception {
        String message = failure("echo \"what():  cannot create std::vector larger than max_size()\" >&2; exit 134",
                ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"), false);
        assertTrue(message.contains("max_size(). Builds of llama.cpp from before July 2025, and ik_llama.cpp, read only"
                + " importance matrices in the legacy format"), message);
    }

    /** It copies the model as it is. */
    @Test
    void aTensorOfAnotherTypeIsNamed() throws Exception {
        assertEquals("llama-quantize gave 58 tensors another type than planned: output.weight is f16, expected q8_0. It"
                + " is of another version",
                failure("for last; do before=$to; to=$last; done; cp " + MODEL + " $before",
                        null, false));
    }
}
