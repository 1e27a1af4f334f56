package org.imatrixstats.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.tensor.TensorInfo;
import org.junit.jupiter.api.Test;

class SamplingTest {
    private static TensorInfo tensor(long... dims) {
        return new TensorInfo("t.weight", Arrays.stream(dims).boxed().toList(), GgmlType.F16, 0, 0,
                0);
    }

    @Test
    void aSmallModelIsReadAsAWhole() throws IOException {
        try (ModelFile model = ModelFile.open(ReferenceFiles.testdata("models/tiny-english-f16.gguf"))) {
            assertInstanceOf(Sampling.Full.class, Sampling.ofDefault(model, 25));
            assertInstanceOf(Sampling.Full.class, Sampling.ofRecipe(model, 25));
        }
    }

    /** 32 rows of a tensor are enough for its error, however many experts it has; a share of each matrix needs them all. */
    @Test
    void rowsOfExpertsCountTogether() {
        Sampling ofTensor = new Sampling.ShareOfTensor(0.0001);
        assertEquals(32, ofTensor.rows(tensor(4096, 4096)));
        assertEquals(1, ofTensor.rows(tensor(4096, 2048, 256)));
        assertEquals(4, ofTensor.rows(tensor(4096, 1024, 8)));
        assertEquals(16, ofTensor.rows(tensor(4096, 16)));
        assertEquals(82, new Sampling.ShareOfTensor(0.02).rows(tensor(4096, 4096)));
        assertEquals(32, new Sampling.Share(0.001).rows(tensor(4096, 2048, 256)));
    }
}
