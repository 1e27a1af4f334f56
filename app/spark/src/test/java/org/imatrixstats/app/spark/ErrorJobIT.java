package org.imatrixstats.app.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.imatrixstats.app.Cli;
import org.imatrixstats.app.terminal.Terminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster of two workers, whose executors are processes of their own. What it measures is compared with this machine alone. */
class ErrorJobIT {
    private static final Path TESTDATA = Path.of("../../testdata").toAbsolutePath().normalize();
    private static final Path MODEL = TESTDATA.resolve("models/tiny-english-f16.gguf");
    private static final String[] WHAT = {MODEL.toString(), "--imatrix",
        TESTDATA.resolve("tiny-english-prose-act.imatrix.gguf").toString(), "--types", "q4_0,q2_K,iq3_s", "--rows",
        "50"};
    private static final int RESULTS_BEFORE_THE_KILL = 5;

    private static JavaSparkContext cluster;
    @TempDir
    private static Path folder;
    private static byte[] expected;

    /** How a command ended, and what it said. */
    private record Run(int exitCode, String out, String err) {
        Run succeeded() {
            assertEquals(0, exitCode, err);
            return this;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        SparkHome.make();
        Path whole = folder.resolve("whole.csv");
        assertEquals(0, new Cli(new ByteArrayOutputStream(), System.err, Terminal.PIPE)
                .run(Stream.of(new String[]{"error"}, WHAT, new String[]{"-o", whole.toString()})
                        .flatMap(Arrays::stream).toArray(String[]::new)));
        expected = Files.readAllBytes(whole);
        cluster = new JavaSparkContext(new SparkConf().setMaster("local-cluster[2,1,512]").setAppName("test")
                .set("spark.executor.memory", "512m").set("spark.ui.enabled", "false")
                .set("spark.executor.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
                .set("spark.log.level", "OFF"));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.stop();
        }
    }

    private static Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = ErrorJob.run(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), () -> cluster, arguments);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Run measured(Path output, String... more) {
        return run(Stream.of(WHAT, new String[]{"-o", output.toString()}, more).flatMap(Arrays::stream)
                .toArray(String[]::new));
    }

    private static void assertAsExpected(Path output) throws IOException {
        assertEquals(-1, Arrays.mismatch(expected, Files.readAllBytes(output)));
    }

    @Test
    void anExecutorThatIsKilledChangesNoByte() throws Exception {
        Path output = folder.resolve("killed.csv");
        CompletableFuture<Run> job = CompletableFuture.supplyAsync(() -> measured(output));
        while (results(output) < RESULTS_BEFORE_THE_KILL) {
            assertFalse(job.isDone(), () -> "it ended too early: " + job.join());
            Thread.sleep(5);
        }
        List<ProcessHandle> executors = executors();
        assertEquals(2, executors.size());
        executors.getFirst().destroyForcibly();
        assertFalse(job.isDone());
        Run run = job.get().succeeded();
        assertTrue(run.err().contains(" tasks in "), run.err());
        assertAsExpected(output);
        assertFalse(Files.exists(journal(output)));
    }

    private static Path journal(Path output) {
        return output.resolveSibling(output.getFileName() + ".journal");
    }

    private static long results(Path output) throws IOException {
        if (!Files.exists(journal(output))) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(journal(output), StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.matches("\\d+ .*")).count();
        }
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current().children()
                .filter(child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3", "32"})
    void partitionsChangeNoByte(String partitions) throws IOException {
        Path output = folder.resolve("partitions-" + partitions + ".csv");
        measured(output, "--partitions", partitions).succeeded();
        assertAsExpected(output);
    }

    @Test
    void whatWasDoneBeforeAnInterruptionIsNotMeasuredAgain() throws IOException {
        Path part = folder.resolve("third.part");
        measured(part, "--part", "2/3").succeeded();
        Path output = folder.resolve("resumed.csv");
        byte[] third = Files.readAllBytes(part);
        Files.write(journal(output), Arrays.copyOf(third, third.length - 10));
        Run run = measured(output, "--resume").succeeded();
        assertTrue(run.err().contains("18 of 58 tasks are done"), run.err());
        assertTrue(run.err().contains("measured 40 tasks in "), run.err());
        assertAsExpected(output);
    }

    @Test
    void hadoopsFileSystemGivesTheSameBytes() throws IOException {
        Path output = folder.resolve("hadoop.csv");
        String[] addresses = WHAT.clone();
        addresses[0] = MODEL.toUri().toString();
        addresses[2] = "file:" + WHAT[2];
        run(Stream.of(addresses, new String[]{"-o", output.toString()}).flatMap(Arrays::stream)
                .toArray(String[]::new)).succeeded();
        assertAsExpected(output);
        Run missing = run("file:///no/such/model.gguf");
        assertEquals("imatrix-stats: file:/no/such/model.gguf: no such file\n", missing.err());
    }

    /** Once, and without the stack traces of four attempts. */
    @Test
    void whatIsWrongWithTheModelIsSaidInOneLine() {
        Run run = run(TESTDATA.resolve("weights/synth-hostile.gguf").toString(), "--types", "q8_0");
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().filter(line -> line.contains("expected a finite number")).count(), run.err());
        assertEquals("", run.out());
    }

    @Test
    void helpNeedsNoCluster() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, ErrorJob.run(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, () -> {
            throw new AssertionError("no context is needed");
        }, "--help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("spark-submit imatrix-stats-spark.jar MODEL"));
    }
}
