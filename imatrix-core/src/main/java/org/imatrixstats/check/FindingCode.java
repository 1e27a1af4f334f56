package org.imatrixstats.check;

import static org.imatrixstats.check.Severity.ERROR;
import static org.imatrixstats.check.Severity.NOTE;
import static org.imatrixstats.check.Severity.WARNING;

import java.util.Locale;

import org.imatrixstats.plan.Dialects;

/** Everything that a check can find. To add a finding: a constant here, and where it is looked for. */
public enum FindingCode {
    NAN(ERROR, "llama-quantize stops at the first value that is not a number.",
            "Regenerate the matrix on another backend or in higher precision. Merging spreads NaN."), //
    INFINITE(ERROR, "llama-quantize stops at the first non-finite value.",
            "Regenerate the matrix on another backend or in higher precision. Merging spreads infinity."), //
    NEGATIVE(ERROR, "A sum of squares cannot be negative: the file is damaged, or more was subtracted than was in it.",
            "Regenerate the matrix."), //
    ALL_ZERO(ERROR, "Quantizers accept the entry, but every column has the weight 0, so the result is arbitrary.",
            "Regenerate the matrix with a text that reaches the tensor."), //
    METADATA_MISSING(ERROR, "llama-quantize refuses a GGUF file without these keys.",
            "Convert the file and supply the missing dataset name and chunk size."), //
    METADATA_TYPE(ERROR, "llama-quantize aborts: it reads these keys as uint32 and nothing else.",
            "Convert the file: that writes the keys with the right type."), //
    SIZE_MISMATCH(ERROR, "llama-quantize stops at the tensor: the file was made from another model.",
            "Use the matrix of this model, or of one with the same shapes."), //
    EXPERT_ALL_ZERO(WARNING, "Tokens reached these experts, but every column has the weight 0.",
            "Use a text that reaches them more often."), //
    TINY_WEIGHTS(WARNING, "The values are so small that products with them underflow float32: quantizers stop there.",
            "Use a text that reaches these experts more often, or keep the tensor in a type such as q8_0."), //
    ZERO_BLOCKS(WARNING,
            "Nothing weighs the weights of these blocks. llama.cpp before 2026-02-24 wrote garbage there, or aborted.",
            "Use a newer llama.cpp, or a text that reaches these columns."), //
    CONSTANT(WARNING, "All columns hold the same value. Real activations never do: the value was filled in.",
            "Regenerate the matrix if you do not know why. The entry is as useful as a missing one."), //
    SUMS_NOT_FINITE(WARNING, "Sums of x (in_sum) are NaN or infinite. No quantizer reads them; figures of E[x] do.",
            "Regenerate the matrix if you need those figures."), //
    SUMS_TOO_LARGE(WARNING, "|E[x]| is larger than √E[x²], which is impossible: in_sum or in_sum2 is damaged.",
            "Regenerate the matrix."), //
    NOTHING_COUNTED(ERROR, "No token reached any tensor. The file holds no information.", "Regenerate the matrix."), //
    NO_DATA(WARNING, "No token reached the tensor. It is quantized without importance weights.",
            "Use a text that reaches it, or choose a type for the tensor that works well without an importance matrix."), //
    NCALL_ZERO(WARNING, "The entry was collected over 0 chunks, so its values cannot be averages.",
            "Regenerate the matrix."), //
    EXPERTS_POORLY_COVERED(WARNING,
            "Fewer than three quarters of the experts were reached, or fewer than half by enough tokens."
                    + " ik_llama.cpp leaves out entries of which 5% are missing.",
            "Use a longer or more varied calibration text."), //
    COUNTS_DIFFER(WARNING, "Tensors of a layer see the same tokens: an entry with another count was merged or cut.",
            "Merge only complete files of one model."), //
    LAYER_GAP(WARNING, "Similar layers have this tensor. It was lost, or the model is pruned.",
            "Compare with the model. If it has the tensor, regenerate the matrix."), //
    LAYER_MISSING(WARNING, "Whole layers have no entry.",
            "Compare with the model. If it has these layers, regenerate the matrix."), //
    SHARED_KV(NOTE, "These layers use the keys and values of earlier ones: their own are never computed.",
            "Nothing is lost. Give their attn_k and attn_v a small type that needs no entry, as recipe does."), //
    NEXTN_LOOKED_UP(NOTE,
            "Embeddings and output of a NextN (MTP) layer: looked up, or run with --process-output only.",
            "Choose a type for them that works well without an importance matrix, such as q8_0."), //
    NEXTN_WITHOUT_DATA(WARNING,
            "llama-imatrix does not run the NextN (MTP) layers: they are quantized without weights.",
            "Choose a type for these layers that works well without an importance matrix, such as q8_0."), //
    TENSOR_WITHOUT_ENTRY(WARNING,
            "The model has the tensor, but the file has no entry. It is quantized without importance weights.",
            "Regenerate the matrix, or choose a type for the tensor that works well without it; see types-refused."), //
    ENTRY_WITHOUT_TENSOR(WARNING, "The model has no such tensor. Quantizers ignore the entry.",
            "Make sure that the matrix was made from this model."), //
    MLA_VARIANT(WARNING, "MLA attention is stored as one tensor in one file and as two in the other.",
            "Make the matrix from a model of the same conversion; ik_llama.cpp takes attn_kv_b for attn_v_b."), //
    TYPES_REFUSED(WARNING,
            "Without an entry llama.cpp refuses " + Dialects.llamaCpp().namesOfNeedEntry() + "; ik_llama.cpp refuses "
                    + Dialects.ikLlamaCpp().namesOfNeedEntry() + ".",
            "Choose other types for the tensors, or regenerate the matrix."), //
    COLUMNS_NOT_32(WARNING,
            "The row length fits no quantized type. llama.cpp writes f16, ik_llama.cpp has no fallback.",
            "Keep the tensor as f16."), //
    ZERO_COLUMNS(NOTE, "Inputs that were never active. Errors in these columns have no weight.",
            "Nothing to do if the model is like that; otherwise use a more varied calibration text."), //
    EXPERTS_NEVER_REACHED(NOTE, "llama.cpp silently quantizes these experts without importance weights.",
            "Use a longer or more varied calibration text."), //
    EXPERTS_RARELY_REACHED(NOTE, "Too few tokens for a reliable mean.",
            "Use a longer or more varied calibration text."), //
    EXPERTS_FILLED(NOTE, "1.0 in every column: filled in by the writer for experts that no token reached.",
            "Use a longer or more varied calibration text."), //
    LAYER_PATTERN(NOTE, "A hybrid model with several kinds of layers.", "Nothing to do."), //
    COLUMNS_NOT_256(NOTE, "Types in blocks of 256 (K, most IQ) fall back: to iq4_nl, q4_0, q5_0, q5_1 (q6_0) or q8_0.",
            "Expect a larger file than planned, or choose one of those types."), //
    UNKNOWN_TENSOR(NOTE, "Not a known part of an importance matrix. It is ignored.", "Nothing to do."), //
    DATASETS_UNUSUAL(NOTE,
            "llama-quantize only demands that imatrix.datasets is there; other programs expect a list of names.",
            "Nothing to do. Converting the file can add a dataset name."), //
    DUPLICATE_DATASET(NOTE, "A dataset name occurs more than once. One text may have been counted more than once.",
            "Merge each run only once."), //
    OUTPUT_WITHOUT_ENTRY(NOTE,
            "Expected unless llama-imatrix ran with --process-output. Types iq1_s, iq2_xxs, iq2_xs crash for these tensors.",
            "Keep the quantizer's default types for them.");

    private final Severity severity;
    private final String explanation;
    private final String advice;

    FindingCode(Severity severity, String explanation, String advice) {
        this.severity = severity;
        this.explanation = explanation;
        this.advice = advice;
    }

    /** The name in every output: {@code zero-columns}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Severity severity() {
        return severity;
    }

    /** What it means. */
    public String explanation() {
        return explanation;
    }

    /** What to do. */
    public String advice() {
        return advice;
    }
}
