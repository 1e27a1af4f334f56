package org.imatrixstats.check;

import static org.imatrixstats.check.Severity.ERROR;
import static org.imatrixstats.check.Severity.NOTE;
import static org.imatrixstats.check.Severity.WARNING;

import java.util.Locale;

import org.imatrixstats.plan.Dialects;

/** Everything that a check can find. To add a finding: a constant here, and where it is looked for. */
public enum FindingCode {
    NAN(ERROR, "llama-quantize stops at the first value that is not a number.",
            "Make the matrix anew, on another backend or in higher precision; merging spreads NaN."), //
    INFINITE(ERROR, "llama-quantize stops at the first value that is not finite.",
            "Make the matrix anew, on another backend or in higher precision; merging spreads infinity."), //
    NEGATIVE(ERROR, "A sum of squares cannot be negative: the file is damaged, or more was subtracted than was in it.",
            "Make the matrix anew."), //
    ALL_ZERO(ERROR, "Quantizers accept the entry, but it gives every column the weight 0: what they make is arbitrary.",
            "Make the matrix anew, with a text that exercises the tensor."), //
    METADATA_MISSING(ERROR, "llama-quantize refuses a GGUF file without these keys.",
            "Write the file anew with imatrix-stats convert: --dataset and --chunk-size supply what is missing."), //
    METADATA_TYPE(ERROR, "llama-quantize aborts: it reads these keys as uint32 and nothing else.",
            "Write the file anew with imatrix-stats convert, which gives the keys the right type."), //
    SIZE_MISMATCH(ERROR, "llama-quantize stops at the tensor: the file was made from another model.",
            "Take the matrix of this very model, or of one with the same shapes."), //
    EXPERT_ALL_ZERO(WARNING, "Tokens reached these experts, but each column of theirs has the weight 0.",
            "Use a text that exercises them more."), //
    TINY_WEIGHTS(WARNING, "The values are so small that products with them underflow float32: quantizers stop there.",
            "Use a text that exercises these experts more, or leave the tensor in a type such as q8_0."), //
    ZERO_BLOCKS(WARNING,
            "Nothing weighs the weights of these blocks. llama.cpp before 2026-02-24 wrote garbage there, or aborted.",
            "Use a newer llama.cpp, or a text that reaches these columns."), //
    CONSTANT(WARNING, "Every column holds the same: real activations never do, somebody filled them in.",
            "Make the matrix anew if you do not know why; such an entry helps no more than none."), //
    BIG_ENDIAN(WARNING,
            "The file is in big-endian order: llama.cpp refuses it on machines of the other order, such as x86 and ARM.",
            "Write the file anew with imatrix-stats convert, which makes it little-endian."), //
    SUMS_NOT_FINITE(WARNING, "Sums of x (in_sum) are NaN or infinite. No quantizer reads them; figures of E[x] do.",
            "Make the matrix anew if you need those figures."), //
    SUMS_TOO_LARGE(WARNING, "|E[x]| is beyond √E[x²], which no numbers can do: in_sum or in_sum2 is damaged.",
            "Make the matrix anew."), //
    NOTHING_COUNTED(ERROR, "No token reached any tensor: the file says nothing.", "Make the matrix anew."), //
    NO_DATA(WARNING, "No token reached the tensor: it is quantized as without an importance matrix.",
            "Use a text that reaches it, or leave the tensor in a type that does well without."), //
    NCALL_ZERO(WARNING, "The entry says that it was collected over no chunk: its values cannot be averages.",
            "Make the matrix anew."), //
    EXPERTS_POORLY_COVERED(WARNING,
            "Fewer than three quarters of the experts were reached, or fewer than half by --min-tokens tokens."
                    + " ik_llama.cpp leaves out entries of which 5% are missing.",
            "Use a longer text, or one of more kinds."), //
    COUNTS_DIFFER(WARNING, "Tensors of a layer see the same tokens: an entry with another count was merged or cut.",
            "Merge whole files of one model only."), //
    LAYER_GAP(WARNING, "Other layers like this one have the tensor: it was lost, or the model is pruned there.",
            "Compare with the model (--model); make the matrix anew if it has the tensor."), //
    LAYER_MISSING(WARNING, "Whole layers have no entry.",
            "Compare with the model (--model); make the matrix anew if it has these layers."), //
    SHARED_KV(NOTE, "These layers use the keys and values of earlier ones: their own are never computed.",
            "Nothing is lost. Give their attn_k and attn_v a small type that needs no entry, as recipe does."), //
    NEXTN_LOOKED_UP(NOTE,
            "Embeddings and output of a NextN (MTP) layer: looked up, or run with --process-output only.",
            "Give them a type that does well without an importance matrix, such as q8_0."), //
    NEXTN_WITHOUT_DATA(WARNING,
            "llama-imatrix does not run the NextN (MTP) layers: they are quantized without weights.",
            "Give these layers a type that does well without an importance matrix, such as q8_0."), //
    TENSOR_WITHOUT_ENTRY(WARNING, "The model has the tensor, the file does not: it is quantized without weights.",
            "Make the matrix anew, or give the tensor a type that does well without; see types-refused."), //
    ENTRY_WITHOUT_TENSOR(WARNING, "The model has no such tensor: quantizers pass over the entry.",
            "Make sure that the matrix was made from this model."), //
    MLA_VARIANT(WARNING, "Attention (MLA) is stored whole in the one file and in halves in the other.",
            "Make the matrix from a model of the same conversion; ik_llama.cpp takes attn_kv_b for attn_v_b."), //
    TYPES_REFUSED(WARNING,
            "Without an entry llama.cpp refuses " + Dialects.llamaCpp().namesOfNeedEntry() + "; ik_llama.cpp refuses "
                    + Dialects.ikLlamaCpp().namesOfNeedEntry() + ".",
            "Give the tensors another type, or make the matrix anew."), //
    COLUMNS_NOT_32(WARNING, "The rows fit no quantized type: llama.cpp writes f16, ik_llama.cpp has no answer.",
            "Leave the tensor as it is (f16)."), //
    ZERO_COLUMNS(NOTE, "Inputs that were never active: errors in these columns count for nothing.",
            "Nothing to do if the model is like that; otherwise use a text of more kinds."), //
    EXPERTS_NEVER_REACHED(NOTE, "llama.cpp quantizes these experts as without an importance matrix, without a word.",
            "Use a longer text, or one of more kinds."), //
    EXPERTS_RARELY_REACHED(NOTE, "The mean of so few tokens is mostly chance.",
            "Use a longer text, or one of more kinds."), //
    EXPERTS_FILLED(NOTE, "1.0 in every column: filled in by the writer for experts that no token reached.",
            "Use a longer text, or one of more kinds."), //
    LAYER_PATTERN(NOTE, "A hybrid model: layers of several sorts.", "Nothing to do."), //
    COLUMNS_NOT_256(NOTE, "Types in blocks of 256 (K, most IQ) fall back: to iq4_nl, q4_0, q5_0, q5_1 (q6_0) or q8_0.",
            "Expect a larger file than planned, or choose one of those types."), //
    UNKNOWN_TENSOR(NOTE, "No part of an importance matrix as known here: passed over.", "Nothing to do."), //
    DATASETS_UNUSUAL(NOTE,
            "llama-quantize only demands that imatrix.datasets is there; other programs expect a list of names.",
            "Nothing to do; imatrix-stats convert --dataset names a text where none is named."), //
    DUPLICATE_DATASET(NOTE, "The same dataset name more than once: perhaps one text was counted more than once.",
            "Merge each run once only."), //
    OUTPUT_WITHOUT_ENTRY(NOTE, "Usual without --process-output. Types iq1_s, iq2_xxs, iq2_xs crash for these tensors.",
            "Keep to the default types of the quantizer for them.");

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
