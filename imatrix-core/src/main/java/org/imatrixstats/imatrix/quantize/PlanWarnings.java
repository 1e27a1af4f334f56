package org.imatrixstats.imatrix.quantize;

import java.util.ArrayList;
import java.util.List;

/** What a program does silently and its user would not expect. */
final class PlanWarnings {
    private final List<String> warnings = new ArrayList<>();

    PlanWarnings(Dialect dialect, Model model, QuantizeOptions options, List<PlannedTensor> tensors,
            List<String> missingEntries) {
    }

    List<String> all() {
        return List.copyOf(warnings);
    }
}
