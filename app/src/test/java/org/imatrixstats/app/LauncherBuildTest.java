package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the launcher builds, and when it runs what there is. Maven and the image are stand-ins, which take no time. */
class LauncherBuildTest {
    private static final Path LAUNCHER = Path.of("..", "imatrix-stats");
    private static final String IMAGE = "mkdir -p app/target/image/bin app/target/image/lib\n"
            + "printf '#!/bin/sh\\necho ran\\n' > app/target/image/bin/java\n"
            + "chmod +x app/target/image/bin/java\ntouch app/target/image/lib/app.aot\n";
    private static final String WARNING = "imatrix-stats: warning: sources are newer than the program, which cannot be built"
            + " here: running it as it is\n";

    @TempDir
    private Path folder;
    private Path clone;
    private Path programs;

    private record Result(int exit, String out, String err) {
    }

    @BeforeEach
    void makeAClone() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh");
        clone = Files.createDirectories(folder.resolve("a clone"));
        programs = Files.createDirectory(folder.resolve("programs"));
        Files.createDirectory(clone.resolve("app"));
        Files.copy(LAUNCHER, clone.resolve("imatrix-stats"));
        clone.resolve("imatrix-stats").toFile().setExecutable(true);
        Files.writeString(clone.resolve("pom.xml"), "<project/>");
        for (String name : List.of("sh", "readlink", "find", "head", "mkdir", "rm", "cat", "sleep", "mktemp", "stty",
                "printf",
                "chmod", "touch", "true")) {
            for (String place : List.of("/usr/bin", "/bin")) {
                if (Files.exists(Path.of(place, name)) && !Files.exists(programs.resolve(name))) {
                    Files.createSymbolicLink(programs.resolve(name), Path.of(place, name));
                }
            }
        }
    }

    /** JUnit would warn of each. */
    @AfterEach
    void deleteLinks() throws IOException {
        if (programs != null) {
            try (Stream<Path> links = Files.list(programs)) {
                for (Path link : links.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link);
                }
            }
        }
    }

    private void maven(String script) throws IOException {
        Path mvn = programs.resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\necho built >> builds\n" + script);
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int builds() throws IOException {
        Path builds = clone.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    private Process start(int number) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(clone.resolve("imatrix-stats").toString(), "--version")
                .redirectOutput(folder.resolve("out" + number).toFile())
                .redirectError(folder.resolve("err" + number).toFile());
        builder.environment().put("PATH", programs.toString());
        return builder.start();
    }

    private Result result(Process process, int number) throws IOException, InterruptedException {
        return new Result(process.waitFor(), Files.readString(folder.resolve("out" + number)),
                Files.readString(folder.resolve("err" + number)));
    }

    private Result run() throws IOException, InterruptedException {
        return result(start(0), 0);
    }

    private void haveImage() throws IOException, InterruptedException {
        maven(IMAGE);
        assertEquals("ran\n", run().out);
        assertEquals(1, builds());
    }

    private void touchSources() throws IOException {
        Files.setLastModifiedTime(clone.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    }

    @Test
    void theFirstRunBuildsAndTheNextDoesNot() throws IOException, InterruptedException {
        haveImage();
        assertEquals(new Result(0, "ran\n", ""), run());
        assertEquals(1, builds());
    }

    @Test
    void ofTwoFirstRunsAtOnceOneBuildsAndBothSucceed() throws IOException, InterruptedException {
        maven("sleep 1\n" + IMAGE);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(start(i));
        }
        for (int i = 0; i < processes.size(); i++) {
            Result result = result(processes.get(i), i);
            assertEquals(0, result.exit, result.err);
            assertEquals("ran\n", result.out);
        }
        assertEquals(1, builds());
        assertFalse(Files.exists(clone.resolve("app/target/building")));
    }

    @Test
    void newerSourcesAreBuilt() throws IOException, InterruptedException {
        haveImage();
        touchSources();
        assertEquals("imatrix-stats: sources have changed, building (mvn package, takes about a minute) ...\n",
                run().err);
        assertEquals(2, builds());
    }

    @Test
    void whereNewerSourcesCannotBeBuiltTheProgramRunsAsItIs() throws IOException, InterruptedException {
        haveImage();
        touchSources();
        Files.delete(programs.resolve("mvn"));
        assertEquals(new Result(0, "ran\n", WARNING), run());
    }

    @Test
    void aUserWhoMayNotWriteRunsTheProgramAsItIs() throws IOException, InterruptedException {
        haveImage();
        touchSources();
        for (Path each : List.of(clone.resolve("app/target"), clone.resolve("app"))) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        try {
            assumeTrue(!Files.isWritable(clone.resolve("app")), "this user may write anywhere");
            assertEquals(new Result(0, "ran\n", WARNING), run());
        } finally {
            Files.setPosixFilePermissions(clone.resolve("app"), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(clone.resolve("app/target"), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertEquals(1, builds());
    }

    @Test
    void theLockOfABuildThatWasKilledIsPassedOver() throws IOException, InterruptedException {
        maven(IMAGE);
        Path lock = Files.createDirectories(clone.resolve("app/target/building"));
        // No process has this number: Linux and macOS count to less.
        Files.writeString(lock.resolve("pid"), "99999999\n");
        Result result = run();
        assertEquals(0, result.exit, result.err);
        assertEquals("ran\n", result.out);
    }

    @Test
    void aBuildThatFailsSaysWhyAndLeavesNoLock() throws IOException, InterruptedException {
        maven("echo 'no JDK'\nexit 1\n");
        Result result = run();
        assertEquals(1, result.exit);
        assertTrue(result.err.contains("no JDK\nimatrix-stats: the build failed; it needs Maven and a JDK 25"),
                result.err);
        assertFalse(Files.exists(clone.resolve("app/target/building")));
    }

    @Test
    void anUnpackedReleaseIsNeverBuilt() throws IOException, InterruptedException {
        haveImage();
        Files.move(clone.resolve("app/target/image"), clone.resolve("runtime"));
        touchSources();
        assertEquals(new Result(0, "ran\n", ""), run());
        assertEquals(1, builds());
    }
}
