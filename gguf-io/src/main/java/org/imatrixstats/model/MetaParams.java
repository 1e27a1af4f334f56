package org.imatrixstats.model;

import java.util.EnumMap;
import java.util.Map;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/** Reads {@code params.json}, which Meta publishes beside its checkpoints. */
final class MetaParams {
    private MetaParams() {
    }

    static ModelConfig read(ByteSource file) throws FormatException {
        JsonObject json = JsonObject.read(file, "params.json");
        Map<Hyperparameter, Long> values = new EnumMap<>(Hyperparameter.class);
        for (Hyperparameter parameter : Hyperparameter.values()) {
            for (String key : parameter.others()) {
                Long number = json.number(key);
                // Llama 2 has a vocabulary of -1: that of the tokenizer.
                if (number != null && number >= 0) {
                    values.putIfAbsent(parameter, number);
                }
            }
        }
        Long dim = values.get(Hyperparameter.EMBEDDING);
        Long heads = values.get(Hyperparameter.HEADS);
        if (dim == null || heads == null || heads == 0) {
            throw new FormatException(file.name(),
                    "dim or n_heads is missing, expected the parameters of a Llama model");
        }
        values.putIfAbsent(Hyperparameter.KV_HEADS, heads);
        values.putIfAbsent(Hyperparameter.KEY_LENGTH, dim / heads);
        values.putIfAbsent(Hyperparameter.VALUE_LENGTH, dim / heads);
        values.putIfAbsent(Hyperparameter.EXPERTS, 0L);
        values.putIfAbsent(Hyperparameter.EXPERTS_USED, 0L);
        values.put(Hyperparameter.FFN, ffn(dim, json.real("ffn_dim_multiplier"), json.number("multiple_of")));
        return new ModelConfig("llama", null, values);
    }

    /** The width of the feed-forward layers, as Meta's model.py works it out. */
    static long ffn(long dim, Double multiplier, Long multipleOf) {
        long hidden = 8 * dim / 3;
        if (multiplier != null) {
            hidden = (long) (multiplier * hidden);
        }
        long step = multipleOf == null || multipleOf == 0 ? 1 : multipleOf;
        return step * ((hidden + step - 1) / step);
    }
}
