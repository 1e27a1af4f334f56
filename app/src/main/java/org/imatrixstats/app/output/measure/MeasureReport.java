package org.imatrixstats.app.output.measure;

import java.util.List;

import org.imatrixstats.measure.GroupLoss;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.MeasurePlan;

/**
 * What was measured: losses of tensors, or whole models.
 *
 * @param inputs    what it was measured on; null where everything was measured by others
 * @param groups    how many groups of tensors there are; some may not be measured yet
 * @param losses    of groups of tensors
 * @param models    quantized models
 */
public record MeasureReport(MeasurePlan.Inputs inputs, int groups, List<GroupLoss> losses, List<KldPoint> models) {
}
