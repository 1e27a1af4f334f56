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
    INFINITE(ERROR, "llama-quantize stops at the first value that is not finite.",
            "Regenerate the matrix on another backend or in higher precision. Merging spreads infinity."), //
    NEGATIVE(ERROR, "A sum of squares cannot be negative. The file is damaged, or too much was subtracted from it.",
            "Regenerate the matrix."), //
    ALL_ZERO(ERROR, "Quantizers accept the entry, but every column has weight 0. The result is arbitrary.",
            "Regenerate the matrix with a text that exercises the tensor."), //
    METADATA_MISSING(ERROR, "llama-quantize refuses a GGUF file without these keys.",
            "Rewrite the file with these keys."), //
    METADATA_TYPE(ERROR, "llama-quantize aborts because it reads these keys only as uint32.",
            "Rewrite the file with keys of the right type."), //
    SIZE_MISMATCH(ERROR, "llama-quantize stops at this tensor. The file was made from another model.",
            "Use a matrix of this model, or of a model with the same shapes."), //
    EXPERT_ALL_ZERO(WARNING, "Tokens reached these experts, but all their columns have weight 0.",
            "Use a text that exercises them more."), //
    TINY_WEIGHTS(WARNING, "The values are so small that their products underflow float32. Quantizers stop there.",
            "Use a text that exercises these experts more, or give the tensor a type such as q8_0."), //
    ZERO_BLOCKS(WARNING,
            "All importance weights of these blocks are 0. llama.cpp before 2026-02-24 wrote garbage there or aborted.",
            "Use a newer llama.cpp, or a text that reaches these columns."), //
    CONSTANT(WARNING, "Every column holds the same value. Real activations never do: the values were filled in.",
            "Regenerate the matrix if you do not know why. Such an entry is as useful as none."), //
    BIG_ENDIAN(WARNING,
            "The file is in big-endian byte order. llama.cpp on x86 and ARM refuses it.",
            "Rewrite the file in little-endian byte order."), //
    SUMS_NOT_FINITE(WARNING, "Sums of x (in_sum) are NaN or infinite. No quantizer reads them; figures of E[x] do.",
            "Regenerate the matrix if you need those figures."), //
    SUMS_TOO_LARGE(WARNING, "|E[x]| is larger than √E[x²], which is impossible. in_sum or in_sum2 is damaged.",
            "Regenerate the matrix."), //
    NOTHING_COUNTED(ERROR, "No token reached any tensor. The file is empty of information.", "Regenerate the matrix."), //
    NO_DATA(WARNING, "No token reached the tensor. It is quantized without importance weights.",
            "Use a text that reaches it, or give the tensor a type that does not need importance weights."), //
    NCALL_ZERO(WARNING, "The entry claims that it was collected over 0 chunks, so its values cannot be averages.",
            "Regenerate the matrix."), //
    EXPERTS_POORLY_COVERED(WARNING,
            "Fewer than three quarters of the experts were reached, or fewer than half by enough tokens."
                    + " ik_llama.cpp drops entries of which 5% are missing.",
            "Use a longer or more varied calibration text."), //
    COUNTS_DIFFER(WARNING,
            "Tensors of a layer see the same tokens. An entry with a different count was merged or cut, or llama-imatrix"
                    + " saved the file within a chunk, as it does during a run.",
            "Merge only whole files of one model, and take the file that is written at the end of the run."), //
    LAYER_GAP(WARNING, "Similar layers have this tensor. It was lost, or the model is pruned there.",
            "Compare with the model. Regenerate the matrix if the model has the tensor."), //
    LAYER_MISSING(WARNING, "Whole layers have no entry.",
            "Compare with the model. Regenerate the matrix if the model has these layers."), //
    SHARED_KV(NOTE, "These layers use the keys and values of earlier layers. Their own are never computed.",
            "Nothing is lost. Give their attn_k and attn_v a small type that needs no entry, as 'recipe' does."), //
    NEXTN_LOOKED_UP(NOTE,
            "Embeddings and output of a NextN (MTP) layer have data only if llama-imatrix was told to process the output.",
            "Give them a type that does not need importance weights, such as q8_0."), //
    NEXTN_WITHOUT_DATA(WARNING,
            "llama-imatrix does not run the NextN (MTP) layers. They are quantized without importance weights.",
            "Give these layers a type that does not need importance weights, such as q8_0."), //
    TENSOR_WITHOUT_ENTRY(WARNING,
            "The file has no entry for this tensor of the model. It is quantized without importance weights.",
            "Regenerate the matrix, or give the tensor a type that does not need an entry (see types-refused)."), //
    ENTRY_WITHOUT_TENSOR(WARNING, "The model has no such tensor. Quantizers ignore the entry.",
            "Check that the matrix was made from this model."), //
    NAME_FORM(WARNING,
            "The file has entries for these tensors under another name. Quantizers look for the exact name and find none.",
            "Regenerate the matrix with this model, or copy the entries under the other name. ik_llama.cpp finds merged gate and up."), //
    MLA_VARIANT(WARNING, "One file stores MLA attention as one tensor, the other as two.",
            "Make the matrix from a model converted in the same way. ik_llama.cpp uses attn_kv_b for attn_v_b."), //
    TYPES_REFUSED(WARNING,
            "Without an entry llama.cpp refuses " + Dialects.llamaCpp().namesOfNeedEntry() + "; ik_llama.cpp refuses "
                    + Dialects.ikLlamaCpp().namesOfNeedEntry() + ".",
            "Give the tensors another type, or regenerate the matrix."), //
    COLUMNS_NOT_32(WARNING,
            "The row length fits no quantized type. llama.cpp writes f16. ik_llama.cpp has no fallback.",
            "Keep the tensor in f16."), //
    ZERO_COLUMNS(NOTE, "These inputs were never active. Errors in these columns have weight 0.",
            "Nothing to do if the model is built like that. Otherwise use a more varied text."), //
    EXPERTS_NEVER_REACHED(NOTE, "llama.cpp silently quantizes these experts without importance weights.",
            "Use a longer or more varied calibration text."), //
    EXPERTS_RARELY_REACHED(NOTE, "Too few tokens for a reliable mean.",
            "Use a longer or more varied calibration text."), //
    EXPERTS_FILLED(NOTE, "Every column is 1.0: the writer's filler for experts that no token reached.",
            "Use a longer or more varied calibration text."), //
    LAYER_PATTERN(NOTE, "A hybrid model: layers of several kinds.", "Nothing to do."), //
    COLUMNS_NOT_256(NOTE, "Types with blocks of 256 (K, most IQ) fall back to iq4_nl, q4_0, q5_0, q5_1 (q6_0) or q8_0.",
            "Expect a larger file than planned, or choose one of those types."), //
    UNKNOWN_TENSOR(NOTE, "This tensor is not a known part of an importance matrix. It is ignored.", "Nothing to do."), //
    DATASETS_UNUSUAL(NOTE,
            "llama-quantize only requires that imatrix.datasets exists. Other programs expect a list of names.",
            "Nothing to do."), //
    DUPLICATE_DATASET(NOTE, "The same dataset name appears more than once. A text may have been counted twice.",
            "Merge each run only once."), //
    OUTPUT_WITHOUT_ENTRY(NOTE,
            "Expected unless llama-imatrix was told to process the output. Types iq1_s, iq2_xxs, iq2_xs crash for these tensors.",
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
