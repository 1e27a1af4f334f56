package org.imatrixstats.app.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.imatrixstats.app.engine.ErrorEngine;
import org.imatrixstats.error.ErrorResults;
import org.imatrixstats.error.ErrorTask;
import org.imatrixstats.error.TaskBytes;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;

import scala.Function2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * The executors of a Spark cluster. They give back the bytes of sums, in any order; the driver keeps them and adds them in the
 * order of the tasks.
 */
final class SparkEngine extends ErrorEngine {
    /** The driver spends some milliseconds on each. */
    private static final int MOST_PARTITIONS = 20_000;

    private final Supplier<Integer> partitions = option("--partitions", "N", Integer.class,
            "parts that the work is cut into for Spark (default: as many as there are tasks, at most " + MOST_PARTITIONS
                    + "); the results do not depend on it");
    private final Supplier<JavaSparkContext> context;
    private final ProgressLines.Sink sink;

    /** @param context asked when there is something to measure */
    SparkEngine(Supplier<JavaSparkContext> context, ProgressLines.Sink sink) {
        this.context = context;
        this.sink = sink;
    }

    /** A function that Spark sends to executors. What it refers to is bytes. */
    private interface PartitionFunction
            extends
                Function2<TaskContext, scala.collection.Iterator<byte[]>, byte[][]>,
                Serializable {
    }

    @Override
    public String program() {
        return "spark-submit imatrix-stats-spark.jar";
    }

    @Override
    public int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public void run(Measured measured, List<ErrorTask> tasks, ErrorResults results) throws IOException {
        if (tasks.isEmpty()) {
            return;
        }
        byte[] inputs = new Inputs(absolute(measured.model()),
                measured.imatrix() == null ? "" : absolute(measured.imatrix()),
                measured.inputs().dialect().name()).toBytes();
        int parts = Math.min(tasks.size(), partitions.get() == null ? MOST_PARTITIONS : partitions.get());
        RDD<byte[]> work = context.get().parallelize(tasks.stream().map(TaskBytes::of).toList(), parts).rdd();
        new Job(work, tasks, results, new ProgressLines(sink, tasks)).run(inputs);
    }

    /** The absolute name: executors have other working folders. */
    private static String absolute(Path path) throws FormatException {
        String name = Sources.name(path);
        if (name.equals("-")) {
            throw new FormatException("standard input", "cannot be read by executors: name a file");
        }
        return Sources.isRemote(name) ? name : path.toAbsolutePath().normalize().toString();
    }

    /** One job of Spark. */
    private static final class Job {
        private final RDD<byte[]> work;
        private final Map<Integer, ErrorTask> tasks = new HashMap<>();
        private final ErrorResults results;
        private final ProgressLines progress;
        /** Why the driver ended the job. */
        private IOException failure;

        Job(RDD<byte[]> work, List<ErrorTask> tasks, ErrorResults results, ProgressLines progress) {
            this.work = work;
            this.results = results;
            this.progress = progress;
            tasks.forEach(task -> this.tasks.put(task.number(), task));
        }

        void run(byte[] inputs) throws IOException {
            List<Object> all = IntStream.range(0, work.getNumPartitions()).<Object>mapToObj(i -> i).toList();
            Function2<Object, byte[][], BoxedUnit> handler = (_, answers) -> {
                take(answers);
                return BoxedUnit.UNIT;
            };
            try {
                work.sparkContext().runJob(work, onExecutors(inputs), CollectionConverters.asScala(all).toSeq(),
                        handler, ClassTag$.MODULE$.apply(byte[][].class));
                progress.end();
            } catch (Exception e) {
                // Scala declares no exceptions, and SparkException is a checked one.
                throw failure != null ? failure : new IOException("Spark: " + HadoopFile.reason(e), e);
            }
        }

        /** Static, so that nothing but the bytes goes with it. */
        private static PartitionFunction onExecutors(byte[] inputs) {
            return (_, tasks) -> {
                try {
                    return Machine.measure(inputs, tasks);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
        }

        /** Called by one thread of the driver as each part is done. */
        private void take(byte[][] answers) {
            try {
                for (byte[] bytes : answers) {
                    switch (Answer.of(bytes)) {
                        case Answer.Result(int number, byte[] sums) -> {
                            results.add(tasks.get(number), TaskBytes.sums(sums));
                            progress.done(tasks.get(number));
                        }
                        case Answer.Fault(String message) -> throw new IOException(message);
                    }
                }
            } catch (IOException e) {
                failure = e;
                throw new UncheckedIOException(e);
            }
        }
    }
}
