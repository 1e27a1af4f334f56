package org.imatrixstats.measure;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;

/**
 * What it costs to quantize some tensors and nothing else.
 *
 * @param group   the name of the group: that of the tensor where it stands alone
 * @param tensors of the group, in the order of the model
 * @param result  what was measured
 */
public record GroupLoss(String group, List<Member> tensors, KlDivergence result) {
    /**
     * A tensor of a group.
     *
     * @param type that it was quantized to
     */
    public record Member(String tensor, GgmlType type) {
    }
}
