package org.imatrixstats.app.option.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.plan.EntryFilter;

import picocli.CommandLine;

/** Which entries of an importance matrix llama-quantize uses. */
final class EntryOptions extends Options {
    private static final String INCLUDE = "--include-weights";
    private static final String EXCLUDE = "--exclude-weights";

    private final Supplier<List<String>> included = repeated(INCLUDE, "TEXT", String.class,
            "use the importance matrix only for tensors whose name contains TEXT; may be repeated");
    private final Supplier<List<String>> excluded = repeated(EXCLUDE, "TEXT", String.class,
            "do not use the importance matrix for tensors whose name contains TEXT; may be repeated");

    EntryFilter filter() {
        return new EntryFilter(included.get(), excluded.get());
    }

    /** The same; both options at once are a usage error, as in both programs. */
    EntryFilter filter(CommandLine command) {
        require(command, included.get().isEmpty() || excluded.get().isEmpty(),
                INCLUDE + " and " + EXCLUDE + " cannot be combined");
        return filter();
    }

    /**
     * Says what has no effect.
     *
     * @param sizes entries of the importance matrix; empty without one
     */
    static void addWarnings(EntryFilter filter, Optional<Map<String, Long>> sizes, List<String> warnings) {
        if (filter.isAll()) {
            return;
        }
        String option = filter.included().isEmpty() ? EXCLUDE : INCLUDE;
        if (sizes.isEmpty()) {
            warnings.add(option + " has no effect without an importance matrix");
            return;
        }
        filter.idle(sizes.get()).forEach(text -> warnings.add(option + " '" + text + "' matches no entry of the"
                + " importance matrix. The text is a part of a tensor name, not a pattern"));
        if (filter.of(sizes.get()).isEmpty()) {
            warnings.add(option + " leaves no entry: llama-quantize works as if there were no importance matrix");
        }
    }
}
