package org.imatrixstats.plan;

import java.util.List;

import org.imatrixstats.tensor.TensorInfo;

/**
 * The tensors of a model in the order in which a program takes them. It is the same for all base types.
 *
 * @param mayQuantize per tensor, whether the program may give it another type where no option says otherwise
 */
record Sequence(List<TensorInfo> tensors, boolean[] mayQuantize) {
    /** @param fileOrder take them in the order of the file */
    static Sequence of(Dialect dialect, Model model, boolean fileOrder) {
        List<TensorInfo> tensors = fileOrder ? model.tensors() : dialect.inOrder(model.tensors());
        boolean[] mayQuantize = new boolean[tensors.size()];
        for (int i = 0; i < mayQuantize.length; i++) {
            mayQuantize[i] = dialect.mayQuantize(tensors.get(i));
        }
        return new Sequence(tensors, mayQuantize);
    }
}
