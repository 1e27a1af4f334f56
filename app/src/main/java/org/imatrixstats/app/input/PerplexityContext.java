package org.imatrixstats.app.input;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import org.imatrixstats.gguf.GgufModel;

/** The context that llama-perplexity will use, and the one that a model was trained for. */
public final class PerplexityContext {
    private static final List<String> OPTIONS = List.of("-c", "--ctx-size");
    /** What llama-perplexity takes without an option. */
    private static final long DEFAULT = 512;

    private PerplexityContext() {
    }

    /**
     * What to say if the context is longer than that of the training.
     *
     * @param arguments what the user gives the program
     */
    public static Optional<String> warning(GgufModel model, List<String> arguments) {
        Optional<String> given = given(arguments);
        long context = given.map(PerplexityContext::number).orElse(DEFAULT);
        Optional<String> architecture = model.metadata().text("general.architecture");
        OptionalLong trained = architecture.isEmpty()
                ? OptionalLong.empty()
                : model.metadata().integer(architecture.get() + ".context_length");
        // 0 is that of the model.
        return trained.isEmpty() || trained.getAsLong() <= 0 || context <= trained.getAsLong()
                ? Optional.empty()
                : Optional.of(model.name() + " was trained for a context of " + trained.getAsLong()
                        + " tokens, but llama-perplexity will use " + context
                        + (given.isPresent() ? "" : ", its default")
                        + ". The figures beyond that length say little: give -- -c " + trained.getAsLong());
    }

    private static Optional<String> given(List<String> arguments) {
        for (int i = arguments.size() - 2; i >= 0; i--) {
            if (OPTIONS.contains(arguments.get(i))) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.ofNullable(System.getenv("LLAMA_ARG_CTX_SIZE"));
    }

    /** What is no number is refused by llama-perplexity. */
    private static long number(String text) {
        return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
    }
}
