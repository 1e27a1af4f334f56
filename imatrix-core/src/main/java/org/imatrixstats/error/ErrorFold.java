package org.imatrixstats.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.tensor.TensorInfo;

/** Results of tasks, in any order of arrival, merged in the order of the tasks. */
public final class ErrorFold {
    private final ErrorPlan plan;
    /** By the number of the task; null without a result. */
    private final List<List<ErrorSums>> results;
    private int missing;

    public ErrorFold(ErrorPlan plan) {
        this.plan = plan;
        this.results = new ArrayList<>(Collections.nCopies(plan.tasks().size(), null));
        this.missing = results.size();
    }

    /**
     * Takes the result of a task. The same result may come twice.
     *
     * @throws IllegalArgumentException if it is another than before, or does not fit the task
     */
    public synchronized void add(int task, List<ErrorSums> sums) {
        if (sums.size() != plan.tasks().get(task).types().size()) {
            throw new IllegalArgumentException("task " + task + " has " + plan.tasks().get(task).types().size()
                    + " types, but its result " + sums.size());
        }
        if (results.get(task) == null) {
            missing--;
        } else if (!results.get(task).equals(sums)) {
            throw new IllegalArgumentException("task " + task + " has two different results");
        }
        results.set(task, List.copyOf(sums));
    }

    /** Takes all results of another fold of the same plan. */
    public void addAll(ErrorFold other) {
        for (int task = 0; task < other.results.size(); task++) {
            if (other.has(task)) {
                add(task, other.results.get(task));
            }
        }
    }

    public synchronized boolean has(int task) {
        return results.get(task) != null;
    }

    /** Tasks without a result. */
    public synchronized int missing() {
        return missing;
    }

    /** The first task without a result; -1 if there is none. */
    public synchronized int firstMissing() {
        return results.indexOf(null);
    }

    /**
     * The errors of each tensor and type, tensors in the order of the model.
     *
     * @param perExpert also a row for each expert, before the one of all
     */
    public List<TensorError> errors(boolean perExpert) {
        if (missing() > 0) {
            throw new IllegalStateException("task " + firstMissing() + " has no result");
        }
        List<TensorError> errors = new ArrayList<>();
        int task = 0;
        for (ErrorPlan.Item item : plan.items()) {
            int first = task;
            while (task < plan.tasks().size() && plan.tasks().get(task).tensor().equals(item.tensor())) {
                task++;
            }
            add(item, plan.tasks().subList(first, task), perExpert, errors);
        }
        return errors;
    }

    private void add(ErrorPlan.Item item, List<ErrorTask> tasks, boolean perExpert, List<TensorError> errors) {
        TensorInfo tensor = item.tensor();
        List<GgmlType> types = item.types();
        int matrices = Math.toIntExact(tensor.matrices());
        for (int type = 0; type < types.size(); type++) {
            List<ErrorSums> sums = new ArrayList<>(Collections.nCopies(matrices, ErrorSums.EMPTY));
            for (ErrorTask task : tasks) {
                sums.set(task.matrix(), sums.get(task.matrix()).merge(results.get(task.number()).get(type)));
            }
            long bytes = tensor.rows() * types.get(type).rowBytes(tensor.ne0());
            if (perExpert && matrices > 1) {
                for (int i = 0; i < matrices; i++) {
                    errors.add(new TensorError(tensor, i, types.get(type), bytes / matrices, List.of(sums.get(i)),
                            List.of(1.0), tensor.rows() / matrices));
                }
            }
            errors.add(new TensorError(tensor, -1, types.get(type), bytes, sums, item.shares(), tensor.rows()));
        }
    }
}
