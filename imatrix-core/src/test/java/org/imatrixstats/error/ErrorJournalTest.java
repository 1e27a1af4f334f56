package org.imatrixstats.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorJournalTest {
    private static final String DIGEST = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;
    private ErrorInputs inputs;
    private ErrorPlan plan;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        GgufModel model = GgufModel.open(ReferenceFiles.testdata("models/tiny-english-f16.gguf"));
        inputs = new ErrorInputs(model, null, Dialects.llamaCpp());
        plan = ErrorPlan.of(inputs, List.of(GgmlType.Q8_0, GgmlType.Q4_0), new Sampling.Count(3));
        file = folder.resolve("journal");
    }

    private void write(int tasks) throws IOException {
        try (ErrorJournal journal = ErrorJournal.create(file, DIGEST, plan)) {
            for (int task = 0; task < tasks; task++) {
                journal.add(task, new ErrorMeasure(inputs).of(plan.tasks().get(task)));
            }
        }
    }

    @Test
    void holdsThePlanAndTheResults() throws IOException {
        write(plan.tasks().size());
        ErrorJournal.Content content = ErrorJournal.read(file);
        assertEquals(DIGEST, content.digest());
        assertEquals(plan.inputs(), content.plan().inputs());
        assertEquals(0, content.fold().missing());
        assertEquals(Files.size(file), content.end());
        ErrorFold direct = new ErrorFold(plan);
        for (ErrorTask task : plan.tasks()) {
            direct.add(task.number(), new ErrorMeasure(inputs).of(task));
        }
        assertEquals(ErrorCsv.text(direct.errors(true)), ErrorCsv.text(content.fold().errors(true)));
    }

    @Test
    void aTornLastLineIsNoLossWhereverItEnds() throws IOException {
        write(3);
        byte[] whole = Files.readAllBytes(file);
        int lastLine = new String(whole, 0, whole.length - 1, StandardCharsets.US_ASCII)
                .lastIndexOf('\n') + 1;
        for (int end = lastLine; end < whole.length; end += 97) {
            Files.write(file, Arrays.copyOf(whole, end));
            ErrorJournal.Content content = ErrorJournal.read(file);
            assertEquals(plan.tasks().size() - 2, content.fold().missing());
            assertEquals(lastLine, content.end());
            try (ErrorJournal journal = ErrorJournal.append(file, content)) {
                journal.add(2, new ErrorMeasure(inputs).of(plan.tasks().get(2)));
            }
            assertEquals(-1, Arrays.mismatch(whole, Files.readAllBytes(file)));
        }
    }

    @Test
    void damageBeforeTheLastLineIsNamed() throws IOException {
        write(3);
        List<String> lines = Files.readAllLines(file);
        int result = lines.size() - 2;
        lines.set(result, lines.get(result).replaceFirst("A", "B"));
        Files.write(file, lines);
        FormatException e = assertThrows(FormatException.class, () -> ErrorJournal.read(file));
        assertTrue(e.getMessage().endsWith(": line " + (result + 1) + " is damaged"), e.getMessage());
    }

    private static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return line + " " + Long.toHexString(crc.getValue());
    }

    /** A line with a checksum of its own can hold anything. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1 | tensor", "4 | 0,256", "4 | -256,-256", "4 | ,",
        "4 | 256,4294967296,4294967296",
        "4 | 256,9007199254740992", "4 | 256,4,3", "6 | 9223372036854775807", "6 | 0", "7 | 1,1"})
    void aPlanThatNoModelHasIsDamage(int field, String value) throws IOException {
        write(0);
        List<String> lines = Files.readAllLines(file);
        String[] fields = lines.get(2).split(" ");
        fields[field] = value;
        lines.set(2, withChecksum(String.join(" ", Arrays.copyOf(fields, fields.length - 1))));
        Files.write(file, lines);
        FormatException e = assertThrows(FormatException.class, () -> ErrorJournal.read(file));
        assertTrue(e.getMessage().endsWith(": line 3 is damaged"), e.getMessage());
    }

    @Test
    void sumsOfAnotherVersionAreRefusedWithTheFile() throws IOException {
        write(1);
        List<String> lines = Files.readAllLines(file);
        String[] fields = lines.getLast().split(" ");
        byte[] result = Base64.getDecoder().decode(fields[1]);
        result[Integer.BYTES] = 97;
        lines.set(lines.size() - 1,
                withChecksum(fields[0] + " " + Base64.getEncoder().encodeToString(result)));
        Files.write(file, lines);
        FormatException e = assertThrows(FormatException.class, () -> ErrorJournal.read(file));
        assertEquals(file + ": line " + lines.size() + ": error sums: version 97, expected 1", e.getMessage());
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Files.writeString(file, "tensor,type\n", StandardOpenOption.CREATE);
        assertTrue(assertThrows(FormatException.class, () -> ErrorJournal.read(file)).getMessage()
                .endsWith("is not a journal or part file of 'imatrix-stats error'"));
    }

    @Test
    void rowsOfASampleAreSpreadOverTheMatrix() {
        ErrorTask task = plan.tasks().stream().filter(each -> each.tensor().name().equals("blk.0.ffn_up.weight"))
                .findFirst().orElseThrow();
        assertEquals(3, task.rows());
        for (int i = 0; i < 3; i++) {
            assertTrue(task.row(i) >= 256 * i && task.row(i) < 256 * (i + 1), "row " + task.row(i));
        }
    }
}
