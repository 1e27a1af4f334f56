package org.imatrixstats.ggml;

import org.imatrixstats.ggml.legacy.Q8_0;
import org.imatrixstats.ggml.plain.BF16;
import org.imatrixstats.ggml.plain.F16;
import org.imatrixstats.ggml.plain.F32;

/** The codec of each tensor type. */
public final class Codecs {
    private Codecs() {
    }

    /** Whether {@link #of} has a codec for this type. */
    public static boolean has(GgmlType type) {
        return find(type) != null;
    }

    /** @throws IllegalArgumentException if the type has no codec; see {@link #has} */
    public static Codec of(GgmlType type) {
        Codec codec = find(type);
        if (codec == null) {
            throw new IllegalArgumentException("no codec for " + type.ggmlName());
        }
        return codec;
    }

    /** Codecs hold no state and load their tables at first use, so they cost nothing to make. */
    private static Codec find(GgmlType type) {
        return switch (type) {
            case F32 -> new F32();
            case F16 -> new F16();
            case BF16 -> new BF16();
            case Q8_0 -> new Q8_0();
            default -> null;
        };
    }
}
