package org.imatrixstats.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialects;
import org.junit.jupiter.api.Test;

class TaskBytesTest {
    private final GgufModel model = open("models/tiny-english-f16.gguf");
    private final ErrorInputs inputs = new ErrorInputs(model, null, Dialects.llamaCpp());

    private static GgufModel open(String name) {
        try {
            return GgufModel.open(ReferenceFiles.testdata(name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<ErrorTask> tasks() throws IOException {
        return ErrorPlan.of(inputs, List.of(GgmlType.Q8_0, GgmlType.Q4_0), new Sampling.Count(3)).tasks();
    }

    @Test
    void aTaskIsTheSameOnTheMachineThatReadsIt() throws IOException {
        for (ErrorTask task : tasks()) {
            assertEquals(task, TaskBytes.task(TaskBytes.of(task), model));
        }
    }

    @Test
    void resultsAreTheSameBitsOnTheMachineThatFoldsThem() throws IOException {
        ErrorTask task = tasks().getFirst();
        var sums = new ErrorMeasure(inputs).of(task);
        assertEquals(sums, TaskBytes.sums(TaskBytes.of(sums)));
    }

    @Test
    void anotherModelIsNamed() throws IOException {
        byte[] bytes = TaskBytes.of(tasks().getFirst());
        FormatException e = assertThrows(FormatException.class,
                () -> TaskBytes.task(bytes, open("weights/synth-dense.gguf")));
        assertTrue(e.getMessage().endsWith("on another: give all machines the same file"), e.getMessage());
    }

    @Test
    void bytesOfAnotherVersionOrCutShortAreRefused() throws IOException {
        byte[] bytes = TaskBytes.of(tasks().getFirst());
        byte[] torn = Arrays.copyOf(bytes, bytes.length - 2);
        assertTrue(assertThrows(FormatException.class, () -> TaskBytes.task(torn, model)).getMessage()
                .contains("is cut short"));
        bytes[0]++;
        assertTrue(assertThrows(FormatException.class, () -> TaskBytes.task(bytes, model)).getMessage()
                .contains("do all machines run the same imatrix-stats?"));
    }
}
