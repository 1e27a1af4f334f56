package org.imatrixstats.imatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The importance matrices that other programs made, and what other programs say about them. */
public final class ReferenceFiles {
    private static final Path TESTDATA = Path.of("..", "testdata");
    private static final Path REFERENCE = Path.of("..", "..", "shared", "reference");
    private static final Path REAL = REFERENCE.resolve("real");

    private ReferenceFiles() {
    }

    public static Path testdata(String name) {
        return TESTDATA.resolve(name);
    }

    /**
     * What an independent program in Python says of some files; the test is skipped where there is no Python 3.
     *
     * @param folder for its output
     */
    public static Path answers(String program, List<Path> files, Path folder) throws IOException, InterruptedException {
        assumeTrue(pythonRuns(), "no python3 to run the independent program");
        List<String> command = new ArrayList<>(List.of("python3", testdata("tools").resolve(program).toString()));
        files.forEach(file -> command.add(file.toString()));
        Path out = folder.resolve("answers");
        Path err = folder.resolve("errors");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertEquals(0, process.waitFor(), Files.readString(err));
        return out;
    }

    private static boolean pythonRuns() {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    /** A matrix of a real model; the test is skipped where it is absent. */
    public static Path real(String name) {
        assumeTrue(Files.isDirectory(REAL), "no matrices of real models: ../shared/reference/real is absent");
        return REAL.resolve(name);
    }

    /** The files of {@code testdata} that {@code testdata/expected} has an answer to. */
    public static List<Path> withExpected(String suffix) throws IOException {
        return withExpected(TESTDATA, suffix);
    }

    /** The matrices of real models that there is an answer to; the test is skipped where they are absent. */
    public static List<Path> realWithExpected(String suffix) throws IOException {
        assumeTrue(Files.isDirectory(REAL), "no matrices of real models: ../shared/reference/real is absent");
        return withExpected(REAL, suffix);
    }

    /** What another program says about a file. */
    public static Path expected(Path file, String suffix) {
        return file.resolveSibling("expected").resolve(file.getFileName() + suffix);
    }

    private static List<Path> withExpected(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> answered = files.filter(file -> Files.exists(expected(file, suffix))).sorted().toList();
            assertFalse(answered.isEmpty(), () -> "no file of " + folder + " has an answer " + suffix);
            return answered;
        }
    }
}
