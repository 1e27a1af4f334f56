package org.imatrixstats.app.output.plan;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;

/** A plan as a table in the Markdown that GitHub renders. */
final class PlanMarkdown {
    private static final Set<String> NUMBERS = Set.of("count", "MiB", "bpw");

    private PlanMarkdown() {
    }

    static String text(Model model, Plan plan, boolean all) {
        StringBuilder text = new StringBuilder("## ").append(plan.options().base()).append(" by ")
                .append(Markdown.escaped(plan.dialect().name())).append(": ").append(PlanSummary.size(plan))
                .append("\n");
        PlanSummary.lines(model, plan)
                .forEach(line -> text.append("\n").append(Markdown.escaped(line)).append("\n"));
        plan.warnings()
                .forEach(
                        warning -> text.append("\n**Warning:** ").append(Markdown.escaped(warning)).append("\n"));
        text.append("\n").append(line(PlanRow.headers().stream()))
                .append(line(PlanRow.headers().stream().map(header -> NUMBERS.contains(header) ? "--:" : ":--")));
        for (PlanRow row : PlanRow.of(plan, all)) {
            List<String> cells = row.cells(plan.dialect());
            text.append(line(cells.stream().map(Markdown::escaped)));
        }
        return text.toString();
    }

    private static String line(Stream<String> cells) {
        return cells.collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
