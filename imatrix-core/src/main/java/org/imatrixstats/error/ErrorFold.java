package org.imatrixstats.error;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
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
     * @throws FormatException if the importance matrix cannot be read
     */
    public List<TensorError> errors(ErrorInputs inputs, boolean perExpert) throws FormatException {
        if (missing() > 0) {
            throw new IllegalStateException("task " + firstMissing() + " has no result");
        }
        Map<TensorInfo, List<ErrorTask>> byTensor = new LinkedHashMap<>();
        plan.tasks().forEach(task -> byTensor.computeIfAbsent(task.tensor(), _ -> new ArrayList<>()).add(task));
        List<TensorError> errors = new ArrayList<>();
        for (Map.Entry<TensorInfo, List<ErrorTask>> each : byTensor.entrySet()) {
            add(each.getKey(), each.getValue(), shares(inputs, each.getKey()), perExpert, errors);
        }
        return errors;
    }

    /** Without an entry, the experts of a tensor count alike. */
    private static List<Double> shares(ErrorInputs inputs, TensorInfo tensor) throws FormatException {
        return inputs.of(tensor).map(input -> Arrays.stream(input.shares()).boxed().toList())
                .orElseGet(() -> Collections.nCopies(Math.toIntExact(tensor.matrices()), 1.0));
    }

    private void add(TensorInfo tensor, List<ErrorTask> tasks, List<Double> shares, boolean perExpert,
            List<TensorError> errors) {
        int matrices = Math.toIntExact(tensor.matrices());
        List<GgmlType> types = tasks.getFirst().types();
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
            errors.add(new TensorError(tensor, -1, types.get(type), bytes, sums, shares, tensor.rows()));
        }
    }
}
