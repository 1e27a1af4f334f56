package org.imatrixstats.app.output.plan;

import java.nio.file.Path;
import java.util.Locale;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;

/** The formats of {@code plan --format}. */
public enum PlanFormat {
    TABLE, CSV, JSON, MARKDOWN;

    /**
     * What a plan says.
     *
     * @param imatrix the importance matrix that it was made with; null without one
     * @param all     a row per tensor also where tensors of a kind would share one
     */
    public String text(Model model, Path imatrix, Plan plan, Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> new PlanTable(model, plan, terminal, all).text();
            case CSV -> PlanCsv.text(plan);
            case JSON -> PlanJson.text(model, imatrix, plan);
            case MARKDOWN -> PlanMarkdown.text(model, plan, all);
        };
    }

    /** Whether the warnings are a part of what people read. */
    public boolean showsWarnings() {
        return this == TABLE || this == MARKDOWN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
