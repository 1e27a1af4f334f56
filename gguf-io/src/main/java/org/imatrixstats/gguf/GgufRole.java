package org.imatrixstats.gguf;

import java.util.Collection;
import java.util.Optional;

import org.imatrixstats.tensor.TensorInfo;

/** What a GGUF file holds that is neither a model nor an importance matrix. */
public final class GgufRole {
    private static final String LORA = ".lora_a";

    private GgufRole() {
    }

    /** {@code a LoRA adapter} and the like; empty for a model, an importance matrix, and what is not known. */
    public static Optional<String> of(Metadata metadata, Collection<TensorInfo> tensors) {
        String type = metadata.text("general.type").orElse("");
        if (type.equals("adapter") || tensors.stream().anyMatch(tensor -> tensor.name().endsWith(LORA))) {
            return Optional.of("a LoRA adapter");
        }
        boolean vocabulary = metadata.values().containsKey("tokenizer.ggml.tokens");
        return tensors.isEmpty() && vocabulary
                ? Optional.of("a vocabulary without a model (it has no tensors)")
                : Optional.empty();
    }
}
