package org.imatrixstats.app.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.imatrixstats.app.Cli;
import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;

/** The command {@code error} on a cluster, started by spark-submit. */
public final class ErrorJob {
    private static final String COMMAND = "error";

    private ErrorJob() {
    }

    public static void main(String[] arguments) {
        List<JavaSparkContext> contexts = new ArrayList<>();
        int exitCode = run(System.out, System.err, () -> {
            contexts.add(new JavaSparkContext(configuration()));
            return contexts.getLast();
        }, arguments);
        contexts.forEach(JavaSparkContext::stop);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    private static SparkConf configuration() {
        return new SparkConf().setIfMissing("spark.app.name", "imatrix-stats error")
                // Results go to the journal as they come: the limit is meant for those that are kept.
                .setIfMissing("spark.driver.maxResultSize", "0")
                // Else progress would drown in two lines for each task.
                .setIfMissing("spark.log.level", "WARN");
    }

    /**
     * Runs the command.
     *
     * @param context asked when there is something to measure
     * @return the exit code
     */
    static int run(PrintStream out, PrintStream err, Supplier<JavaSparkContext> context, String... arguments) {
        List<String> command = new ArrayList<>(List.of(COMMAND));
        try {
            for (String argument : arguments) {
                command.add(HadoopScheme.qualified(argument));
            }
        } catch (IOException e) {
            err.println(Console.NAME + ": " + e.getMessage());
            return ExitCode.FAILED;
        }
        return new Cli(out, err, Terminal.PIPE,
                () -> new SparkEngine(context, line -> err.println(Console.NAME + ": " + line)))
                .run(command.toArray(String[]::new));
    }
}
