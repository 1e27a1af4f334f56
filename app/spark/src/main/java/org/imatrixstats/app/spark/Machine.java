package org.imatrixstats.app.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.spark.TaskContext;
import org.imatrixstats.app.terminal.InputFiles;
import org.imatrixstats.error.ErrorInputs;
import org.imatrixstats.error.ErrorMeasure;
import org.imatrixstats.error.ErrorTask;
import org.imatrixstats.error.TaskBytes;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.tensor.TensorSource;

/** A model and its importance matrix, open in the process of an executor. */
final class Machine {
    /** What the process has open; another measurement replaces it. */
    private static Machine open;

    private final Inputs inputs;
    private final TensorSource model;
    private final Imatrix imatrix;

    private Machine(Inputs inputs) throws IOException {
        this.inputs = inputs;
        InputFiles files = new InputFiles();
        this.model = ModelFile.open(Path.of(inputs.model()), files).asConverted();
        this.imatrix = inputs.imatrix().isEmpty() ? null : ImatrixReader.read(files.open(inputs.imatrix()));
    }

    /** The machine of this process: it opens the files once, for all tasks and threads. */
    private static synchronized Machine of(Inputs inputs) throws IOException {
        if (open == null || !open.inputs.equals(inputs)) {
            open = new Machine(inputs);
        }
        return open;
    }

    /**
     * Measures tasks on an executor.
     *
     * @param inputs the bytes of {@link Inputs}
     * @return the bytes of an {@link Answer} to each task
     * @throws IOException if the files cannot be read here; another machine may have more luck
     */
    static byte[][] measure(byte[] inputs, scala.collection.Iterator<byte[]> tasks) throws IOException {
        Machine machine = of(Inputs.of(inputs));
        Dialect dialect = Dialects.all().stream().filter(each -> each.name().equals(machine.inputs.program()))
                .findFirst().orElseThrow();
        // Each thread has its own: it keeps what the importance matrix says of one tensor.
        ErrorInputs own = new ErrorInputs(machine.model, machine.imatrix, dialect);
        List<byte[]> answers = new ArrayList<>();
        while (tasks.hasNext()) {
            TaskContext context = TaskContext.get();
            if (context != null) {
                context.killTaskIfInterrupted();
            }
            answers.add(machine.answer(tasks.next(), own).toBytes());
        }
        return answers.toArray(byte[][]::new);
    }

    /** What is wrong with the values is an answer: no other machine would find it otherwise. */
    private Answer answer(byte[] bytes, ErrorInputs own) throws FormatException {
        ErrorTask task = TaskBytes.task(bytes, model);
        try {
            return new Answer.Result(task.number(), TaskBytes.of(new ErrorMeasure(own).of(task)));
        } catch (FormatException e) {
            if (e.getCause() instanceof IOException) {
                throw e;
            }
            return new Answer.Fault(e.getMessage());
        }
    }
}
