package org.imatrixstats.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archives that the build has made, as a user unpacks and starts them. */
class ReleaseIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path SAMPLE = Path.of("../../testdata/dense-prose.gguf").toAbsolutePath().normalize();
    private static final Path JAR = TARGET.resolve("imatrix-stats.jar");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    static Path folder;

    private record Result(int exit, String out, String err) {
    }

    @BeforeAll
    static void unpack() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/tar")), "there is no tar");
        Path archive = TARGET.resolve(System.getProperty("folder") + ".tar.gz");
        assertEquals(new Result(0, "", ""), run("/bin/tar", "-xzf", archive.toString(), "-C", folder.toString()));
    }

    /** JUnit would warn of each. */
    @AfterAll
    static void deleteLinks() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    private static Path launcher() {
        return folder.resolve(System.getProperty("folder")).resolve("imatrix-stats");
    }

    /** Runs a program with no JAVA_HOME and no java on the PATH. */
    private static Result run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", programs().toString());
        int exit = builder.start().waitFor();
        return new Result(exit, Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** A folder with what the launcher and tar call, and nothing else. */
    private static Path programs() throws IOException {
        Path programs = folder.resolve("programs");
        if (!Files.exists(programs)) {
            Files.createDirectory(programs);
            for (String name : List.of("readlink", "stty", "gzip", "true", "sh")) {
                for (String place : List.of("/usr/bin", "/bin")) {
                    Path program = Path.of(place, name);
                    if (Files.exists(program) && !Files.exists(programs.resolve(name))) {
                        Files.createSymbolicLink(programs.resolve(name), program);
                    }
                }
            }
        }
        return programs;
    }

    private static void assertShowsStatistics(Result result) {
        assertEquals("", result.err);
        assertEquals(0, result.exit);
        assertTrue(result.out.contains("42 tensors, 6 layers"), result.out);
    }

    @Test
    void theUnpackedFolderRunsAnywhereWithoutJava() throws IOException, InterruptedException {
        assertShowsStatistics(run(launcher().toString(), "stats", SAMPLE.toString()));
    }

    @Test
    void theUnpackedFolderRunsThroughALink() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), launcher());
        assertShowsStatistics(run(link.toString(), "stats", SAMPLE.toString()));
    }

    @Test
    void theUnpackedFolderStartsWithItsCacheOfClasses() throws IOException, InterruptedException {
        Path runtime = launcher().resolveSibling("runtime");
        Result result = run(runtime.resolve("bin/java").toString(), "-XX:AOTMode=on",
                "-XX:AOTCache=" + runtime.resolve("lib/app.aot"), "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", runtime.resolve("lib/app/imatrix-stats.jar").toString(),
                "org.imatrixstats.app.Main", "--version");
        assertEquals("", result.err);
        assertEquals(0, result.exit);
    }

    @Test
    void theJarRunsWithJava() throws IOException, InterruptedException {
        assertShowsStatistics(run(JAVA.toString(), "-jar", JAR.toString(), "stats", SAMPLE.toString()));
    }

    /** Needs the native library that the jar carries. */
    @Test
    void theJarReadsZstd() throws IOException, InterruptedException {
        Path zstd = List.of(Path.of("/usr/bin/zstd"), Path.of("/bin/zstd")).stream().filter(Files::isExecutable)
                .findFirst().orElse(null);
        assumeTrue(zstd != null, "there is no program 'zstd'");
        Path packed = folder.resolve("packed.gguf.zst");
        assertEquals(0, run(zstd.toString(), "-q", SAMPLE.toString(), "-o", packed.toString()).exit);
        assertShowsStatistics(run(JAVA.toString(), "-jar", JAR.toString(), "stats", packed.toString()));
    }

    @Test
    void theJarHoldsEachFileOnceAtTheTimeOfTheRelease() throws IOException {
        Set<String> names = new HashSet<>();
        Set<LocalDateTime> times = new HashSet<>();
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                assertTrue(names.add(entry.getName()), entry.getName());
                times.add(entry.getTimeLocal());
            }
            assertEquals(1, times.size(), times.toString());
            // Java 8 is class file version 52.
            try (InputStream first = jar.getInputStream(jar.getEntry("org/imatrixstats/release/Start.class"))) {
                assertEquals(52, first.readNBytes(8)[7]);
            }
        }
        assertFalse(names.stream().anyMatch(name -> name.endsWith("module-info.class")));
    }

    @Test
    void theSumsAreThoseOfTheFiles() throws IOException, InterruptedException {
        Path sha256sum = Path.of("/usr/bin/sha256sum");
        assumeTrue(Files.isExecutable(sha256sum), "there is no program 'sha256sum'");
        Result result = run("/bin/sh", "-c", "cd '" + TARGET + "' && " + sha256sum + " -c SHA256SUMS");
        assertEquals(0, result.exit, result.err);
        assertEquals(3, result.out.lines().filter(line -> line.endsWith(": OK")).count(), result.out);
    }

    @Test
    void theCommandForWindowsStartsTheJarBesideIt() throws IOException {
        String text = Files.readString(TARGET.resolve("imatrix-stats.cmd"));
        assertTrue(text.contains("-jar \"%~dp0imatrix-stats.jar\" %*"), text);
        assertTrue(text.lines().count() == text.chars().filter(c -> c == '\r').count(), "lines end with CR LF");
    }
}
