package org.imatrixstats.plan;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;

/**
 * What becomes of one tensor.
 *
 * @param source   as it is in the model
 * @param type     what it is stored as
 * @param bytes    of its data, without padding
 * @param cause    what gave it its type
 * @param rule     the rule that gave the type; null unless that is the cause
 * @param option   the option that gave the type; null unless that is the cause
 * @param wanted   the type before the shape of the tensor demanded another
 * @param fallback whether the program counts that as a fallback
 */
public record PlannedTensor(TensorInfo source, GgmlType type, long bytes, Cause cause, Rule rule, TypeOption option,
        GgmlType wanted, boolean fallback) {
    /** What a type comes from. */
    public enum Cause {
        /** The tensor is never quantized: it is copied as it is. */
        KEPT,
        /** The base type. */
        BASE,
        /** The mix of the base type, which gives this tensor another type. */
        MIX,
        /** A rule. */
        RULE,
        /** An option for such tensors. */
        OPTION
    }

    public String name() {
        return source.name();
    }

    /** Whether its rows are not a multiple of the block size: the dry run passes, the real run stops. */
    public boolean isBroken() {
        return type != source.ggmlType() && source.ne0() % type.blockSize() != 0;
    }

    /** Whether it is a quant already and becomes another, which the programs do with --allow-requantize alone. */
    public boolean isRequantized() {
        return type != source.ggmlType() && isQuant(source.ggmlType());
    }

    /** Whether a type is a quant, and not one of the plain floating point types. */
    public static boolean isQuant(GgmlType type) {
        return switch (type) {
            case F64, F32, F16, BF16 -> false;
            default -> true;
        };
    }

    /** Whether the program may give the tensor a type; otherwise it is copied as it is. */
    public boolean quantized() {
        return cause != Cause.KEPT;
    }
}
