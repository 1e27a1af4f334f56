package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** What there is to say about the experts of one tensor. */
final class ExpertTitle {
    private ExpertTitle() {
    }

    /** @param experts all experts of the tensor */
    static String of(TensorStats tensor, List<ExpertStats> experts) {
        List<String> parts = new ArrayList<>();
        parts.add(Text.printable(tensor.name().name()) + ": " + Numbers.count(experts.size(), "expert"));
        parts.add(named(experts.stream().filter(ExpertStats::neverReached).toList(), "never reached"));
        parts.add(named(experts.stream().filter(ExpertStats::rarelyReached).toList(), "under 1% of the fair share"));
        double entropy = Statistic.LOAD_ENTROPY.of(tensor);
        if (!Double.isNaN(entropy)) {
            parts.add("load entropy " + Numbers.fixed(100 * entropy, 2) + "%");
            parts.add("Gini " + Numbers.fixed(Statistic.LOAD_GINI.of(tensor), 2));
        }
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }

    /** How many and which; nothing for none. */
    private static String named(List<ExpertStats> experts, String what) {
        if (experts.isEmpty()) {
            return "";
        }
        return experts.size() + " " + what + " ("
                + Ranges.of(experts.stream().mapToInt(ExpertStats::expert)) + ")";
    }
}
