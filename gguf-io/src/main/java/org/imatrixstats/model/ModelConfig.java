package org.imatrixstats.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a model says about its architecture.
 *
 * @param architecture as GGUF names it, such as {@code llama}; null if it is not known
 * @param name         of the model; null if it has none
 * @param values       those that are stated or follow from others
 */
public record ModelConfig(String architecture, String name, Map<Hyperparameter, Long> values) {
    /** Nothing is known. */
    static final ModelConfig NONE = new ModelConfig(null, null, Map.of());

    public ModelConfig {
        Map<Hyperparameter, Long> sorted = new EnumMap<>(Hyperparameter.class);
        sorted.putAll(values);
        values = Collections.unmodifiableMap(sorted);
    }

    public OptionalLong get(Hyperparameter parameter) {
        Long value = values.get(parameter);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** A value, or another if the model does not state it. */
    public long get(Hyperparameter parameter, long otherwise) {
        return values.getOrDefault(parameter, otherwise);
    }

    /** The same with one value more. */
    ModelConfig with(Hyperparameter parameter, long value) {
        Map<Hyperparameter, Long> more = new EnumMap<>(Hyperparameter.class);
        more.putAll(values);
        more.put(parameter, value);
        return new ModelConfig(architecture, name, more);
    }
}
