package org.imatrixstats.quantize;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.numeric.ErrorSums;

/**
 * One tensor of a quantized file, beside what its inputs give.
 *
 * @param expected        the type that the plan gives the tensor; the type in the file where there is no plan
 * @param found           the type in the file; null if it lacks the tensor
 * @param blocks          blocks in the file
 * @param differentBlocks blocks whose bytes are other than the inputs give
 * @param invalidRows     rows with a block that decodes to NaN or infinities
 * @param firstInvalid    the first such block, counted from 0 through all rows; -1 if there is none
 * @param error           the error of the file's values against the model's
 * @param expectedError   the error of what the inputs give in the same type
 */
public record VerifiedTensor(String name, Outcome outcome, GgmlType expected, GgmlType found, long blocks,
        long differentBlocks, long invalidRows, long firstInvalid, ErrorSums error, ErrorSums expectedError) {
    /** What was found, the worst first. */
    public enum Outcome {
        /** The file lacks a tensor of the model. */
        MISSING("not in the file"),
        /** The file has a tensor that the model lacks. */
        UNEXPECTED("not in the model"),
        OTHER_SHAPE("other shape"),
        /** Blocks that no quantizer writes: NaN or infinite scales. */
        INVALID("invalid blocks"), //
        OTHER_TYPE("other type"),
        /** The same type, but other bytes: another importance matrix, or another build. */
        OTHER_BYTES("other bytes"), //
        EQUAL("equal");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        /** What people call it. */
        public String label() {
            return label;
        }
    }
}
