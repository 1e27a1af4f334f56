package org.imatrixstats.plan;

import java.util.List;

/** How a warning names the tensors that it is about. */
final class Affected {
    private static final int EXAMPLES = 3;

    private Affected() {
    }

    static String count(List<PlannedTensor> some) {
        return some.size() + (some.size() == 1 ? " tensor" : " tensors");
    }

    static String examples(List<PlannedTensor> some) {
        List<String> names = some.stream().limit(EXAMPLES).map(PlannedTensor::name).toList();
        return String.join(", ", names) + (some.size() > EXAMPLES ? ", …" : "");
    }

    static String types(List<PlannedTensor> some, Dialect dialect) {
        return String.join(", ",
                some.stream().map(tensor -> dialect.nameOf(tensor.type())).distinct().toList());
    }
}
