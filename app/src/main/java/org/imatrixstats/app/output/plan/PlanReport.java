package org.imatrixstats.app.output.plan;

import java.nio.file.Path;

import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;

/**
 * A plan, and what is to be shown of it.
 *
 * @param imatrix the importance matrix that it was made with; null without one
 * @param all     a row per tensor also where tensors of a kind would share one
 */
public record PlanReport(Model model, Path imatrix, Plan plan, boolean all) {
    String title() {
        return plan.options().base() + " by " + plan.dialect() + ": " + PlanSummary.size(plan);
    }
}
