package org.imatrixstats.recipe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.tensor.TensorName;

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

    /** What the tensors of a layer have in common that get one type; empty for others. */
    Optional<String> group(TensorName name) {
        Matcher matcher = kinds.matcher(name.kind().substring(name.kind().lastIndexOf('.') + 1));
        return matcher.matches() ? Optional.of(this + matcher.group(1)) : Optional.empty();
    }
}
