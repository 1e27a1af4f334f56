package org.imatrixstats.recipe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tensors of a layer that share an input and get one type. */
public enum Harmony {
    /** ik_llama.cpp computes both at once where their types are equal (-fmoe, -fug). */
    GATE_UP("ffn_(?:gate|up)(|_exps|_shexp|_chexps)"), //
    QK("attn_[qk]()"), //
    QKV("attn_[qkv]()");

    private final Pattern kinds;

    Harmony(String kinds) {
        this.kinds = Pattern.compile(kinds);
    }

    /** What the kinds have in common that get one type; empty for other kinds. */
    Optional<String> group(String kind) {
        Matcher matcher = kinds.matcher(kind);
        return matcher.matches() ? Optional.of(this + matcher.group(1)) : Optional.empty();
    }
}
