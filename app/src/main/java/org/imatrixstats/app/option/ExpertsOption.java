package org.imatrixstats.app.option;

import java.util.OptionalInt;
import java.util.function.Supplier;

/** How many experts a tensor has, where the file does not say. */
public final class ExpertsOption extends Options {
    private final Supplier<Integer> experts = option("--experts", "N", Integer.class,
            "number of experts, if the file does not store it (default: inferred)");

    public OptionalInt given() {
        return experts.get() == null ? OptionalInt.empty() : OptionalInt.of(experts.get());
    }
}
